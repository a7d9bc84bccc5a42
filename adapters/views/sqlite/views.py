"""The views in SQLite, beside the log in the same file: written by one projector at a time, read by anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from adapters.sqlite.database import Database
from adapters.views.cache import Cache
from adapters.views.questions.snapshot import SQLSnapshot
from adapters.views.sqlite.reader import SQLiteReader
from adapters.views.sqlite.shadow import SQLiteShadow
from adapters.views.sqlite.tables import establish
from adapters.views.sqlite.writing import SQLiteWriting
from adapters.views.storing.packing import Packing
from adapters.views.versions import outdated
from adapters.views.zones import Zones
from domain.ports import Unavailable


class SQLiteViews:
    """See `domain.ports.Views`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._terms: dict[tuple[str, str], int] = {}
        self._zones = Zones()
        self._cache = Cache()
        self._checked = self._generation = -1
        self.outdated = False
        with database.write(durable=False) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'progress'").fetchone() is None:
                establish(connection)
            self._check(connection)

    @contextmanager
    def write(self) -> Iterator[SQLiteWriting]:
        with self._database.write(durable=False) as connection:
            generation = self._check(connection)
            self._refuse_outdated()
            if generation != self._generation:
                self._generation, self._zones = generation, Zones()
                self._terms.clear()
            writing = SQLiteWriting(connection, self._terms, self._zones, generation)
            try:
                yield writing
            except BaseException:
                self._terms.clear()
                raise
            writing.flush()
        writing.settle()

    def snapshot(self, within: float | None = None) -> AbstractContextManager[SQLSnapshot]:
        return self._snapshot() if within is None else _AtOnce(self._database, self._cache, within)

    @contextmanager
    def _snapshot(self) -> Iterator[SQLSnapshot]:
        with self._database.read() as connection:
            yield SQLSnapshot(SQLiteReader(connection))

    def shadow(self) -> SQLiteShadow:
        return SQLiteShadow(self._database)

    def packing(self) -> Packing:
        return Packing()

    def _check(self, connection: sqlite3.Connection) -> int:
        """Look at the version of the tables where others may have taken their place; which ones these are."""
        (schema,) = connection.execute("PRAGMA schema_version").fetchone()
        if schema != self._checked:
            (version,) = connection.execute("SELECT version FROM progress WHERE projection = 'views'").fetchone()
            self.outdated = outdated(version)
            self._checked = schema
        return int(schema)

    def _refuse_outdated(self) -> None:
        if self.outdated:
            raise Unavailable("the views are of an older version, and are not built again yet")


class _AtOnce:
    """A snapshot for who has no more than so many seconds.

    No generators: three of them take as long as a short question.
    """

    __slots__ = ("_cache", "_database", "_within")

    def __init__(self, database: Database, cache: Cache, within: float) -> None:
        self._database = database
        self._cache = cache
        self._within = within

    def __enter__(self) -> SQLSnapshot:
        connection = self._database.begin_at_once(self._within)
        try:
            return SQLSnapshot(SQLiteReader(connection, self._cache))
        except BaseException as fault:
            self._database.end_at_once(fault)
            raise

    def __exit__(self, _type: object, fault: BaseException | None, _traceback: object) -> None:
        self._database.end_at_once(fault)
