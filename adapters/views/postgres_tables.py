"""The tables of the read side in PostgreSQL: those of `adapters.views.schema`, and the words beside the wordings."""

from __future__ import annotations

from adapters.views.schema import TABLES, VERSION

_TYPES = {"INTEGER": "bigint", "TEXT": 'text COLLATE "C"', "BLOB": "bytea", " WITHOUT ROWID": ""}

# Rows that end are written again: with room beside them that costs no place in any index.
_ENDING = ("version", "overview", "listing", "figure", "metric", "entry", "wording")


def _translated(statement: str) -> str:
    for sqlite, postgres in _TYPES.items():
        statement = statement.replace(sqlite, postgres)
    return statement


_SCRIPT = (
    *(_translated(statement) for statement in TABLES if "VIRTUAL" not in statement),
    # With all that a page tells and is chosen by, a list is read without its rows.
    "ALTER TABLE listing DROP CONSTRAINT listing_pkey",
    """ALTER TABLE listing ADD PRIMARY KEY (list, rank, id, no)
        INCLUDE (known_from, known_to, recorded_from, superseded_at, recorded_to, first_known)""",
    'ALTER TABLE wording ALTER words TYPE text[] COLLATE "C" USING ARRAY[words]',
    "CREATE INDEX wording_words ON wording USING gin (words)",
    *(f"ALTER TABLE {table} SET (fillfactor = 80)" for table in _ENDING),
    f"INSERT INTO progress VALUES ('views', {VERSION}, 0)",
)

MIGRATIONS = (";\n".join(_SCRIPT),)

_PLANE = ("int8",) * 5
COLUMNS = {
    "term": ("int8", "text", "text"),
    "development": ("int8", "text"),
    "version": ("int8", "int8", *_PLANE, "bytea", "bytea", "bytea", "bytea"),
    "overview": ("int8", "text", "int8", "int8", *_PLANE, "int8", "int8", "text", "text", "int8"),
    "listing": ("int8", "int8", "text", "int8", *_PLANE, "int8"),
    "figure": ("int8", "int8", "int8", "int8", "int8", "int8", *_PLANE, "text", "int8", "bytea"),
    "metric": ("int8", "int8", "int8", "int8", *_PLANE),
    "entry": ("int8", "int8", *_PLANE, "int8", "int8", "int8", "int8", "bytea"),
    "wording": ("int8", "int8", *_PLANE, "text[]"),
    "actor": ("text", "int8", "int8", "int8", "int8", "text", "text", "text", "bytea", "bytea", "text", "text"),
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
"""The columns by which a row that ends is found, as `adapters.views.rows` gives them."""
