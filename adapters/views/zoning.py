"""The zones of views that were loaded at once: of every list that is long enough, cut from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.views import zones
from adapters.views.reader import Reader
from adapters.views.zones import ALL, FIRST, LAST, Bounds, Key, Zone, cut, read, table_of, told

PAGE = 20_000
_FIRST = (*FIRST, -1)


def zoned(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """The rows of the table of zones, list by list."""
    for list_ in (ALL, *_long(reader)):
        parts = cut(Zone(list_, FIRST, LAST), _rows(reader, list_))
        if sum(part.size for part in parts) >= zones.ZONED:
            yield from (part.row() for part in parts)


def _long(reader: Reader) -> list[int]:
    counted = "SELECT list FROM listing GROUP BY list HAVING COUNT(*) >= :zoned ORDER BY list"
    return [row[0] for row in reader.rows(counted, {"zoned": zones.ZONED})]


def _rows(reader: Reader, list_: int) -> Iterator[tuple[Key, Bounds]]:
    """The keys of a list in order, each with the bounds of its row."""
    table, condition = table_of(list_)
    behind = _FIRST
    asked = (
        f"SELECT rank, id, known_from, recorded_from, {told(list_)}, no FROM {table} WHERE {condition}"
        f" AND (rank, id, no) > (:rank, :id, :no) ORDER BY rank, id, no LIMIT {PAGE}"
    )
    while rows := reader.rows(asked, {"list": list_, "rank": behind[0], "id": behind[1], "no": behind[2]}):
        yield from (read(list_, row[:-1]) for row in rows)
        behind = (rows[-1][0], rows[-1][1], rows[-1][-1])
