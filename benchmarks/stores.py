"""The stores whose appends are measured: a line each, with the library's own recorder and what is aimed at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from adapters.log.postgres import PostgresLog
from adapters.log.sqlite import SQLiteLog
from adapters.postgres import Database as PostgresDatabase
from adapters.sqlite import Database
from domain.ports import EventLog
from tests.postgres import Server

CONNECTIONS = 15


@dataclass(frozen=True, slots=True)
class Opened:
    """Empty stores of one kind, side by side: a log, the library's recorder, and the URL of a whole store."""

    log: EventLog
    library: ApplicationRecorder
    url: str

    def insert(self, event: StoredEvent) -> None:
        """A single append by the library."""
        self.library.insert_events([event])


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of store, and how many times the library's rate is aimed at, on this disk and on a slower one."""

    name: str
    open: Callable[[], AbstractContextManager[Opened]]
    times: float
    times_slow: float


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
            yield Opened(log, library, f"sqlite:///{directory}/store.db")
        datastore.close()


@contextmanager
def _postgres() -> Iterator[Opened]:
    server = Server(fsync="on").create().start()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
            for schema in ("log", "store"):
                connection.execute(f"CREATE SCHEMA {schema}".encode())
        datastore = PostgresDatastore("postgres", str(server.directory), 5432, "postgres", "", pool_size=CONNECTIONS)
        library = PostgresApplicationRecorder(datastore)
        library.create_table()
        with closing(PostgresLog(PostgresDatabase(f"{server.url}&options=-csearch_path%3Dlog"))) as log:
            yield Opened(log, library, f"{server.url}&options=-csearch_path%3Dstore")
        datastore.close()
    finally:
        server.remove()


STORES = (Store("SQLite", _sqlite, 12, 30), Store("PostgreSQL", _postgres, 40, 30))
