"""The eventsourcing library's recorder on the log's tables in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from adapters.log.postgres import tables
from adapters.log.postgres.transaction import PostgresTransaction
from adapters.log.recorder import Recorder, library_errors, now
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

    def rows_of_stream(self, parameters: tuple[object, ...], *, backwards: bool) -> Sequence[Any]:
        return self.database.ask(_BACKWARDS if backwards else _FORWARDS, parameters)

    def rows_of_log(self, first: int, last: int, types: Sequence[str], limit: int) -> Sequence[Any]:
        wanted = (list(types),) if types else ()
        return self.database.ask(_OF_TYPES if types else _ALL_TYPES, (first, last, *wanted, limit))

    def max_notification_id(self) -> int | None:
        with library_errors():
            return tables.head_of(self.database.ask(tables.HEAD)).position or None


__all__ = ["PostgresRecorder"]
