"""The log's tables in SQLite while one writer has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress

from adapters.log.rows import LAST, Clash, Row
from adapters.log.sqlite import tables
from adapters.sqlite.database import Database
from domain.ports import Head, StoredEntry, Unavailable


class SQLiteTransaction:
    """See `adapters.log.rows.Transaction`."""

    def __init__(self, connection: sqlite3.Connection, database: Database) -> None:
        self._connection = connection
        self._errors = database.errors

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
            return tables.after(self._live(), position, LAST, limit)

    def of_stream(self, name: str) -> list[StoredEntry]:
        with self._errors:
            return tables.of_stream(self._live(), name, LAST)

    def insert(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        with self._errors:
            try:
                tables.insert(self._live(), rows, opened)
            except BaseException as exc:
                self._take_back(rows[0][0] - 1, min(opened.values(), default=LAST) - 1)
                if isinstance(exc, sqlite3.IntegrityError):
                    raise Clash(str(exc)) from exc
                raise

    def put(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        self.insert(rows, opened)

    def _live(self) -> sqlite3.Connection:
        if not self._connection.in_transaction:
            raise Unavailable("this session has ended")
        return self._connection

    def _take_back(self, position: int, stream: int) -> None:
        # A full disk may have rolled everything back; outside a transaction nothing is ours.
        if self._connection.in_transaction:
            try:
                tables.delete_after(self._connection, position, stream)
            except sqlite3.Error:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
