"""The eventsourcing library's recorder on the log's tables, with the subscription it lacks there."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Literal
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from adapters.log import sqlite_tables as tables
from adapters.log.rows import LAST, Row, not_before
from adapters.log.sqlite_subscription import SQLiteSubscription
from adapters.sqlite import Database
from adapters.sqlite_schema import establish
from domain.clocks import Instant
from domain.ports import Unavailable

_SELECT = """
SELECT version, type, state FROM stream CROSS JOIN event ON event.stream = stream.no
WHERE name = ? AND version > ? AND version <= ? ORDER BY version {} LIMIT ?
"""
_FORWARDS, _BACKWARDS = _SELECT.format("ASC"), _SELECT.format("DESC")
_NOTIFICATIONS = """
SELECT name, version, type, state, position FROM event CROSS JOIN stream ON no = event.stream
WHERE position >= ? AND position <= ? {} ORDER BY position LIMIT ?
"""
_ALL_TYPES = _NOTIFICATIONS.format("")
_OF_TYPES = _NOTIFICATIONS.format("AND type IN (SELECT value FROM json_each(?))")


def _now() -> Instant:
    return time.time_ns() // 1000


class SQLiteRecorder(ApplicationRecorder):
    """Stored events and notifications of the library; a topic is an event's type, never a class.

    Positions are without a gap and commits in their order, so a reader that follows them misses
    none. Events inserted here have no id, and `now` gives their `recorded_at`, in microseconds; it
    never decreases along the log. Errors are those of `eventsourcing.persistence`: IntegrityError
    where (originator_id, originator_version) is taken, OperationalError where the database cannot
    be used.
    """

    def __init__(
        self,
        database: Database,
        *,
        originator_id_type: Literal["uuid", "text"] = "text",
        now: Callable[[], Instant] = _now,
    ) -> None:
        establish(database, "log", tables.MIGRATIONS)
        self.database = database
        self._originator_id: Callable[[str], UUID | str] = {"uuid": UUID, "text": str}[originator_id_type]
        self._now = now

    def insert_events(self, stored_events: Sequence[StoredEvent], **_kwargs: object) -> Sequence[int] | None:
        """Store all of the events, durably, or none, and give their positions in order."""
        if not stored_events:
            return []
        with _library_errors(), self.database.write(durable=True) as connection:
            head, streams = tables.ends(connection)
            at = not_before(head, self._now())
            ids = [str(event.originator_id) for event in stored_events]
            numbers = {name: no for name, (no, _) in tables.places(connection, ids).items()}
            unknown = (name for name in dict.fromkeys(ids) if name not in numbers)
            opened = {name: no for no, name in enumerate(unknown, streams + 1)}
            numbers |= opened
            rows = [
                (position, numbers[name], e.originator_version, e.topic, at, None, None, e.state)
                for position, name, e in zip(count(head.position + 1), ids, stored_events, strict=False)
            ]
            self.insert(connection, rows, opened)
            return [row[0] for row in rows]

    def insert(self, connection: sqlite3.Connection, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        """Store whole rows in an open transaction, and the streams that they open, with their numbers."""
        tables.insert(connection, rows, opened)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        with _library_errors(), self.database.read() as connection:
            rows = connection.execute(
                _BACKWARDS if desc else _FORWARDS,
                (
                    str(originator_id),
                    -LAST if gt is None else gt,
                    LAST if lte is None else lte,
                    LAST if limit is None else limit,
                ),
            )
            return [StoredEvent(self._originator_id(str(originator_id)), *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 0 if start is None else start if inclusive_of_start else start + 1
        last = LAST if stop is None else stop
        types = (tables.array(topics),) if topics else ()
        with _library_errors(), self.database.read() as connection:
            rows = connection.execute(_OF_TYPES if topics else _ALL_TYPES, (first, last, *types, limit))
            return [Notification(self._originator_id(name), *rest) for name, *rest in rows]

    def max_notification_id(self) -> int | None:
        with _library_errors(), self.database.read() as connection:
            return tables.head(connection).position or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> SQLiteSubscription:
        """Follow what this and other processes store, from behind the position `gt` on."""
        return SQLiteSubscription(self, gt, topics)


@contextmanager
def _library_errors() -> Iterator[None]:
    try:
        yield
    except Unavailable as exc:
        raise persistence.OperationalError(exc) from exc
    except sqlite3.Error as exc:
        # The library names its errors as PEP 249 does, and so does sqlite3.
        raise getattr(persistence, type(exc).__name__, persistence.PersistenceError)(exc) from exc


__all__ = ["SQLiteRecorder"]
