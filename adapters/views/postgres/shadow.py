"""Another generation of the views' tables, in a schema of its own, until it takes the place of the first.

The tables keep their names: whoever writes a generation has its schema first in the search path. In one transaction the
tables that are read move to a third schema and the new ones to where they were, with their indexes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from psycopg.sql import Identifier

from adapters.postgres.database import Connection, Database
from adapters.postgres.schema import execute_script
from adapters.views import load_progress
from adapters.views.chain_check import require_same
from adapters.views.postgres.reader import PostgresReader
from adapters.views.postgres.storing import put_tally, put_zones
from adapters.views.postgres.tables import BUILD_INDEXES, COLUMNS, DROP_INDEXES, HEAD_TABLE, MIGRATIONS, NAME
from adapters.views.postgres.writing import PostgresWriter, PostgresWriting
from adapters.views.schema import VERSION
from adapters.views.storing.packing import unpacked
from adapters.views.storing.zoning import zoned
from domain.ports import Unavailable
from domain.unavailable import Rewritten

NAMES = (*COLUMNS, "progress", "zone", "tally")
"""The tables of the views."""
TURN = "rebuilding"
PATIENCE = 4.0
"""Seconds in which there has to be a moment without a reader; the projector waits for as long."""
ATTEMPT = "200ms"
"""For so long readers who come wait behind the switch, before those who were there are left alone again."""
PAUSE = 0.02

_TABLES = """SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = %s"""
_PATH = "SELECT set_config('search_path', %s || ', ' || current_setting('search_path'), true)"


class PostgresLoading(PostgresWriting):
    """See `domain.rebuilding.Loading`."""

    STANDING = load_progress.LOADING

    def load(self, packed: bytes) -> None:
        found = unpacked(packed, self._terms.number)
        self._batch.inserts.update(found.tables)
        put_tally(self._connection, found.tally)

    def _zoned(self, *_: object) -> list[tuple[Any, ...]]:
        """They are made when all is loaded."""
        return []


class PostgresShadow:
    """See `domain.rebuilding.Shadow`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read = _quoted(str(database.schema))
        digits = f"{database.key('views') % 2**64:016x}"
        self._next, self._old = f"asof_next_{digits}", f"asof_old_{digits}"
        self._writer = PostgresWriter(PostgresWriting)
        self._loader = PostgresWriter(PostgresLoading)
        self._switching: Connection | None = None
        with database.write(TURN, durable=False) as connection:
            if self._begun(connection) != VERSION:
                execute_script(connection, f"DROP SCHEMA IF EXISTS {self._next} CASCADE; CREATE SCHEMA {self._next}")
                self._enter(connection)
                for script in MIGRATIONS:
                    execute_script(connection, script)

    def write(self) -> AbstractContextManager[PostgresWriting]:
        return self._write() if self._switching is None else self._writer.writing(self._switching)

    def begin(self, last: int) -> int | None:
        with self._open() as connection:
            reader = PostgresReader(connection)
            new = not load_progress.begun(reader)
            until = load_progress.begin(reader, last)
            if until is not None and new:
                execute_script(connection, DROP_INDEXES)
            return until

    @contextmanager
    def load(self) -> Iterator[PostgresLoading]:
        with self._open() as connection, self._loader.writing(connection) as loading:
            yield loading

    def complete(self) -> None:
        with self._open() as connection:
            reader = PostgresReader(connection)
            if load_progress.complete(reader):
                for statement in BUILD_INDEXES:
                    execute_script(connection, f"SET LOCAL statement_timeout = 0; {statement}")
                put_zones(connection, list(zoned(reader)))

    @contextmanager
    def switch(self) -> Iterator[None]:
        self._analyze()
        try:
            with self._database.write(NAME, durable=True) as connection:
                connection.execute(f"SELECT pg_advisory_xact_lock({self._database.key(TURN)})".encode())
                self._require(connection)
                self._enter(connection)
                self._switching = connection
                try:
                    yield
                finally:
                    self._switching = None
                self._take_place(connection)
        except Rewritten:
            with self._database.write(TURN, durable=False) as connection:
                execute_script(connection, f"DROP SCHEMA IF EXISTS {self._next} CASCADE")
            raise

    def clear(self) -> bool:
        with self._database.write(TURN, durable=False) as connection:
            left = _tables(connection, self._old)
            gone = f"TABLE {self._old}.{_quoted(left[0])}" if left else f"SCHEMA IF EXISTS {self._old}"
            connection.execute(f"DROP {gone}".encode())
            return bool(left)

    @contextmanager
    def _write(self) -> Iterator[PostgresWriting]:
        with self._open() as connection, self._writer.writing(connection) as writing:
            yield writing
        writing.settle()

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._database.write(TURN, durable=False) as connection:
            self._require(connection)
            self._enter(connection)
            yield connection

    def _analyze(self) -> None:
        """Tell the planner what there is: questions put right behind the switch are to be planned for that."""
        with self._database.write(TURN, durable=False) as connection:
            self._require(connection)
            for name in NAMES:
                connection.execute(f"ANALYZE {self._next}.{name}".encode())

    def _keep_cleaners_out(self, connection: Connection) -> None:
        """Have the server clean up no table until the transaction ends; leaving one that it is at takes it a second."""
        there = [f"{self._read}.{name}" for name in _tables(connection, str(self._database.schema)) if name in NAMES]
        there += [f"{self._next}.{name}" for name in NAMES]
        execute_script(connection, f"LOCK TABLE {', '.join(there)} IN SHARE UPDATE EXCLUSIVE MODE")

    def _take_place(self, connection: Connection) -> None:
        if "chain" in _tables(connection, str(self._database.schema)):
            require_same(PostgresReader(connection), f"{self._read}.chain", f"{self._next}.chain")
        self._keep_cleaners_out(connection)
        keep_readers_out(connection, f"{self._read}.{HEAD_TABLE}")
        execute_script(connection, f"DROP SCHEMA IF EXISTS {self._old} CASCADE; CREATE SCHEMA {self._old}")
        for name in NAMES:
            execute_script(connection, f"ALTER TABLE IF EXISTS {self._read}.{name} SET SCHEMA {self._old}")
            execute_script(connection, f"ALTER TABLE {self._next}.{name} SET SCHEMA {self._read}")
        execute_script(connection, f"DROP SCHEMA {self._next}")

    def _enter(self, connection: Connection) -> None:
        """The tables of this generation are meant, until the transaction ends."""
        connection.execute(_PATH, (self._next,))

    def _require(self, connection: Connection) -> None:
        """Raise Unavailable where there is no such generation: the names would mean the tables that are read."""
        if self._begun(connection) != VERSION:
            raise Unavailable("somebody else has rebuilt the views meanwhile")

    def _begun(self, connection: Connection) -> int | None:
        """The version of the generation that is there."""
        if HEAD_TABLE not in _tables(connection, self._next):
            return None
        named = f"SELECT version FROM {self._next}.{HEAD_TABLE} WHERE projection = 'views'"
        row = connection.execute(named.encode()).fetchone()
        return None if row is None else int(row[0])


def _tables(connection: Connection, schema: str) -> list[str]:
    """The names of the tables of a schema; none where there is no such schema.

    They are read, not asked for by name: what the server remembers of names may be from before a lock was waited for.
    """
    return [name for (name,) in connection.execute(_TABLES, (schema,))]


def keep_readers_out(connection: Connection, table: str) -> None:
    """Wait until nobody holds the table, and have it alone until the transaction ends.

    Raises psycopg's LockNotAvailable where there is no such moment within PATIENCE.
    """
    late = time.monotonic() + PATIENCE
    while True:
        try:
            with connection.transaction():
                execute_script(connection, f"SET LOCAL lock_timeout = '{ATTEMPT}'")
                execute_script(connection, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > late:
                raise
            time.sleep(PAUSE)
        else:
            return


def _quoted(name: str) -> str:
    return Identifier(name).as_string()
