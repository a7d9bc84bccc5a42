"""The event log in an SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from adapters.log import sqlite_tables as tables
from adapters.log.rows import LAST, Clash, Row
from adapters.log.session import Session
from adapters.log.sqlite_recorder import SQLiteRecorder
from adapters.sqlite import Database
from domain.ports import EventLog, Head, LogSession, StoredEntry, Unavailable


class SQLiteLog(EventLog):
    """The log of a database, which others may use beside it; closing the log closes the database."""

    def __init__(self, database: Database) -> None:
        self.recorder = SQLiteRecorder(database)
        self._database = database
        self._committed: Head | None = None

    def session(self) -> AbstractContextManager[LogSession]:
        session = Session(self._transaction())
        return session if self._database.path is not None else self._in_memory(session)

    def head(self) -> Head:
        with self._database.read() as connection:
            return self._committed or tables.head(connection)

    def read(self, after: int, limit: int, upto: int | None = None) -> Sequence[StoredEntry]:
        with self._database.read() as connection:
            return tables.after(connection, after, self._bound(upto), limit)

    def stream(self, stream: str, upto: int | None = None) -> Sequence[StoredEntry]:
        with self._database.read() as connection:
            return tables.of_stream(connection, stream, self._bound(upto))

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[_Transaction]:
        with self._database.write(durable=True) as connection:
            yield _Transaction(connection, self.recorder)

    @contextmanager
    def _in_memory(self, session: Session) -> Iterator[LogSession]:
        with session:
            self._committed = session.head
            try:
                yield session
            finally:
                self._committed = None

    def _bound(self, upto: int | None) -> int:
        bound = LAST if upto is None else upto
        # In memory the thread that holds the session reads on the connection it writes on.
        return bound if self._committed is None else min(bound, self._committed.position)


class _Transaction:
    """See `adapters.log.rows.Transaction`."""

    def __init__(self, connection: sqlite3.Connection, recorder: SQLiteRecorder) -> None:
        self._connection = connection
        self._recorder = recorder
        self._errors = recorder.database.errors

    def ends(self) -> tuple[Head, int]:
        return tables.ends(self._connection)

    def places(self, streams: Sequence[str]) -> dict[str, tuple[int, int]]:
        with self._errors:
            return tables.places(self._live(), streams)

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        with self._errors:
            return tables.by_id(self._live(), ids)

    def after(self, position: int, limit: int) -> list[StoredEntry]:
        with self._errors:
            return tables.after(self._live(), position, LAST, limit)

    def of_stream(self, name: str) -> list[StoredEntry]:
        with self._errors:
            return tables.of_stream(self._live(), name, LAST)

    def insert(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        with self._errors:
            try:
                self._recorder.insert(self._live(), rows, opened)
            except BaseException as exc:
                self._take_back(rows[0][0] - 1, min(opened.values(), default=LAST) - 1)
                if isinstance(exc, sqlite3.IntegrityError):
                    raise Clash(str(exc)) from exc
                raise

    def _live(self) -> sqlite3.Connection:
        if not self._connection.in_transaction:
            raise Unavailable("this session has ended")
        return self._connection

    def _take_back(self, position: int, stream: int) -> None:
        # A full disk may have rolled everything back; outside a transaction nothing is ours.
        if self._connection.in_transaction:
            try:
                tables.delete_after(self._connection, position, stream)
            except sqlite3.Error:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")


__all__ = ["SQLiteLog", "SQLiteRecorder"]
