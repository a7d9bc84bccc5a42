"""The log's tables in PostgreSQL while one writer has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import psycopg
from psycopg.pq import TransactionStatus

from adapters.log import postgres_tables as tables
from adapters.log.rows import LAST, Clash, Row
from adapters.postgres import Connection, Database
from adapters.postgres_errors import TRANSIENT
from domain.ports import Head, StoredEntry, Unavailable

TRIES = 5
"""How often an insert is tried where others get in its way (deadlocks, serialization failures)."""


class PostgresTransaction:
    """See `adapters.log.rows.Transaction`."""

    _connection: Connection

    def __init__(self, database: Database) -> None:
        self._errors = database.errors
        self._last: Row | None = None

    def begun(self, connection: Connection) -> Self:
        """This, in the open transaction of a connection."""
        self._connection = connection
        return self

    def is_there(self, connection: Connection) -> bool:
        """Whether another connection finds in the log what was stored last here."""
        return self._last is None or tables.holds(connection, self._last)

    def ends(self) -> tuple[Head, int]:
        with self._errors:
            return tables.ends(self._connection)

    def places(self, streams: Sequence[str]) -> dict[str, tuple[int, int]]:
        with self._errors:
            return tables.places(self._live(), streams)

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        with self._errors:
            return tables.by_id(self._live(), ids)

    def after(self, position: int, limit: int) -> list[StoredEntry]:
        with self._errors:
            rows = self._live().execute(tables.READ, (tables.bound(position), LAST, tables.bound(limit)))
            return [StoredEntry(*row) for row in rows]

    def of_stream(self, name: str) -> list[StoredEntry]:
        with self._errors:
            return [StoredEntry(*row) for row in self._live().execute(tables.STREAM, (name, LAST))]

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

    def _live(self) -> Connection:
        if self._connection.info.transaction_status != TransactionStatus.INTRANS:
            raise Unavailable("this session has ended")
        return self._connection
