"""Zones: what lies where in a long list, so that a question passes over what cannot answer it.

The rows of a list are kept in order of (rank, id). A long list is cut into zones of consecutive keys, each with the
bounds of what its rows say (a zone map: Moerkotte, *Small Materialized Aggregates*, VLDB 1998). Asked as of an early
date, a question then skips the zones in which nothing was known yet, however many rows have come since.

Bounds are never too narrow. They are exact when a zone is cut; rows that end later leave them as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.views.reader import Reader
from domain.clocks import AFTER, BEFORE

ALL = 0
"""The number of the list of all developments, the overview; the others have the numbers of their terms."""
ZONED = 2_048
"""Rows from which on a list has zones; a shorter one is gone through as fast as skipped."""
LARGEST = 1_024
"""Rows from which on a zone is cut in two."""
LOOK_AGAIN = 256
"""Rows by which a list without zones grows before it is counted again."""
FIRST, LAST = (-(2**63), ""), (2**63 - 1, "")

COLUMNS = (
    *("list", "lo_rank", "lo_id", "hi_rank", "hi_id", "size"),
    *("known_from", "recorded_from", "begins", "ends", "kinds"),
)
PUT = (
    f"INSERT INTO zone ({', '.join(COLUMNS)}) VALUES ({{}}) ON CONFLICT (list, lo_rank, lo_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[3:])
)
"""Stores a zone or what it is now; the places of its columns are to be filled in."""

_BITS = {
    name: 1 << bit
    for bit, name in enumerate(
        (
            *("retracted", "disputed", "confirmed", "denied", "corroborated", "reported"),
            *("event", "statement", "assessment", "plan", "forecast"),
        )
    )
}

Key = tuple[int, str]
Bounds = tuple[int, int, int, int, int]
"""Of one row: known_from, recorded_from, begins, ends, kinds."""


def kinds(*names: str | None) -> int:
    """The bits of statuses and kinds."""
    return sum(_BITS[name] for name in names if name is not None)


class Zone:
    """Consecutive keys [lo, hi) of a list, and the bounds of their rows; `kinds` has the bits of all there are."""

    __slots__ = ("begins", "ends", "hi", "kinds", "known_from", "list", "lo", "recorded_from", "size")

    def __init__(self, list_: int, lo: Key, hi: Key) -> None:
        self.list, self.lo, self.hi, self.size = list_, lo, hi, 0
        self.known_from = self.recorded_from = self.begins = LAST[0]
        self.ends = FIRST[0]
        self.kinds = 0

    def take(self, bounds: Bounds) -> None:
        """A row more."""
        known_from, recorded_from, begins, ends, kinds_ = bounds
        self.size += 1
        self.known_from = min(self.known_from, known_from)
        self.recorded_from = min(self.recorded_from, recorded_from)
        self.begins = min(self.begins, begins)
        self.ends = max(self.ends, ends)
        self.kinds |= kinds_

    def row(self) -> tuple[Any, ...]:
        """As the table has it."""
        return (
            *(self.list, *self.lo, *self.hi, self.size),
            *(self.known_from, self.recorded_from, self.begins, self.ends, self.kinds),
        )

    @classmethod
    def of(cls, row: Sequence[Any]) -> Zone:
        """From a row of the table."""
        zone = cls(row[0], (row[1], row[2]), (row[3], row[4]))
        zone.size, zone.known_from, zone.recorded_from, zone.begins, zone.ends, zone.kinds = row[5:]
        return zone


class Zones:
    """Every zone as the writer of the views keeps them: told of all rows, it knows which zones have changed.

    What it holds is that of the store at the views' `position`; at any other it has to be read anew.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """What is held is not what is stored."""
        self._position: int | None = None

    def begin(self, reader: Reader, position: int) -> None:
        """A transaction begins, with the views at this position."""
        if self._position != position:
            self._lists: dict[int, list[Zone]] = {}
            self._starts: dict[int, list[Key]] = {}
            self._grown: Counter[int] = Counter()
            for row in reader.rows(f"SELECT {', '.join(COLUMNS)} FROM zone ORDER BY list, lo_rank, lo_id"):
                self._lists.setdefault(row[0], []).append(Zone.of(row))
            for list_, zones in self._lists.items():
                self._starts[list_] = [zone.lo for zone in zones]
        self.forget()

    def settle(self, position: int) -> None:
        """The transaction is committed, with the views at this position."""
        self._position = position

    def take(self, reader: Reader, inserted: Mapping[str, Sequence[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        """The rows were stored, by table; the zones that are to be stored now."""
        changed: dict[tuple[int, Key], Zone] = {}
        for row in inserted.get("listing", ()):
            self._put(row[0], (row[1], row[2]), (row[4], row[6], BEFORE, AFTER, -1), changed)
        for row in inserted.get("overview", ()):
            bounds = (row[4], row[6], row[9], row[10], kinds(row[11], row[12]))
            self._put(ALL, (row[0], row[1]), bounds, changed)
        for list_, grown in list(self._grown.items()):
            if grown >= LOOK_AGAIN:
                del self._grown[list_]
                self._cut_list(reader, list_, changed)
        for zone in [zone for zone in changed.values() if zone.size >= LARGEST]:
            self._replace(zone, cut(zone, _rows(reader, zone)), changed)
        return [zone.row() for zone in changed.values()]

    def _put(self, list_: int, key: Key, bounds: Bounds, changed: dict[tuple[int, Key], Zone]) -> None:
        starts = self._starts.get(list_)
        if starts is None:
            self._grown[list_] += 1
            return
        zone = self._lists[list_][bisect_right(starts, key) - 1]
        zone.take(bounds)
        changed[list_, zone.lo] = zone

    def _cut_list(self, reader: Reader, list_: int, changed: dict[tuple[int, Key], Zone]) -> None:
        """Give the list its first zones, if it is long enough."""
        table, condition = table_of(list_)
        counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {ZONED}) AS counted"
        if reader.row(counted, {"list": list_})[0] < ZONED:
            return
        whole = Zone(list_, FIRST, LAST)
        self._lists[list_], self._starts[list_] = [whole], [FIRST]
        self._replace(whole, cut(whole, _rows(reader, whole)), changed)

    def _replace(self, zone: Zone, parts: list[Zone], changed: dict[tuple[int, Key], Zone]) -> None:
        zones, starts = self._lists[zone.list], self._starts[zone.list]
        at = bisect_right(starts, zone.lo) - 1
        zones[at : at + 1] = parts
        starts[at : at + 1] = [part.lo for part in parts]
        changed.update({(part.list, part.lo): part for part in parts})


def table_of(list_: int) -> tuple[str, str]:
    """Where the rows of a list are, and which they are there."""
    return ("overview", ":list = 0") if list_ == ALL else ("listing", "list = :list")


def told(list_: int) -> str:
    """What a list's rows say beside their keys and when they were known and recorded."""
    return "begins, ends, kind, status" if list_ == ALL else f"{BEFORE}, {AFTER}"


def read(list_: int, row: Sequence[Any]) -> tuple[Key, Bounds]:
    """The key of a row that begins with rank, id, known_from, recorded_from and what is told; and its bounds."""
    return (row[0], row[1]), (*row[2:6], kinds(*row[6:]) if list_ == ALL else -1)


def _rows(reader: Reader, zone: Zone) -> list[tuple[Key, Bounds]]:
    """The keys of a zone in order, each with the bounds of its row."""
    table, condition = table_of(zone.list)
    rows = reader.rows(
        f"SELECT rank, id, known_from, recorded_from, {told(zone.list)} FROM {table} WHERE {condition}"
        " AND (rank, id) >= (:lo_rank, :lo_id) AND (rank, id) < (:hi_rank, :hi_id) ORDER BY rank, id",
        {"list": zone.list, "lo_rank": zone.lo[0], "lo_id": zone.lo[1], "hi_rank": zone.hi[0], "hi_id": zone.hi[1]},
    )
    return [read(zone.list, row) for row in rows]


def cut(zone: Zone, rows: Iterable[tuple[Key, Bounds]]) -> list[Zone]:
    """The rows in zones of about half the largest size, each with whole ranks if it can be: ids ascend in a rank.

    Rows of one key stay together.
    """
    parts = [Zone(zone.list, zone.lo, zone.hi)]
    before: Key | None = None
    for key, bounds in rows:
        size = parts[-1].size
        begins_rank = before is None or key[0] != before[0]
        if key != before and (size >= LARGEST // 2 if begins_rank else size >= LARGEST * 3 // 4):
            parts[-1].hi = lo = (key[0], "") if begins_rank else key
            parts.append(Zone(zone.list, lo, zone.hi))
        parts[-1].take(bounds)
        before = key
    return parts
