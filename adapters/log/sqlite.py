"""The event log in an SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count, repeat
from types import TracebackType
from typing import Self

from adapters.log import sqlite_tables as tables
from adapters.log.sqlite_recorder import SQLiteRecorder
from adapters.sqlite import Database
from domain.clocks import Instant
from domain.ports import EventLog, Head, LogSession, NewEntry, StoredEntry, Unavailable
from domain.refusals import EventIdReused, Refusal, VersionConflict

# How many streams a session remembers the place of: what `versions` told, `append` need not look up.
PLACES = 20_000

_Placed = Sequence[tuple[int, Instant, NewEntry | StoredEntry]]


class SQLiteLog(EventLog):
    """The log of a database, which others may use beside it; closing the log closes the database.

    An append also raises VersionConflict where a version does not follow the last of its stream,
    and EventIdReused where both are taken. An append that was refused leaves its session as it was.
    """

    def __init__(self, database: Database) -> None:
        self.recorder = SQLiteRecorder(database)
        self._database = database
        self._committed: Head | None = None

    def session(self) -> AbstractContextManager[LogSession]:
        session = _Session(self.recorder)
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
    def _in_memory(self, session: _Session) -> Iterator[LogSession]:
        with session:
            self._committed = session.head
            try:
                yield session
            finally:
                self._committed = None

    def _bound(self, upto: int | None) -> int:
        bound = tables.LAST if upto is None else upto
        # In memory the thread that holds the session reads on the connection it writes on.
        return bound if self._committed is None else min(bound, self._committed.position)


class _Session(LogSession, AbstractContextManager[LogSession]):
    def __init__(self, recorder: SQLiteRecorder) -> None:
        self._recorder = recorder
        self._errors = recorder.database.errors
        self._transaction = recorder.database.write(durable=True)
        self._places: dict[str, tuple[int, int]] = {}
        self._ended = False

    def __enter__(self) -> Self:
        self._connection = self._transaction.__enter__()
        try:
            self._head, self._streams = tables.ends(self._connection)
        except BaseException as exc:
            self._transaction.__exit__(type(exc), exc, exc.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        self._ended = True
        return self._transaction.__exit__(kind, exc, traceback)

    @property
    def head(self) -> Head:
        return self._head

    def versions(self, streams: Sequence[str]) -> dict[str, int]:
        with self._errors:
            places = tables.places(self._live(), streams)
        self._places |= places
        return {name: version for name, (_, version) in places.items()}

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        with self._errors:
            return tables.by_id(self._live(), ids)

    def read(self, after: int, limit: int) -> Sequence[StoredEntry]:
        with self._errors:
            return tables.after(self._live(), after, tables.LAST, limit)

    def stream(self, stream: str) -> Sequence[StoredEntry]:
        with self._errors:
            return tables.of_stream(self._live(), stream, tables.LAST)

    def append(self, entries: Sequence[NewEntry], recorded_at: Instant) -> int:
        at = tables.not_before(self._head, recorded_at)
        return self._store(list(zip(count(self._head.position + 1), repeat(at), entries, strict=False)))

    def restore(self, entries: Sequence[StoredEntry]) -> int:
        _check_follows(self._head, entries)
        return self._store([(entry.position, entry.recorded_at, entry) for entry in entries])

    def _store(self, placed: _Placed) -> int:
        connection = self._live()
        if not placed:
            return self._head.position
        with self._errors:
            try:
                rows, opened = self._rows(connection, placed)
                self._recorder.insert(connection, rows, opened)
            except BaseException as exc:
                self._take_back(connection)
                if isinstance(exc, sqlite3.IntegrityError):
                    raise _refusal(connection, placed) or exc from None
                raise
        position, recorded_at, _ = placed[-1]
        self._head = Head(position, recorded_at)
        self._streams += len(opened)
        return position

    def _rows(self, connection: sqlite3.Connection, placed: _Placed) -> tuple[list[tables.Row], dict[str, int]]:
        """The rows and the numbers of the streams they open; IntegrityError where a version does not follow."""
        rows: list[tables.Row] = []
        opened: dict[str, int] = {}
        if len(self._places) > PLACES:
            self._places.clear()
        places = self._places
        older = [e.stream for _, _, e in placed if e.version != 1 and e.stream not in places]
        if older:
            places |= tables.places(connection, older)
        for position, at, e in placed:
            no, version = places.get(e.stream, (0, 0))
            if e.version != version + 1:
                raise sqlite3.IntegrityError("a version does not follow in its stream")
            if not no:
                no = opened[e.stream] = self._streams + len(opened) + 1
            places[e.stream] = no, e.version
            rows.append((position, no, e.version, e.type, at, e.id, e.sent, e.body))
        return rows, opened

    def _live(self) -> sqlite3.Connection:
        if self._ended or not self._connection.in_transaction:
            raise Unavailable("this session has ended")
        return self._connection

    def _take_back(self, connection: sqlite3.Connection) -> None:
        self._places.clear()
        # A full disk may have rolled everything back; outside a transaction nothing is ours.
        if connection.in_transaction:
            try:
                tables.delete_after(connection, self._head.position, self._streams)
            except sqlite3.Error:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")


def _check_follows(head: Head, entries: Sequence[StoredEntry]) -> None:
    expected, last = head.position + 1, head.recorded_at
    for entry in entries:
        if entry.position != expected:
            raise ValueError(f"position {entry.position} does not follow {expected - 1}")
        if last is not None and entry.recorded_at < last:
            raise ValueError(f"position {expected} was recorded before the one it follows")
        expected, last = expected + 1, entry.recorded_at


def _refusal(connection: sqlite3.Connection, placed: _Placed) -> Refusal | None:
    """Why the first of the entries that does not fit is refused, while none of them is stored."""
    taken = set(tables.by_id(connection, [entry.id for _, _, entry in placed]))
    places = tables.places(connection, [entry.stream for _, _, entry in placed])
    versions = {name: version for name, (_, version) in places.items()}
    for _, _, entry in placed:
        if entry.id in taken:
            return EventIdReused(f"the event id {entry.id!r} is taken")
        version = versions.get(entry.stream, 0)
        if entry.version != version + 1:
            return VersionConflict(f"{entry.stream} is at version {version}: {entry.version} cannot follow", version)
        taken.add(entry.id)
        versions[entry.stream] = entry.version
    return None


__all__ = ["SQLiteLog", "SQLiteRecorder"]
