"""The tables of the read side in PostgreSQL: those of `adapters.views.schema`, and the words beside the wordings."""

from __future__ import annotations

import re

from adapters.views.schema import TABLES, VERSION

NAME = "views"
HEAD_TABLE = "progress"
"""Whoever reads holds this table first, so that no part of what is read is changed for another generation's."""

_TYPES = {"INTEGER": "bigint", "TEXT": 'text COLLATE "C"', "BLOB": "bytea", " WITHOUT ROWID": ""}

# Rows that end are written again: with room beside them that costs no place in any index.
_ENDING = ("version", "overview", "listing", "figure", "metric", "entry", "wording")


def _translated(statement: str) -> str:
    for sqlite, postgres in _TYPES.items():
        statement = statement.replace(sqlite, postgres)
    return statement


_LOADED = {
    "development": "dev",
    "version": "no",
    "overview": "rank, id, no",
    "listing": "list, rank, id, no",
    "figure": "metric, known, position, place, no",
    "metric": "metric, known, no",
    "entry": "no",
    "wording": "no",
    "chain": "position",
    "mention": "term, position",
}
"""The tables that may have a row or more for each event, and by what their rows are found."""
# With all that a page tells and is chosen by, a list is read without its rows.
_INCLUDED = {"listing": "known_from, known_to, recorded_from, superseded_at, recorded_to, first_known"}
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX IF NOT EXISTS (\w+) ON (\w+)")


def _primary(table: str) -> str:
    included = f" INCLUDE ({_INCLUDED[table]})" if table in _INCLUDED else ""
    return f"ALTER TABLE {table} ADD PRIMARY KEY ({_LOADED[table]}){included}"


_OWN_INDEXES = {
    # Without what changes as a row ends: see _ENDING.
    "overview_of": "CREATE INDEX overview_of ON overview (dev)",
    "figure_of": "CREATE INDEX figure_of ON figure (claim, dated, known, position, place)",
    "wording_words": "CREATE INDEX wording_words ON wording USING gin (words)",
}
_INDEXES = {
    **{found[1]: statement for statement in TABLES if (found := _INDEX.match(statement)) and found[2] in _LOADED},
    **_OWN_INDEXES,
}

_SCRIPT = (
    *(_translated(statement) for statement in TABLES if "VIRTUAL" not in statement),
    *(f"DROP INDEX IF EXISTS {name}" for name in _OWN_INDEXES),
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey; {_primary(table)}" for table in _INCLUDED),
    'ALTER TABLE wording ALTER words TYPE text[] COLLATE "C" USING ARRAY[words]',
    *_OWN_INDEXES.values(),
    *(f"ALTER TABLE {table} SET (fillfactor = 80)" for table in _ENDING),
    f"INSERT INTO progress VALUES ('views', {VERSION}, 0)",
)

MIGRATIONS = (";\n".join(_SCRIPT),)

DROP_INDEXES = ";\n".join(
    (
        *(f"DROP INDEX {name}" for name in _INDEXES),
        *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey" for table in _LOADED),
        "ALTER TABLE development DROP CONSTRAINT development_id_key",
    )
)
"""Takes away what costs time while much is stored."""
BUILD_INDEXES = (
    *(_primary(table) for table in _LOADED),
    "ALTER TABLE development ADD UNIQUE (id)",
    *_INDEXES.values(),
)
"""Makes it again."""

_PLANE = ("int8",) * 5
COLUMNS = {
    "term": ("int8", "text", "text"),
    "development": ("int8", "text"),
    "version": ("int8", "int8", *_PLANE, "bytea", "bytea", "bytea", "bytea"),
    "overview": ("int8", "text", "int8", "int8", *_PLANE, "int8", "int8", "text", "text", "int8"),
    "listing": ("int8", "int8", "text", "int8", *_PLANE, "int8"),
    "figure": ("int8", "int8", "int8", "int8", "int8", "int8", *_PLANE, "int8", "text", "int8", "bytea"),
    "metric": ("int8", "int8", "int8", "int8", *_PLANE),
    "entry": ("int8", "int8", *_PLANE, "int8", "int8", "int8", "int8", "bytea"),
    "wording": ("int8", "int8", *_PLANE, "words"),
    "actor": ("text", "int8", "int8", "int8", "int8", "text", "text", "text", "bytea", "bytea", "text", "int8"),
    "naming": ("text", "text", "int8", "int8"),
    "affiliation": ("text", "text", "int8", "int8", "int8", "int8"),
    "chain": ("int8", "bytea"),
    "mention": ("int8", "int8"),
}
"""The types of the columns, by table, in the order in which the tables are written."""

KEYS = {
    "version": {"no": "int8"},
    "overview": {"rank": "int8", "id": "text", "no": "int8"},
    "listing": {"list": "int8", "rank": "int8", "id": "text", "no": "int8"},
    "figure": {"metric": "int8", "known": "int8", "position": "int8", "place": "int8", "no": "int8"},
    "metric": {"metric": "int8", "known": "int8", "no": "int8"},
    "entry": {"no": "int8"},
    "wording": {"no": "int8"},
}
"""The columns by which a row that ends is found, as `adapters.views.storing.rows` gives them."""
