"""The zones of views that were loaded at once: of every list that is long enough, cut from end to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.views import zones
from adapters.views.bounds import Row
from adapters.views.reader import Reader
from adapters.views.zones import ALL, FIRST, LAST, Zone, ZonedRows, by_knowledge, cut

PAGE = 20_000
_LONG = f"""SELECT {ALL} FROM (SELECT COUNT(*) AS size FROM overview) AS counted WHERE size >= :zoned
    UNION ALL SELECT list FROM listing GROUP BY list HAVING COUNT(*) >= :zoned"""


def zoned(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """The rows of the table of zones, list by list."""
    for (list_,) in reader.rows(_LONG, {"zoned": zones.ZONED}):
        for number in (list_, by_knowledge(list_)):
            yield from (zone.row() for zone in cut(Zone(number, FIRST, LAST), _pages(reader, ZonedRows(number))))


def _pages(reader: Reader, of: ZonedRows) -> Iterator[Sequence[Row]]:
    """The rows of a list in order; those of one key are read together."""
    size, behind = PAGE, FIRST
    while True:
        last = {"rank": behind[0], "id": behind[1], "size": size}
        rows = of.rows(reader, f"{{key}} > (:rank, :id) ORDER BY {of.rank}, id LIMIT :size", last)
        if len(rows) < size:
            yield rows
            return
        whole = _without_last_key(rows)
        if whole:
            yield whole
            behind = (whole[-1][0], whole[-1][1])
        else:
            size *= 2


def _without_last_key(rows: Sequence[Row]) -> Sequence[Row]:
    end = len(rows)
    while end and rows[end - 1][:2] == rows[-1][:2]:
        end -= 1
    return rows[:end]
