"""Zones: what lies where in a long list, so that a question passes over what cannot answer it.

The rows of a list are kept in order of (rank, id). A long list is cut into zones of consecutive keys, each with the
bounds of what its rows say (a zone map: Moerkotte, *Small Materialized Aggregates*, VLDB 1998). Asked as of an early
date, a question then skips the zones in which nothing was known yet, however many rows have come since.

Bounds are never too narrow. They are exact when a zone is cut; rows that end later only widen them.

Every list is in two orders, and has zones for each: by (rank, id) under its number, and by (first_known, id) under the
number that `by_knowledge` gives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from adapters.views.reader import Reader
from domain.clocks import AFTER, BEFORE
from domain.plane import FOREVER

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
    *("list", "lo_rank", "lo_id", "hi_rank", "hi_id", "size", "ended"),
    *("known_from", "recorded_from", "begins", "ends", "kinds", "known_by", "recorded_by"),
)
PUT = f"INSERT INTO zone ({', '.join(COLUMNS)}) {{}} ON CONFLICT (list, lo_rank, lo_id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in COLUMNS[3:]
)
"""Stores zones or what they are now; the rows are to be filled in."""

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


class Bounds(NamedTuple):
    """Of one row: since when it is known and recorded, what it says, and by when all that happened to it has.

    Asked at `known_by` and `recorded_by` or later it is to be seen, unless it has `ended`.
    """

    known_from: int
    recorded_from: int
    begins: int
    ends: int
    kinds: int
    known_by: int
    recorded_by: int
    ended: bool


class Ended(NamedTuple):
    """A row of a list that was stored has ended, or ends otherwise; `anew` where it had not before."""

    list: int
    rank: int
    first_known: int
    id: str
    known_by: int
    recorded_by: int
    anew: bool


def kinds(*names: str | None) -> int:
    """The bits of statuses and kinds."""
    return sum(_BITS[name] for name in names if name is not None)


def by_knowledge(list_: int) -> int:
    """The number under which the zones of a list in order of first knowledge stand; -1 is that of no list."""
    return -2 - list_


def ending(known_to: int, superseded_at: int, recorded_to: int) -> tuple[int, int] | None:
    """By when a row has ended, on both clocks; None while it has not."""
    if recorded_to != FOREVER:
        return BEFORE, recorded_to
    return None if known_to == AFTER else (known_to, superseded_at)


class Zone:
    """Consecutive keys [lo, hi) of a list, and the bounds of their rows; `kinds` has the bits of all there are."""

    __slots__ = (
        *("begins", "ended", "ends", "hi", "kinds", "known_by", "known_from"),
        *("list", "lo", "recorded_by", "recorded_from", "size"),
    )

    def __init__(self, list_: int, lo: Key, hi: Key) -> None:
        self.list, self.lo, self.hi, self.size, self.ended = list_, lo, hi, 0, 0
        self.known_from = self.recorded_from = self.begins = LAST[0]
        self.ends = self.known_by = self.recorded_by = FIRST[0]
        self.kinds = 0

    def take(self, bounds: Bounds) -> None:
        """A row more."""
        self.size += 1
        self.known_from = min(self.known_from, bounds.known_from)
        self.recorded_from = min(self.recorded_from, bounds.recorded_from)
        self.begins = min(self.begins, bounds.begins)
        self.ends = max(self.ends, bounds.ends)
        self.kinds |= bounds.kinds
        self.end(bounds.known_by, bounds.recorded_by, anew=bounds.ended)

    def end(self, known_by: int, recorded_by: int, *, anew: bool) -> None:
        """What happened to a row has happened by then; `anew` where it has ended, and had not before."""
        self.ended += anew
        self.known_by = max(self.known_by, known_by)
        self.recorded_by = max(self.recorded_by, recorded_by)

    def row(self) -> tuple[Any, ...]:
        """As the table has it."""
        return (
            *(self.list, *self.lo, *self.hi, self.size, self.ended),
            *(self.known_from, self.recorded_from, self.begins, self.ends, self.kinds),
            *(self.known_by, self.recorded_by),
        )

    @classmethod
    def of(cls, row: Sequence[Any]) -> Zone:
        """From a row of the table."""
        zone = cls(row[0], (row[1], row[2]), (row[3], row[4]))
        zone.size, zone.ended, zone.known_from, zone.recorded_from, zone.begins, zone.ends = row[5:11]
        zone.kinds, zone.known_by, zone.recorded_by = row[11:]
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
            self._due: set[int] = set()
            for row in reader.rows(f"SELECT {', '.join(COLUMNS)} FROM zone ORDER BY list, lo_rank, lo_id"):
                self._lists.setdefault(row[0], []).append(Zone.of(row))
            for list_, zones in self._lists.items():
                self._starts[list_] = [zone.lo for zone in zones]
        self.forget()

    def settle(self, position: int) -> None:
        """The transaction is committed, with the views at this position."""
        self._position = position

    def take(
        self, reader: Reader, inserted: Mapping[str, Sequence[tuple[Any, ...]]], ended: Iterable[Ended]
    ) -> list[tuple[Any, ...]]:
        """Rows were stored, by table, and rows have ended since; the zones that are to be stored now."""
        changed: dict[tuple[int, Key], Zone] = {}
        for row in inserted.get("listing", ()):
            bounds = _bounds(row[4:9], BEFORE, AFTER, -1)
            self._put(row[0], (row[1], row[2]), bounds, changed)
            self._put(by_knowledge(row[0]), (row[9], row[2]), bounds, changed)
        for row in inserted.get("overview", ()):
            bounds = _bounds(row[4:9], row[9], row[10], kinds(row[11], row[12]))
            self._put(ALL, (row[0], row[1]), bounds, changed)
            self._put(by_knowledge(ALL), (row[13], row[1]), bounds, changed)
        for end in ended:
            for list_, key in ((end.list, (end.rank, end.id)), (by_knowledge(end.list), (end.first_known, end.id))):
                zone = self._zone(list_, key, changed)
                if zone is not None:
                    zone.end(end.known_by, end.recorded_by, anew=end.anew)
        due, self._due = self._due, set()
        for list_ in due:
            del self._grown[list_]
            self._cut_list(reader, list_, changed)
        for zone in [zone for zone in changed.values() if zone.size >= LARGEST]:
            self._replace(zone, cut(zone, _rows(reader, zone)), changed)
        return [zone.row() for zone in changed.values()]

    def _put(self, list_: int, key: Key, bounds: Bounds, changed: dict[tuple[int, Key], Zone]) -> None:
        zone = self._zone(list_, key, changed)
        if zone is not None:
            zone.take(bounds)
            return
        self._grown[list_] += 1
        if self._grown[list_] >= LOOK_AGAIN:
            self._due.add(list_)

    def _zone(self, list_: int, key: Key, changed: dict[tuple[int, Key], Zone]) -> Zone | None:
        """The zone of a key, which changes; None where the list has none."""
        starts = self._starts.get(list_)
        if starts is None:
            return None
        zone = self._lists[list_][bisect_right(starts, key) - 1]
        changed[list_, zone.lo] = zone
        return zone

    def _cut_list(self, reader: Reader, list_: int, changed: dict[tuple[int, Key], Zone]) -> None:
        """Give the list its first zones, if it is long enough."""
        of = ZonedRows(list_)
        counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {of.table} WHERE {of.condition} LIMIT {ZONED}) AS counted"
        if reader.row(counted, {"list": of.list})[0] < ZONED:
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


class ZonedRows:
    """The rows that the zones of a number are of: where they are, and in which order."""

    def __init__(self, list_: int) -> None:
        self.list, self.rank = (list_, "rank") if list_ >= ALL else (by_knowledge(list_), "first_known")
        self.table, self.condition = ("overview", ":list = 0") if self.list == ALL else ("listing", "list = :list")

    def rows(self, reader: Reader, condition: str, given: Mapping[str, object]) -> list[tuple[Key, Bounds]]:
        """Their keys in order, each with the bounds of its row."""
        told = "begins, ends, kind, status" if self.list == ALL else f"{BEFORE}, {AFTER}"
        rows = reader.rows(
            f"SELECT {self.rank}, id, known_from, known_to, recorded_from, superseded_at, recorded_to, {told}"
            f" FROM {self.table} WHERE {self.condition} AND {condition.format(key=f'({self.rank}, id)')}",
            {"list": self.list, **given},
        )
        return [
            ((row[0], row[1]), _bounds(row[2:7], row[7], row[8], kinds(*row[9:]) if self.list == ALL else -1))
            for row in rows
        ]


def _bounds(plane: Sequence[int], begins: int, ends: int, kinds_: int) -> Bounds:
    known_from, known_to, recorded_from, superseded_at, recorded_to = plane
    end = ending(known_to, superseded_at, recorded_to)
    by = (known_from, recorded_from) if end is None else (max(known_from, end[0]), max(recorded_from, end[1]))
    return Bounds(known_from, recorded_from, begins, ends, kinds_, *by, ended=end is not None)


def _rows(reader: Reader, zone: Zone) -> list[tuple[Key, Bounds]]:
    """The keys of a zone in order, each with the bounds of its row."""
    of = ZonedRows(zone.list)
    bounds = {"lo_rank": zone.lo[0], "lo_id": zone.lo[1], "hi_rank": zone.hi[0], "hi_id": zone.hi[1]}
    between = "{key} >= (:lo_rank, :lo_id) AND {key} < (:hi_rank, :hi_id)"
    return of.rows(reader, f"{between} ORDER BY {of.rank}, id", bounds)


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
