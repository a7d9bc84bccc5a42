"""PostgreSQL as the peers use it: one connection of psycopg, filled by COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg

from benchmarks.peers.batches import batches
from benchmarks.peers.states import Row

Connection = psycopg.Connection[tuple[Any, ...]]
_TSVECTOR = "words"


def connect(url: str) -> Connection:
    """A connection that plans as ours do: for the values that are asked for, without compiling."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET plan_cache_mode = force_custom_plan; SET jit = off; SET timezone = 'UTC'")
    return connection


def copy(connection: Connection, rows: Iterable[Row], into: Callable[[str], tuple[str, Sequence[str]]]) -> None:
    """Store rows; `into` says into which table and columns the rows of a table go. Words become a tsvector."""
    for table, batch in batches(rows):
        name, columns = into(table)
        at = columns.index(_TSVECTOR) if _TSVECTOR in columns else None
        with connection.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN".encode()) as copied:
            for row in batch:
                copied.write_row(row if at is None else (*row[:at], _tsvector(row[at]), *row[at + 1 :]))


def _tsvector(words: str | None) -> str | None:
    """As to_tsvector('simple', …) makes it of words without marks, places left out."""
    return None if words is None else " ".join(sorted(set(words.lower().rstrip(".").replace(".", "").split())))
