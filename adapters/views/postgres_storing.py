"""Rows into the tables of PostgreSQL: many by COPY, few together with everything else that is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.postgres import Connection
from adapters.postgres_arrays import Bigints, Byteas, Texts
from adapters.views.postgres_tables import COLUMNS, KEYS

COPIED = 300
"""Rows of one table from which on COPY is the faster way; it takes round trips of its own."""
COPIED_ALONE = 20
"""The same where rows hold arrays themselves, and have to be sent one by one otherwise."""

_KINDS: Mapping[str, type[list[Any]]] = {"int8": Bigints, "text": Texts, "bytea": Byteas}

Rows = Sequence[tuple[Any, ...]]

_ENDINGS: Mapping[str, str] = {"known_to": "int8", "superseded_at": "int8", "recorded_to": "int8"}


def copy_many(connection: Connection, inserts: Mapping[str, Rows]) -> None:
    """Store the rows of the tables that have many."""
    for table, types in COLUMNS.items():
        if (rows := inserts.get(table, ())) and len(rows) >= _MANY[table]:
            with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)


def insert_few(connection: Connection, inserts: Mapping[str, Rows]) -> None:
    """Store the rows of the tables that have few, of each by one statement; rows that hold arrays one by one."""
    for table, types in COLUMNS.items():
        if 0 < len(rows := inserts.get(table, ())) < _MANY[table]:
            if _together(types):
                connection.execute(_INSERTS[table], _columns(rows, types))
            else:
                for row in rows:
                    connection.execute(_INSERTS[table], row)


def end(connection: Connection, ends: Mapping[str, Rows]) -> None:
    """Bring the rows that end to where they end: the last that is told of each."""
    for table, statement in _ENDS.items():
        if rows := ends.get(table):
            last = {row[len(_ENDINGS) :]: row for row in rows}
            connection.execute(statement, _columns(last.values(), (*_ENDINGS.values(), *KEYS[table].values())))


def _columns(rows: Iterable[tuple[Any, ...]], types: Sequence[str]) -> list[list[Any]]:
    return [_KINDS[kind](column) for kind, column in zip(types, zip(*rows, strict=True), strict=True)]


def _together(types: Sequence[str]) -> bool:
    """Whether columns of these types can be sent as arrays."""
    return _KINDS.keys() >= set(types)


def _insert(table: str, types: Sequence[str]) -> bytes:
    if _together(types):
        return f"INSERT INTO {table} SELECT {', '.join(f'unnest(%b::{kind}[])' for kind in types)}".encode()
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


_MANY = {table: COPIED if _together(types) else COPIED_ALONE for table, types in COLUMNS.items()}
_INSERTS = {table: _insert(table, types) for table, types in COLUMNS.items()}
_ENDS = {table: _end(table, keys) for table, keys in KEYS.items()}
