"""Rows into the tables of PostgreSQL: those of a table by one statement, each column an array.

Inside a pipeline the server stores one table while the arrays of the next are made; COPY would be waited for each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adapters.postgres.arrays import Bigints, Byteas, Texts
from adapters.postgres.database import Connection
from adapters.views import tally, zones
from adapters.views.postgres.reader import kept
from adapters.views.postgres.tables import COLUMNS, KEYS

WORDS = "words"
"""The type of a column of texts that are kept as lists of their words: each is sent as one text, a line for a word."""
ROWS_A_STATEMENT = 1_000
"""While the server stores them the next are made ready."""
_KINDS: Mapping[str, Callable[[Iterable[Any]], list[Any]]] = {
    "int8": Bigints,
    "text": Texts,
    "bytea": Byteas,
    WORDS: lambda texts: Texts("\n".join(map(kept, text.split())) for text in texts),
}

Rows = Sequence[tuple[Any, ...]]

_ENDINGS: Mapping[str, str] = {"known_to": "int8", "superseded_at": "int8", "recorded_to": "int8"}
_ZONE = ("int8", "int8", "text", "int8", "text", *("int8",) * 9)
_TALLY = ("int8", "int8", "int8", "int8", "text", "text", "int8")


def insert(connection: Connection, inserts: Mapping[str, Rows]) -> None:
    """Store the rows of every table."""
    for table, types in COLUMNS.items():
        rows = inserts.get(table, ())
        for begin in range(0, len(rows), ROWS_A_STATEMENT):
            connection.execute(_INSERTS[table], _columns(rows[begin : begin + ROWS_A_STATEMENT], types))


def end(connection: Connection, ends: Mapping[str, Rows]) -> None:
    """Bring the rows that end to where they end: the last that is told of each."""
    for table, statement in _ENDS.items():
        if rows := ends.get(table):
            last = {row[len(_ENDINGS) :]: row for row in rows}
            connection.execute(statement, _columns(last.values(), (*_ENDINGS.values(), *KEYS[table].values())))


def put_zones(connection: Connection, rows: Rows) -> None:
    """Store zones, each once, or what they are now."""
    if rows:
        connection.execute(_PUT_ZONES, _columns(rows, _ZONE))


def put_tally(connection: Connection, rows: Rows) -> None:
    """Add to steps of the tally, to each once."""
    if rows:
        connection.execute(_PUT_TALLY, _columns(rows, _TALLY))


def _columns(rows: Iterable[tuple[Any, ...]], types: Sequence[str]) -> list[list[Any]]:
    return [_KINDS[kind](column) for kind, column in zip(types, zip(*rows, strict=True), strict=True)]


def _unnested(types: Sequence[str]) -> str:
    """Selects the rows; not read FROM the arrays, which would put them aside first."""
    return f"SELECT {', '.join(map(_element, types))}"


def _element(kind: str) -> str:
    return "string_to_array(unnest(%b::text[]), E'\\n')" if kind == WORDS else f"unnest(%b::{kind}[])"


def _end(table: str, keys: Mapping[str, str]) -> bytes:
    """One statement for any number: `unnest` turns the arrays, one for each column, into rows."""
    columns = {**_ENDINGS, **keys}
    arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
    found = " AND ".join(f"{table}.{key} = ended.{key}" for key in keys)
    return (
        f"UPDATE {table} SET {', '.join(f'{column} = ended.{column}' for column in _ENDINGS)}"
        f" FROM unnest({arrays}) AS ended ({', '.join(columns)}) WHERE {found}"
    ).encode()


_INSERTS = {table: f"INSERT INTO {table} {_unnested(types)}".encode() for table, types in COLUMNS.items()}
_ENDS = {table: _end(table, keys) for table, keys in KEYS.items()}
_PUT_ZONES = zones.PUT.format(_unnested(_ZONE)).encode()
_PUT_TALLY = tally.PUT.format(_unnested(_TALLY)).encode()
