"""The questions' SQL as PostgreSQL takes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from adapters.postgres.arrays import Bigints, Texts
from adapters.postgres.database import Connection
from adapters.views.cache import Cache
from adapters.views.reader import NOTHING, First, Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT

LONG = 200
"""Characters from which on a word is kept by its digest: an index holds no keys of some thousand bytes."""

STANDING = "SELECT p.tableoid::int8, p.version, p.position FROM progress p WHERE p.projection = 'views'"

_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")


class PostgresReader(Reader):
    """Reads what the connection's transaction sees."""

    def __init__(
        self, connection: Connection, cache: Cache | None = None, standing: tuple[int, int, int] | None = None
    ) -> None:
        self._connection = connection
        self._standing = standing
        self.cache = cache
        self.short = set() if cache is None else cache.short

    def then(self, table: str, name: str, condition: str) -> str:
        # An OFFSET keeps the order. The planner would take two columns that go together for a rare match, and sort.
        return f"CROSS JOIN LATERAL (SELECT * FROM {table} {name} WHERE {condition} OFFSET 0) {name}"

    def first(self, table: str, name: str, which: First) -> str:
        _, condition, order, most = which
        the_first = f"SELECT * FROM {table} {name} WHERE {condition} ORDER BY {order} LIMIT {most}"
        return f"CROSS JOIN LATERAL ({the_first}) {name}"

    def rows(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> list[Any]:
        return self._connection.execute(_translated(sql), _storable(parameters)).fetchall()

    def row(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> Any:
        return self._connection.execute(_translated(sql), _storable(parameters)).fetchone()

    def standing(self) -> tuple[int, int, int]:
        return self._standing or self.row(STANDING)

    def texts(self, texts: Collection[str]) -> Texts:
        return Texts(text for text in texts if "\0" not in text)

    def among(self, column: str, name: str) -> str:
        return f"{column} = ANY(:{name}::text[])"

    def numbers(self, numbers: Collection[int]) -> Bigints:
        return Bigints(numbers)

    def each(self, name: str) -> str:
        return f"unnest(:{name}::bigint[]) AS n(value)"

    def saying(self, ways: Sequence[Collection[str]], last: int | None) -> tuple[str, dict[str, object]]:
        matching, parameters = self.matching(ways)
        if last is None:
            return f"SELECT w.dev {matching}", parameters
        return f"SELECT w.dev {matching} AND w.no < :end", parameters | {"end": (last + 1) * ROWS_A_DEVELOPMENT}

    def matching(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        parameters = _given(ways)
        return f"FROM wording w WHERE {' AND '.join(f'w.words && :{name}::text[]' for name in parameters)}", parameters

    def says(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        parameters = _given(ways)
        # IS TRUE keeps the planner from the index of words, by which it would look up the same ones row by row.
        return " AND ".join(f"(w.words && :{name}::text[]) IS TRUE" for name in parameters), parameters


def _given(ways: Sequence[Collection[str]]) -> dict[str, object]:
    return {f"way{n}": Texts(kept(word) for word in words) for n, words in enumerate(ways)}


def kept(word: str) -> str:
    """The word as the table has it."""
    return word if len(word) < LONG else f"{word[:LONG]} {blake2b(word.encode(), digest_size=16).hexdigest()}"


@lru_cache(maxsize=1_024)
def _translated(sql: str) -> bytes:
    """Named parameters as psycopg takes them."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%")).encode()


def _storable(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """No text has a control character, and PostgreSQL takes none of number 0: another one says the same of it."""
    if not any(isinstance(value, str) and "\0" in value for value in parameters.values()):
        return parameters
    return {name: value.replace("\0", "\1") if isinstance(value, str) else value for name, value in parameters.items()}
