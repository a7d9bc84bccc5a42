"""The eventsourcing library's recorder on the log's tables in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from adapters.log.postgres import tables
from adapters.log.postgres.transaction import PostgresTransaction
from adapters.log.recorder import Recorder, library_errors, now
from adapters.log.rows import LAST
from adapters.postgres.connecting import BY_INDEX
from adapters.postgres.database import Database
from adapters.postgres.schema import LOG, establish
from domain.clocks import Instant

WRITER = "log"

_SELECT = """
SELECT version, type, state FROM stream JOIN event ON event.stream = stream.no
WHERE name = %s AND version > %s AND version <= %s ORDER BY version {} LIMIT %s
"""
_FORWARDS, _BACKWARDS = _SELECT.format("ASC"), _SELECT.format("DESC")
_NOTIFICATIONS = """
SELECT name, version, type, state, position FROM event JOIN stream ON no = event.stream
WHERE position >= %s AND position <= %s {} ORDER BY position LIMIT %s
"""
_ALL_TYPES = _NOTIFICATIONS.format("")
_OF_TYPES = _NOTIFICATIONS.format("AND type = ANY(%s)")


class PostgresRecorder(Recorder):
    """See `adapters.log.recorder.Recorder`.

    A commit whose answer was lost is looked up and not taken for a failure, so that what this has stored does not
    clash with itself when it is sent again; a deadlock is tried again.
    """

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
    def transaction(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> Iterator[PostgresTransaction]:
        transaction = PostgresTransaction(self.database)
        with self.database.write(WRITER, durable=True, committed=transaction.is_there, settings=BY_INDEX) as connection:
            yield transaction.begun(connection, ids, streams)

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
        with library_errors():
            rows = self.database.ask(
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
        types = (list(topics),) if topics else ()
        with library_errors():
            rows = self.database.ask(_OF_TYPES if topics else _ALL_TYPES, (first, last, *types, limit))
        return [Notification(self._originator_id(name), *rest) for name, *rest in rows]

    def max_notification_id(self) -> int | None:
        with library_errors():
            return tables.head_of(self.database.ask(tables.HEAD)).position or None


__all__ = ["PostgresRecorder"]
