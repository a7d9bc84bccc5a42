"""The stores whose appends are measured: a line each, with the library's own recorder and what is aimed at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from adapters.log.postgres import tables as postgres_tables
from adapters.log.postgres.log import PostgresLog
from adapters.log.sqlite.log import SQLiteLog
from adapters.postgres.database import Database as PostgresDatabase
from adapters.sqlite.database import Database
from benchmarks.pgbench import Pgbench, pgbench
from benchmarks.raw import Raw, definitions
from domain.ports import EventLog
from tests.postgres import Server

CONNECTIONS = 15
_COPY = (
    b"COPY stream FROM STDIN (FORMAT BINARY)",
    b"COPY event (position, stream, version, type, recorded_at, id, sent, state) FROM STDIN (FORMAT BINARY)",
)
_TYPES = (("int8", "text"), ("int8", "int8", "int8", "text", "int8", "text", "bytea", "bytea"))


Rows = tuple[Sequence[tuple[int, str]], Sequence[tuple[Any, ...]]]
"""Of the tables `stream` and `event`, as the log has them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Empty stores of one kind, side by side: a log, its bare tables, the library's recorder, the URL of a whole store.

    `raw` puts rows into the tables in a durable transaction. `pgbench` is there for a PostgreSQL that has one, `again`
    for any: the URL of a second store.
    """

    log: EventLog
    raw: Callable[[Rows], None]
    library: ApplicationRecorder
    url: str
    pgbench: Pgbench | None = None
    again: str | None = None

    def insert(self, event: StoredEvent) -> None:
        """A single append by the library."""
        self.library.insert_events([event])


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of store, and what is aimed at.

    For single appends so many times the library's rate, on this disk and on a slower one; for batches so much of what
    the store's fastest statement does.
    """

    name: str
    open: Callable[[], AbstractContextManager[Opened]]
    times: float
    times_slow: float
    fastest: str
    of_raw: float


@contextmanager
def _sqlite() -> Iterator[Opened]:
    with tempfile.TemporaryDirectory() as directory:
        datastore = SQLiteDatastore(f"{directory}/library.db", lock_timeout=30)
        library = SQLiteApplicationRecorder(datastore)
        library.create_table()
        with datastore.transaction(commit=False) as cursor:
            # As durable as ours: ahead of the database, every commit flushed.
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone()[0] == "wal"
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2
        with closing(SQLiteLog(Database(f"{directory}/log.db"))) as log:
            raw = Raw(Path(f"{directory}/raw.db"), definitions(Path(f"{directory}/log.db")))

            def put(rows: Rows) -> None:
                raw.insert({"stream": list(rows[0]), "event": list(rows[1])}, 1)

            yield Opened(log, put, library, f"sqlite:///{directory}/store.db")
        datastore.close()


@contextmanager
def _postgres() -> Iterator[Opened]:
    # Memory as PostgreSQL has it by itself; the tests' servers have less.
    server = Server(fsync="on", shared_buffers="128MB").create().start()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
            for schema in ("log", "store", "again", "raw", "pgbench"):
                connection.execute(f"CREATE SCHEMA {schema}".encode())
        datastore = PostgresDatastore("postgres", str(server.directory), 5432, "postgres", "", pool_size=CONNECTIONS)
        library = PostgresApplicationRecorder(datastore)
        library.create_table()
        with (
            psycopg.connect(_schema(server, "raw")) as raw,
            closing(PostgresLog(PostgresDatabase(_schema(server, "log")))) as log,
        ):
            for statement in postgres_tables.MIGRATIONS:
                raw.execute(statement.encode())
            raw.commit()

            def put(rows: Rows) -> None:
                for copied, types, ours in zip(_COPY, _TYPES, rows, strict=True):
                    with raw.cursor().copy(copied) as copy:
                        copy.set_types(types)
                        for row in ours:
                            copy.write_row(row)
                raw.commit()

            beside = pgbench(_schema(server, "pgbench"), server.binaries)
            yield Opened(log, put, library, _schema(server, "store"), beside, _schema(server, "again"))
        datastore.close()
    finally:
        server.remove()


def _schema(server: Server, name: str) -> str:
    return f"{server.url}&options=-csearch_path%3D{name}"


STORES = (
    Store("SQLite", _sqlite, 12, 30, "executemany", 0.8),
    Store("PostgreSQL", _postgres, 40, 30, "COPY", 0.7),
)
