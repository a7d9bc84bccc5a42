"""The event log in an SQLite database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from adapters.log.rows import LAST
from adapters.log.session import Session
from adapters.log.sqlite import tables
from adapters.log.sqlite.recorder import SQLiteRecorder
from adapters.sqlite.database import Database
from domain.ports import EventLog, Head, LogSession, StoredEntry


class SQLiteLog(EventLog):
    """The log of a database, which others may use beside it; closing the log closes the database."""

    def __init__(self, database: Database) -> None:
        self.recorder = SQLiteRecorder(database)
        self._database = database
        self._committed: Head | None = None

    def session(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> AbstractContextManager[LogSession]:
        session = Session(self.recorder.transaction(ids, streams))
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

    def of_actors(self, after: int, upto: int) -> Sequence[StoredEntry]:
        with self._database.read() as connection:
            return tables.of_actors(connection, after, self._bound(upto))

    def continued(self, after: int, upto: int, last: int) -> Sequence[StoredEntry]:
        with self._database.read() as connection:
            return tables.continued(connection, after, upto, self._bound(last))

    def close(self) -> None:
        self._database.close()

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


__all__ = ["SQLiteLog", "SQLiteRecorder"]
