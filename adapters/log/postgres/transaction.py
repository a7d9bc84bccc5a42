"""The log's tables in PostgreSQL while one writer has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import psycopg
from psycopg.pq import TransactionStatus

from adapters.log.postgres import tables
from adapters.log.postgres.opening import Opening, look
from adapters.log.rows import LAST, Clash, Row
from adapters.postgres.database import Connection, Database
from adapters.postgres.errors import TRANSIENT
from domain.log import entries_of
from domain.ports import Contended, Head, StoredEntry, Unavailable

TRIES = 5
"""How often an insert is tried where others get in its way (deadlocks, serialization failures)."""


class PostgresTransaction:
    """See `adapters.log.rows.Transaction`."""

    _connection: Connection
    _opening: Opening

    def __init__(self, database: Database) -> None:
        self._errors = database.errors
        self._last: Row | None = None

    def begun(self, connection: Connection, ids: Sequence[str], streams: Sequence[str]) -> Self:
        """This, in the open transaction of a connection; of these ids and streams it will be asked."""
        self._connection = connection
        self._opening = look(connection, ids, streams)
        return self

    def is_there(self, connection: Connection) -> bool:
        """Whether another connection finds in the log what was stored last here."""
        return self._last is None or tables.holds(connection, self._last)

    def ends(self) -> tuple[Head, int]:
        return self._opening.head, self._opening.streams

    def places(self, streams: Sequence[str]) -> dict[str, tuple[int, int]]:
        connection = self._live()
        if self._last is None and self._opening.asked_streams.issuperset(streams):
            found = self._opening.places
            return {name: found[name] for name in streams if name in found}
        with self._errors:
            return tables.places(connection, streams)

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        connection = self._live()
        if self._last is None and self._opening.asked_ids.issuperset(ids):
            ids = [event_id for event_id in ids if event_id in self._opening.taken]
            if not ids:
                return {}
        with self._errors:
            return tables.by_id(connection, ids)

    def after(self, position: int, limit: int) -> list[StoredEntry]:
        with self._errors:
            rows = self._live().execute(tables.READ, (tables.bound(position), LAST, tables.bound(limit)))
            return entries_of(rows)

    def of_stream(self, name: str) -> list[StoredEntry]:
        with self._errors:
            return entries_of(self._live().execute(tables.STREAM, (name, LAST)))

    def insert(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        tries = 0
        with self._errors:
            while True:
                try:
                    tables.insert(self._live(), rows, opened)
                except psycopg.IntegrityError as exc:
                    raise Clash(str(exc)) from exc
                except psycopg.Error as exc:
                    tries += 1
                    if tries == TRIES or self._connection.closed or exc.sqlstate not in TRANSIENT:
                        raise
                else:
                    self._last = rows[-1]
                    return

    def put(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        with self._errors:
            try:
                tables.put(self._live(), rows, opened)
            except psycopg.IntegrityError as exc:
                raise Contended(f"somebody writes to the log out of turn: {exc}") from exc
        self._last = rows[-1]

    def _live(self) -> Connection:
        if self._connection.info.transaction_status != TransactionStatus.INTRANS:
            raise Unavailable("this session has ended")
        return self._connection
