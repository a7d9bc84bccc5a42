"""Another generation of the views' tables, in the same file under other names, until it takes the place of the first.

The tables that are read have plain names. A generation that is being built has a number before each name, of tables and
of indexes; it takes the plain names, of tables, in one transaction. SQLite cannot rename an index, so indexes keep the
number, and no number is ever used again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from adapters.sqlite.database import Database
from adapters.views import load_progress
from adapters.views.chain_check import require_same
from adapters.views.schema import TABLES, VERSION
from adapters.views.sqlite.reader import SQLiteReader
from adapters.views.sqlite.tables import establish
from adapters.views.sqlite.writing import PUT_TALLY, PUT_ZONE, SQLiteWriting
from adapters.views.storing.packing import unpacked
from adapters.views.storing.zoning import zoned
from adapters.views.zones import Zones
from domain.ports import Unavailable
from domain.unavailable import Rewritten

_CREATE = re.compile(r"(CREATE (?:VIRTUAL )?TABLE IF NOT EXISTS )(\w+)")
_CREATE_INDEX = re.compile(r"(CREATE (?:UNIQUE )?INDEX IF NOT EXISTS )(\w+)( ON )(\w+)")
NAMES = tuple(found[2] for statement in TABLES if (found := _CREATE.match(statement)))
"""The tables of the views."""
_TABLE = re.compile(rf"\b(INTO|UPDATE|FROM|JOIN)(\s+)({'|'.join(NAMES)})\b")
_NUMBERED = re.compile(r"(?:g|old)(\d+)_(\w+)")


@lru_cache(maxsize=1_024)
def renamed(statement: str, prefix: str) -> str:
    """The statement, meaning the tables and indexes of the generation with this prefix."""
    if statement.startswith("CREATE"):
        named = _CREATE.sub(rf"\g<1>{prefix}\g<2>", statement)
        return _CREATE_INDEX.sub(rf"\g<1>{prefix}\g<2>\g<3>{prefix}\g<4>", named)
    return _TABLE.sub(rf"\g<1>\g<2>{prefix}\g<3>", statement)


class _Renaming:
    """A connection whose statements mean another generation."""

    def __init__(self, connection: sqlite3.Connection, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        return self._connection.execute(renamed(statement, self._prefix), parameters)

    def executemany(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        return self._connection.executemany(renamed(statement, self._prefix), rows)


class SQLiteLoading(SQLiteWriting):
    """See `domain.rebuilding.Loading`."""

    STANDING = load_progress.LOADING

    def load(self, packed: bytes) -> None:
        found = unpacked(packed, self._term)
        self._insert(found.tables)
        self._mentions += found.tables["mention"]
        self._connection.executemany(PUT_TALLY, found.tally)


class SQLiteShadow:
    """See `domain.rebuilding.Shadow`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._terms: dict[tuple[str, str], int] = {}
        self._zones = Zones()
        self._switching: sqlite3.Connection | None = None
        with database.write(durable=False) as connection:
            self._number = _begun(connection)
            if not _has(connection, f"{self._prefix}progress"):
                establish(self._named(connection))

    @contextmanager
    def write(self) -> Iterator[SQLiteWriting]:
        if self._switching is not None:
            with self._writing(self._switching) as writing:
                yield writing
            return
        with self._open() as connection, self._writing(connection) as writing:
            yield writing
        writing.settle()

    def begin(self, last: int) -> int | None:
        with self._database.write(durable=False) as connection:
            return load_progress.begin(SQLiteReader(self._named(connection)), last)

    @contextmanager
    def load(self) -> Iterator[SQLiteLoading]:
        with self._open() as connection:
            loading = SQLiteLoading(self._named(connection), self._terms, Zones())
            try:
                yield loading
            except BaseException:
                self._terms.clear()
                raise
            loading.flush()

    def complete(self) -> None:
        with self._database.read() as connection:
            rows = list(zoned(SQLiteReader(self._named(connection))))
        with self._open() as connection:
            shadow = self._named(connection)
            if load_progress.complete(SQLiteReader(shadow)):
                shadow.executemany(PUT_ZONE, rows)

    @contextmanager
    def switch(self) -> Iterator[None]:
        try:
            with self._database.write(durable=True) as connection:
                self._switching = connection
                try:
                    yield
                finally:
                    self._switching = None
                self._take_place(connection)
        except Rewritten:
            with self._database.write(durable=False) as connection:
                _drop(connection, "g")
            raise

    def clear(self) -> bool:
        with self._database.write(durable=False) as connection:
            left = _left(connection, "old")
            if left is not None:
                connection.execute(f"DROP TABLE {left}")
            return left is not None

    def _take_place(self, connection: sqlite3.Connection) -> None:
        if _has(connection, "chain"):
            require_same(SQLiteReader(connection), "chain", f"{self._prefix}chain")
        for name in NAMES:
            if _has(connection, name):
                connection.execute(f"ALTER TABLE {name} RENAME TO old{self._number}_{name}")
            connection.execute(f"ALTER TABLE {self._prefix}{name} RENAME TO {name}")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._database.write(durable=False) as connection:
            if not _has(connection, f"{self._prefix}progress"):
                raise Unavailable("somebody else has rebuilt the views meanwhile")
            yield connection

    @contextmanager
    def _writing(self, connection: sqlite3.Connection) -> Iterator[SQLiteWriting]:
        writing = SQLiteWriting(self._named(connection), self._terms, self._zones)
        try:
            yield writing
        except BaseException:
            self._terms.clear()
            self._zones = Zones()
            raise
        writing.flush()

    def _named(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        return cast("sqlite3.Connection", _Renaming(connection, self._prefix))

    @property
    def _prefix(self) -> str:
        return f"g{self._number}_"


def _begun(connection: sqlite3.Connection) -> int:
    """The number of the generation that was begun in this version; else what was begun goes, and a new one."""
    numbers = [
        int(found[1])
        for (name,) in connection.execute("SELECT name FROM sqlite_master")
        if (found := _NUMBERED.fullmatch(name))
    ]
    last = max(numbers, default=0)
    if _has(connection, f"g{last}_progress"):
        found = connection.execute(f"SELECT version FROM g{last}_progress WHERE projection = 'views'").fetchone()
        if found == (VERSION,):
            return last
    _drop(connection, "g")
    return last + 1


def _drop(connection: sqlite3.Connection, kind: str) -> None:
    while (left := _left(connection, kind)) is not None:
        connection.execute(f"DROP TABLE {left}")


def _has(connection: sqlite3.Connection, table: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    return found.fetchone() is not None


def _left(connection: sqlite3.Connection, kind: str) -> str | None:
    """A table of other generations; virtual ones first, since they take along the tables that they are made of."""
    row = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ? ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'",
        (f"{kind}[0-9]*_*",),
    ).fetchone()
    return None if row is None else str(row[0])
