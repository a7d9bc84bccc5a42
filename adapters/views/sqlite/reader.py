"""The questions' SQL as SQLite takes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from adapters.views.cache import Cache
from adapters.views.reader import NOTHING, First, Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT

_STANDING = "SELECT p.rowid, p.version, p.position FROM progress p WHERE p.projection = 'views'"


class SQLiteReader(Reader):
    """Reads what the connection's transaction sees."""

    def __init__(self, connection: sqlite3.Connection, cache: Cache | None = None) -> None:
        self._connection = connection
        self.cache = cache
        self.short = set() if cache is None else cache.short

    def then(self, table: str, name: str, condition: str) -> str:
        return f"CROSS JOIN {table} {name} ON {condition}"

    def first(self, table: str, name: str, which: First) -> str:
        key, condition, order, most = which
        the_first = f"SELECT {key} FROM {table} {name} WHERE {condition} ORDER BY {order} LIMIT {most}"
        return self.then(table, name, f"({key}) {'=' if most == 1 else 'IN'} ({the_first})")

    def rows(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> list[Any]:
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> Any:
        return self._connection.execute(sql, parameters).fetchone()

    def standing(self) -> tuple[int, int, int]:
        told: tuple[int, int, int] = self.row(_STANDING)
        return told

    def texts(self, texts: Collection[str]) -> str:
        return orjson.dumps(list(texts)).decode()

    def among(self, column: str, name: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(:{name}))"

    def numbers(self, numbers: Collection[int]) -> str:
        return orjson.dumps(list(numbers)).decode()

    def each(self, name: str) -> str:
        return f"json_each(:{name}) n"

    def saying(self, ways: Sequence[Collection[str]], last: int | None) -> tuple[str, dict[str, object]]:
        saying = f"SELECT word.rowid / {ROWS_A_DEVELOPMENT} FROM word WHERE word MATCH :said"
        if last is None:
            return saying, _said(ways)
        return f"{saying} AND word.rowid < :end", _said(ways) | {"end": (last + 1) * ROWS_A_DEVELOPMENT}

    def matching(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        return "FROM word CROSS JOIN wording w ON w.no = word.rowid WHERE word MATCH :said", _said(ways)

    def says(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        named = [{f"way{n}_{m}": f" {word} " for m, word in enumerate(words)} for n, words in enumerate(ways)]
        conditions = [f"({' OR '.join(f'instr(w.words, :{name}) > 0' for name in words)})" for words in named]
        return " AND ".join(conditions), {name: word for words in named for name, word in words.items()}


def _said(ways: Sequence[Collection[str]]) -> dict[str, object]:
    quoted = [[f'"{word}"' for word in words] for words in ways]
    return {"said": " AND ".join(f"({' OR '.join(words)})" for words in quoted)}
