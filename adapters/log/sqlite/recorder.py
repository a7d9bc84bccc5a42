"""The eventsourcing library's recorder on the log's tables in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from adapters.log.recorder import Recorder, library_errors, now
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

    def rows_of_stream(self, parameters: tuple[object, ...], *, backwards: bool) -> Sequence[Any]:
        with self.database.read() as connection:
            return connection.execute(_BACKWARDS if backwards else _FORWARDS, parameters).fetchall()

    def rows_of_log(self, first: int, last: int, types: Sequence[str], limit: int) -> Sequence[Any]:
        wanted = (tables.array(types),) if types else ()
        with self.database.read() as connection:
            return connection.execute(_OF_TYPES if types else _ALL_TYPES, (first, last, *wanted, limit)).fetchall()

    def max_notification_id(self) -> int | None:
        with library_errors(), self.database.read() as connection:
            return tables.head(connection).position or None


__all__ = ["SQLiteRecorder"]
