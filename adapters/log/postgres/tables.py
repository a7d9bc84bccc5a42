"""The tables of the log in PostgreSQL, and every statement that is run on them.

The tables are those of SQLite. Positions are given by whoever holds the sole right to write, never by a sequence: that
leaves gaps, and its numbers are not committed in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import psycopg

from adapters.log.rows import LAST, Row
from adapters.postgres.arrays import Bigints, Byteas, Texts
from adapters.postgres.database import Connection
from domain.log import entries_of
from domain.ports import Head, StoredEntry

MIGRATIONS = (
    """
    CREATE TABLE stream(
        no bigint PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE
    );
    CREATE TABLE event(
        position bigint PRIMARY KEY,
        stream bigint NOT NULL,
        version bigint NOT NULL,
        recorded_at bigint NOT NULL, -- microseconds since 1970-01-01T00:00Z
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" UNIQUE,
        sent bytea,
        state bytea NOT NULL,
        UNIQUE(stream, version)
    )
    """,
)

# From so many rows on COPY is the faster way.
COPIED = 500

_ENTRY = (
    "event.position, event.recorded_at, coalesce(event.id, ''), stream.name, event.version,"
    " event.type, event.state, event.sent"
)
HEAD = "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1"
READ = f"""
SELECT {_ENTRY} FROM event JOIN stream ON stream.no = event.stream
WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
"""
STREAM = f"""
SELECT {_ENTRY} FROM event JOIN stream ON stream.no = event.stream
WHERE stream.name = %s AND position <= %s ORDER BY version
"""
OF_ACTORS = f"""
SELECT {_ENTRY} FROM event JOIN stream ON stream.no = event.stream
WHERE position > %s AND position <= %s AND type LIKE 'Actor%%' ORDER BY position
"""
# Before the table is analysed only this tells the planner by which index a stream is found.
CONTINUED = f"""
SELECT {_ENTRY} FROM event AS opened CROSS JOIN LATERAL (
    SELECT * FROM event WHERE event.stream = opened.stream AND event.version > 1
        AND event.position + 0 > %s AND event.position + 0 <= %s OFFSET 0
) AS event JOIN stream ON stream.no = event.stream
WHERE opened.position > %s AND opened.position <= %s AND opened.version = 1
ORDER BY opened.position, event.version
"""
ENDS = "SELECT position, recorded_at, (SELECT max(no) FROM stream) FROM event ORDER BY position DESC LIMIT 1"
_BY_ID = f"SELECT {_ENTRY} FROM event JOIN stream ON stream.no = event.stream WHERE event.id = ANY(%b)"
PLACES = """
SELECT name, no, (SELECT max(version) FROM event WHERE event.stream = no) FROM stream WHERE name = ANY(%b)
"""
_HOLDS = """
SELECT FROM event WHERE position = %s AND stream = %s AND version = %s AND type = %s AND recorded_at = %s
    AND id IS NOT DISTINCT FROM %s::text AND sent IS NOT DISTINCT FROM %s::bytea AND state = %s
"""
_COLUMNS = "event (position, stream, version, type, recorded_at, id, sent, state)"
# Selected and not read FROM the arrays: the rows are then not put aside first.
_PUT_STREAMS = "INSERT INTO stream SELECT unnest(%b::bigint[]), unnest(%b::text[])"
_PUT_EVENTS = f"""
INSERT INTO {_COLUMNS} SELECT unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::bigint[]), unnest(%b::text[]),
    unnest(%b::bigint[]), unnest(%b::text[]), unnest(%b::bytea[]), unnest(%b::bytea[])
"""
_PUT_BOTH = f"WITH opened AS ({_PUT_STREAMS}) {_PUT_EVENTS}"
_COPY_STREAMS = "COPY stream FROM STDIN (FORMAT BINARY)"
_COPY_EVENTS = f"COPY {_COLUMNS} FROM STDIN (FORMAT BINARY)"
_STREAM_TYPES = ("int8", "text")
_EVENT_COLUMNS = (Bigints, Bigints, Bigints, Texts, Bigints, Texts, Byteas, Byteas)
_EVENT_TYPES = ("int8", "int8", "int8", "text", "int8", "text", "bytea", "bytea")


def bound(number: int) -> int:
    """The number, where the store has none as great or as small the nearest that it has."""
    return max(0, min(number, LAST))


def head_of(rows: Sequence[tuple[int, int]]) -> Head:
    """The last event as HEAD tells it, or (0, None)."""
    return Head(*rows[0]) if rows else Head(0, None)


def by_id(connection: Connection, ids: Sequence[str]) -> dict[str, StoredEntry]:
    """The events of these ids, in order of position."""
    entries = entries_of(connection.execute(_BY_ID, (texts(ids),)))
    return {entry.id: entry for entry in sorted(entries, key=lambda entry: entry.position)}


def places(connection: Connection, streams: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The number and the greatest version of each of the streams that are there."""
    return {name: (no, version) for name, no, version in connection.execute(PLACES, (texts(streams),))}


def texts(given: Iterable[str]) -> Texts:
    """Without those that no row can hold: PostgreSQL knows no character of number 0."""
    return Texts(text for text in given if "\0" not in text)


def holds(connection: Connection, row: Row) -> bool:
    """Whether the log has this event, and not another one, at its position."""
    return connection.execute(_HOLDS, row).fetchone() is not None


def insert(connection: Connection, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
    """Store the rows and the streams they open with their numbers, or nothing.

    Raises psycopg's errors; the transaction goes on from where it was.
    """
    connection.execute("SAVEPOINT before")
    try:
        put(connection, rows, opened)
        connection.execute("RELEASE before")
    except psycopg.Error:
        if not connection.closed:
            connection.execute("ROLLBACK TO before")
        raise


def put(connection: Connection, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
    """Store the rows and the streams they open with their numbers.

    Raises psycopg's errors, which end the transaction.
    """
    if len(rows) >= COPIED:
        _copy(connection, _COPY_STREAMS, _STREAM_TYPES, [(no, name) for name, no in opened.items()])
        _copy(connection, _COPY_EVENTS, _EVENT_TYPES, rows)
        return
    events = [kind(column) for kind, column in zip(_EVENT_COLUMNS, zip(*rows, strict=True), strict=True)]
    if opened:
        connection.execute(_PUT_BOTH, [Bigints(opened.values()), Texts(opened), *events], prepare=True)
    else:
        connection.execute(_PUT_EVENTS, events, prepare=True)


def _copy(connection: Connection, statement: str, types: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        with connection.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
