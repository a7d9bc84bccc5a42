"""The eventsourcing library's recorder on the log's tables in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from adapters.log.recorder import Recorder, library_errors, now
from adapters.log.rows import LAST
from adapters.log.sqlite import tables
from adapters.log.sqlite.transaction import SQLiteTransaction
from adapters.sqlite.database import Database
from adapters.sqlite.schema import LOG, establish
from domain.clocks import Instant

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


class SQLiteRecorder(Recorder):
    """See `adapters.log.recorder.Recorder`."""

    def __init__(
        self,
        database: Database,
        *,
        originator_id_type: Literal["uuid", "text"] = "text",
        now: Callable[[], Instant] = now,
    ) -> None:
        super().__init__(originator_id_type=originator_id_type, now=now)
        establish(database, LOG, tables.MIGRATIONS)
        self.database = database

    @contextmanager
    def transaction(
        self,
        ids: Sequence[str] = (),  # noqa: ARG002 (here it costs nothing to look up only what is asked)
        streams: Sequence[str] = (),  # noqa: ARG002 (as the ids)
    ) -> Iterator[SQLiteTransaction]:
        with self.database.write(durable=True) as connection:
            yield SQLiteTransaction(connection, self.database)

    def following(self) -> Database:
        return self.database

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        with library_errors(), self.database.read() as connection:
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
        with library_errors(), self.database.read() as connection:
            rows = connection.execute(_OF_TYPES if topics else _ALL_TYPES, (first, last, *types, limit))
            return [Notification(self._originator_id(name), *rest) for name, *rest in rows]

    def max_notification_id(self) -> int | None:
        with library_errors(), self.database.read() as connection:
            return tables.head(connection).position or None


__all__ = ["SQLiteRecorder"]
