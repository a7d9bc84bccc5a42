"""Zones: what lies where in a long list, so that a question passes over what cannot answer it.

The rows of a list are kept in order of (rank, id). A long list is cut into zones of consecutive keys, each with the
bounds of what its rows say (a zone map: Moerkotte, *Small Materialized Aggregates*, VLDB 1998). Asked as of an early
date, a question then skips the zones in which nothing was known yet, however many rows have come since.

Bounds are never too narrow. They are exact when a zone is cut; rows that end later only widen them.

Every list is in two orders, and has zones for each: by (rank, id) under its number, and by (first_known, id) under the
number that `by_knowledge` gives.
"""
# ruff: noqa: PLR1730 (min and max take four times as long, and dozens of bounds are looked at for an event)

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from adapters.views import bounds
from adapters.views.bounds import ANYTHING, GREATEST, LEAST, NO_ROW, Bounds, Row, kinds
from adapters.views.reader import Reader

ALL = 0
"""The number of the list of all developments, the overview; the others have the numbers of their terms."""
ZONED = 2_048
"""Rows from which on a list has zones; a shorter one is gone through as fast as skipped."""
LARGEST = 1_024
"""Rows from which on a zone is cut in two."""
LOOK_AGAIN = 256
"""Rows by which a list without zones grows before it is counted again."""
FIRST, LAST = (LEAST, ""), (GREATEST, "")

COLUMNS = (
    *("list", "lo_rank", "lo_id", "hi_rank", "hi_id", "size", "ended"),
    *("known_from", "recorded_from", "begins", "ends", "kinds", "known_by", "recorded_by"),
)
PUT = f"INSERT INTO zone ({', '.join(COLUMNS)}) {{}} ON CONFLICT (list, lo_rank, lo_id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in COLUMNS[3:]
)
"""Stores zones or what they are now; the rows are to be filled in."""

Key = tuple[int, str]


class Ended(NamedTuple):
    """The end of a row that is stored already, on both clocks; `anew`: it was open before, so its zone has one more."""

    list: int
    rank: int
    first_known: int
    id: str
    known_by: int
    recorded_by: int
    anew: bool


def by_knowledge(list_: int) -> int:
    """The number under which the zones of a list in order of first knowledge stand; -1 is that of no list."""
    return -2 - list_


class Zone:
    """Consecutive keys [lo, hi) of a list, and the bounds of their rows; `kinds` has the bits of all there are."""

    __slots__ = (
        *("begins", "ended", "ends", "hi", "kinds", "known_by", "known_from"),
        *("list", "lo", "recorded_by", "recorded_from", "size"),
    )

    def __init__(self, list_: int, lo: Key, hi: Key) -> None:
        self.list, self.lo, self.hi, self.size, self.ended = list_, lo, hi, 0, 0
        self.known_from, self.recorded_from, self.begins, self.ends, self.kinds = NO_ROW
        self.known_by = self.recorded_by = LEAST

    def take(self, told: Bounds) -> None:
        """More rows."""
        size, ended, known_from, recorded_from, begins, ends, kinds_, known_by, recorded_by = told
        self.size += size
        self.ended += ended
        self.kinds |= kinds_
        if known_from < self.known_from:
            self.known_from = known_from
        if recorded_from < self.recorded_from:
            self.recorded_from = recorded_from
        if begins < self.begins:
            self.begins = begins
        if ends > self.ends:
            self.ends = ends
        if known_by > self.known_by:
            self.known_by = known_by
        if recorded_by > self.recorded_by:
            self.recorded_by = recorded_by

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

    A list has zones in both orders or in none. What is held is that of the store at the views' `position`; at any other
    it has to be read anew.
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

    def take(
        self, reader: Reader, inserted: Mapping[str, Sequence[tuple[Any, ...]]], ended: Iterable[Ended]
    ) -> list[tuple[Any, ...]]:
        """Rows were stored, by table, and rows have ended since; the zones that are to be stored now."""
        listing, overview = inserted.get("listing", ()), inserted.get("overview", ())
        due = self._due(Counter([row[0] for row in listing]) + Counter({ALL: len(overview)}))
        self._changed: dict[Zone, None] = {}
        for row in listing:
            if row[0] in self._lists:
                self._widen(row[0], row[1], row[9], row[2], bounds.of_row(row[4:9], *ANYTHING))
        if ALL in self._lists:
            for row in overview:
                self._widen(
                    ALL, row[0], row[13], row[1], bounds.of_row(row[4:9], row[9], row[10], kinds(row[11], row[12]))
                )
        for end in ended:
            if end.list in self._lists:
                told = (0, int(end.anew), *NO_ROW, end.known_by, end.recorded_by)
                self._widen(end.list, end.rank, end.first_known, end.id, told)
        for list_ in due:
            self._cut_list(reader, list_)
        for zone in [zone for zone in self._changed if zone.size >= LARGEST]:
            self._cut(reader, zone)
        return [zone.row() for zone in self._changed]

    def _due(self, grown: Mapping[int, int]) -> list[int]:
        """Of lists that grow by so many rows, those that may be long enough now for their first zones."""
        due = []
        for list_, rows in grown.items():
            if list_ not in self._lists:
                self._grown[list_] += rows
                if self._grown[list_] >= LOOK_AGAIN:
                    del self._grown[list_]
                    due.append(list_)
        return due

    def _widen(self, list_: int, rank: int, first_known: int, id_: str, told: Bounds) -> None:
        """A row of these bounds, in both orders."""
        for number, key in ((list_, (rank, id_)), (by_knowledge(list_), (first_known, id_))):
            zone = self._lists[number][bisect_right(self._starts[number], key) - 1]
            zone.take(told)
            self._changed[zone] = None

    def _cut_list(self, reader: Reader, list_: int) -> None:
        """Give the list its first zones, if it is long enough."""
        of = ZonedRows(list_)
        counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {of.table} WHERE {of.condition} LIMIT {ZONED}) AS counted"
        if reader.row(counted, {"list": of.list})[0] < ZONED:
            return
        for number in (list_, by_knowledge(list_)):
            whole = Zone(number, FIRST, LAST)
            self._lists[number], self._starts[number] = [whole], [FIRST]
            self._cut(reader, whole)

    def _cut(self, reader: Reader, zone: Zone) -> None:
        parts = cut(zone, [_rows(reader, zone)])
        zones, starts = self._lists[zone.list], self._starts[zone.list]
        at = bisect_right(starts, zone.lo) - 1
        zones[at : at + 1] = parts
        starts[at : at + 1] = [part.lo for part in parts]
        self._changed.pop(zone, None)
        self._changed |= dict.fromkeys(parts)


class ZonedRows:
    """The rows that the zones of a number are of: where they are, and in which order."""

    def __init__(self, list_: int) -> None:
        self.list, self.rank = (list_, "rank") if list_ >= ALL else (by_knowledge(list_), "first_known")
        self.table, self.condition = ("overview", ":list = 0") if self.list == ALL else ("listing", "list = :list")
        self._said = ", begins, ends, kind, status" if self.list == ALL else ""

    def rows(self, reader: Reader, condition: str, given: Mapping[str, object]) -> list[Row]:
        """Those that meet the condition."""
        return reader.rows(
            f"SELECT {self.rank}, id, known_from, known_to, recorded_from, superseded_at, recorded_to{self._said}"
            f" FROM {self.table} WHERE {self.condition} AND {condition.format(key=f'({self.rank}, id)')}",
            {"list": self.list, **given},
        )


def _rows(reader: Reader, zone: Zone) -> list[Row]:
    """The rows of a zone in order."""
    of = ZonedRows(zone.list)
    given = {"lo_rank": zone.lo[0], "lo_id": zone.lo[1], "hi_rank": zone.hi[0], "hi_id": zone.hi[1]}
    between = "{key} >= (:lo_rank, :lo_id) AND {key} < (:hi_rank, :hi_id)"
    return of.rows(reader, f"{between} ORDER BY {of.rank}, id", given)


def cut(zone: Zone, pages: Iterable[Sequence[Row]]) -> list[Zone]:
    """The rows, which come in order, in zones of about half the largest size, each with whole ranks if it can be."""
    parts = [Zone(zone.list, zone.lo, zone.hi)]
    rows: list[Row] = []
    for page in pages:
        rows += page
        begin = 0
        for end in _boundaries(rows):
            parts[-1].take(bounds.of_rows(rows[begin:end]))
            rank, id_ = rows[end][:2]
            # Ids ascend in a rank: with no id it begins.
            parts[-1].hi = lo = (rank, "" if rank != rows[end - 1][0] else id_)
            parts.append(Zone(zone.list, lo, zone.hi))
            begin = end
        del rows[:begin]
    if rows:
        parts[-1].take(bounds.of_rows(rows))
    return parts


def _boundaries(rows: Sequence[Row]) -> Iterator[int]:
    """Which of the rows are the first of another part; those of one key stay together."""
    begin = 0
    at = LARGEST // 2
    while at < len(rows):
        (rank, id_), before = rows[at][:2], rows[at - 1]
        if rank != before[0] or (at - begin >= LARGEST * 3 // 4 and id_ != before[1]):
            yield at
            begin, at = at, at + LARGEST // 2
        else:
            at += 1
