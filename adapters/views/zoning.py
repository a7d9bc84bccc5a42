"""The zones of views that were loaded at once: of every list that is long enough, cut from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.views import zones
from adapters.views.reader import Reader
from adapters.views.zones import ALL, FIRST, LAST, Bounds, Key, Zone, ZonedRows, by_knowledge, cut

PAGE = 20_000
_LONG = f"""SELECT {ALL} FROM (SELECT COUNT(*) AS size FROM overview) AS counted WHERE size >= :zoned
    UNION ALL SELECT list FROM listing GROUP BY list HAVING COUNT(*) >= :zoned"""


def zoned(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """The rows of the table of zones, list by list."""
    for (list_,) in reader.rows(_LONG, {"zoned": zones.ZONED}):
        for number in (list_, by_knowledge(list_)):
            yield from (zone.row() for zone in cut(Zone(number, FIRST, LAST), _rows(reader, ZonedRows(number))))


def _rows(reader: Reader, of: ZonedRows) -> Iterator[tuple[Key, Bounds]]:
    """The keys of a list in order, each with the bounds of its row; those of one key are read together."""
    size, behind = PAGE, FIRST
    while True:
        last = {"rank": behind[0], "id": behind[1], "size": size}
        rows = of.rows(reader, f"{{key}} > (:rank, :id) ORDER BY {of.rank}, id LIMIT :size", last)
        whole = rows if len(rows) < size else [row for row in rows if row[0] != rows[-1][0]]
        yield from whole
        if len(rows) < size:
            return
        if whole:
            behind = whole[-1][0]
        else:
            size *= 2
