"""Rows into the tables of PostgreSQL: many by COPY, few together with everything else that is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.postgres import Connection
from adapters.views.postgres_tables import COLUMNS, KEYS

COPIED = 20
"""Rows of one table from which on COPY is the faster way; it takes a round trip of its own."""

Rows = Sequence[tuple[Any, ...]]

_ENDINGS: Mapping[str, str] = {"known_to": "int8", "superseded_at": "int8", "recorded_to": "int8"}


def copy_many(connection: Connection, inserts: Mapping[str, Rows]) -> None:
    """Store the rows of the tables that have many."""
    for table, types in COLUMNS.items():
        if len(rows := inserts.get(table, ())) >= COPIED:
            with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)


def insert_few(connection: Connection, inserts: Mapping[str, Rows]) -> None:
    """Store the rows of the tables that have few."""
    for table in COLUMNS:
        if 0 < len(rows := inserts.get(table, ())) < COPIED:
            for row in rows:
                connection.execute(_INSERTS[table], row)


def end(connection: Connection, ends: Mapping[str, Rows]) -> None:
    """Bring the rows that end to where they end: the last that is told of each."""
    for table, statement in _ENDS.items():
        if rows := ends.get(table):
            last = {row[len(_ENDINGS) :]: row for row in rows}
            connection.execute(statement, [list(column) for column in zip(*last.values(), strict=True)])


def _insert(table: str, types: Sequence[str]) -> bytes:
    return f"INSERT INTO {table} VALUES ({', '.join(f'%b::{kind}' for kind in types)})".encode()


def _end(table: str, keys: Mapping[str, str]) -> bytes:
    """One statement for any number: `unnest` turns the arrays, one for each column, into rows."""
    columns = {**_ENDINGS, **keys}
    arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
    found = " AND ".join(f"{table}.{key} = ended.{key}" for key in keys)
    return (
        f"UPDATE {table} SET {', '.join(f'{column} = ended.{column}' for column in _ENDINGS)}"
        f" FROM unnest({arrays}) AS ended ({', '.join(columns)}) WHERE {found}"
    ).encode()


_INSERTS = {table: _insert(table, types) for table, types in COLUMNS.items()}
_ENDS = {table: _end(table, keys) for table, keys in KEYS.items()}
