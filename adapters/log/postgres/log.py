"""The event log in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from adapters.log.postgres import tables
from adapters.log.postgres.recorder import PostgresRecorder
from adapters.log.rows import LAST
from adapters.log.session import Session
from adapters.postgres.database import Database
from domain.log import entries_of
from domain.ports import EventLog, Head, LogSession, StoredEntry


class PostgresLog(EventLog):
    """The log of a database, which others may use beside it; closing the log closes the database."""

    def __init__(self, database: Database) -> None:
        self.recorder = PostgresRecorder(database)
        self._database = database

    def session(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> AbstractContextManager[LogSession]:
        return Session(self.recorder.transaction(ids, streams))

    def head(self) -> Head:
        return tables.head_of(self._database.ask(tables.HEAD))

    def read(self, after: int, limit: int, upto: int | None = None) -> Sequence[StoredEntry]:
        bounds = after, LAST if upto is None else upto, limit
        return entries_of(self._database.ask(tables.READ, [tables.bound(n) for n in bounds]))

    def stream(self, stream: str, upto: int | None = None) -> Sequence[StoredEntry]:
        last = tables.bound(LAST if upto is None else upto)
        return entries_of(self._database.ask(tables.STREAM, (stream, last)))

    def of_actors(self, after: int, upto: int) -> Sequence[StoredEntry]:
        bounds = tables.bound(after), tables.bound(upto)
        return entries_of(self._database.ask(tables.OF_ACTORS, bounds))

    def continued(self, after: int, upto: int, last: int) -> Sequence[StoredEntry]:
        bounds = [tables.bound(position) for position in (upto, last, after, upto)]
        return entries_of(self._database.ask(tables.CONTINUED, bounds))

    def close(self) -> None:
        self._database.close()


__all__ = ["PostgresLog", "PostgresRecorder"]
