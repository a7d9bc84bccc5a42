"""Another generation of the views' tables, in a schema of its own, until it takes the place of the first.

The tables keep their names: whoever writes a generation has its schema first in the search path. In one transaction the
tables that are read move to a third schema and the new ones to where they were, with their indexes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg.sql import Identifier

from adapters.postgres import Connection, Database
from adapters.postgres_schema import execute_script
from adapters.views.postgres import HEAD_TABLE, NAME, PostgresWriter, PostgresWriting
from adapters.views.postgres_tables import COLUMNS, MIGRATIONS
from adapters.views.schema import VERSION
from domain.ports import Unavailable

NAMES = (*COLUMNS, "progress", "zone", "tally")
"""The tables of the views."""
TURN = "rebuilding"
PATIENCE = 4.0
"""Seconds in which there has to be a moment without a reader; the projector waits for as long."""
ATTEMPT = "200ms"
"""For so long readers who come wait behind the switch, before those who were there are left alone again."""
PAUSE = 0.02

_PATH = "SELECT set_config('search_path', %s || ', ' || current_setting('search_path'), true)"


class PostgresBeside:
    """See `domain.rebuilding.Beside`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read = _quoted(str(database.schema))
        digits = f"{database.key('views') % 2**64:016x}"
        self._next, self._old = f"asof_next_{digits}", f"asof_old_{digits}"
        self._writer = PostgresWriter()
        self._switching: Connection | None = None
        with database.write(TURN, durable=False) as connection:
            if self._begun(connection) != VERSION:
                execute_script(connection, f"DROP SCHEMA IF EXISTS {self._next} CASCADE; CREATE SCHEMA {self._next}")
                self._enter(connection)
                for script in MIGRATIONS:
                    execute_script(connection, script)

    def write(self) -> AbstractContextManager[PostgresWriting]:
        return self._write() if self._switching is None else self._writer.writing(self._switching)

    @contextmanager
    def switch(self) -> Iterator[None]:
        self._analyze()
        with self._database.write(NAME, durable=True) as connection:
            connection.execute(f"SELECT pg_advisory_xact_lock({self._database.key(TURN)})".encode())
            self._require(connection)
            self._enter(connection)
            self._switching = connection
            try:
                yield
            finally:
                self._switching = None
            keep_readers_out(connection, f"{self._read}.{HEAD_TABLE}")
            self._take_place(connection)

    def clear(self) -> bool:
        with self._database.write(TURN, durable=False) as connection:
            left = connection.execute(
                "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(%s)",
                (self._old,),
            ).fetchone()
            gone = f"SCHEMA IF EXISTS {self._old}" if left is None else f"TABLE {self._old}.{_quoted(left[0])}"
            connection.execute(f"DROP {gone}".encode())
            return left is not None

    @contextmanager
    def _write(self) -> Iterator[PostgresWriting]:
        with self._database.write(TURN, durable=False) as connection:
            self._require(connection)
            self._enter(connection)
            with self._writer.writing(connection) as writing:
                yield writing
        writing.settle()

    def _analyze(self) -> None:
        """Tell the planner what there is: questions put right behind the switch are to be planned for that."""
        with self._database.write(TURN, durable=False) as connection:
            self._require(connection)
            for name in NAMES:
                connection.execute(f"ANALYZE {self._next}.{name}".encode())

    def _take_place(self, connection: Connection) -> None:
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
        found = connection.execute("SELECT to_regclass(%s)::text", (f"{self._next}.{HEAD_TABLE}",)).fetchone()
        if found is None or found[0] is None:
            return None
        row = connection.execute(f"SELECT version FROM {self._next}.{HEAD_TABLE}".encode()).fetchone()
        return None if row is None else int(row[0])


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
