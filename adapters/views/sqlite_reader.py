"""The questions' SQL as SQLite takes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from adapters.views.reader import NOTHING, Reader


class SQLiteReader(Reader):
    """Reads what the connection's transaction sees."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def each(self, table: str, name: str, condition: str) -> str:
        return f"CROSS JOIN {table} {name} ON {condition}"

    def rows(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> list[Any]:
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> Any:
        return self._connection.execute(sql, parameters).fetchone()

    def texts(self, texts: Collection[str]) -> str:
        return orjson.dumps(list(texts)).decode()

    def among(self, column: str, name: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(:{name}))"

    def word(self, word: str) -> str:
        return f'"{word}"'

    def worded(self, name: str) -> str:
        return f"FROM word JOIN wording w ON w.no = word.rowid WHERE word MATCH :{name}"
