"""The orders of a list of developments, as stretches that an index goes through one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from adapters.views.bounds import kinds
from adapters.views.questions.where import Where
from adapters.views.reader import Reader
from adapters.views.zones import FIRST, LAST, by_knowledge
from domain.clocks import AFTER
from domain.questions import Filters, Order, Place

ROWS_A_ZONE = 256
"""Fewer rows than a zone has as a rule: by it is judged how many zones a page needs."""
ZONES_AT_ONCE = 256
LONG = 16
"""Zones of a long list: rather than row by row it is looked at by what else is known of what is sought in it."""

Stretch = tuple[str, dict[str, Any]]
"""A part of a list as a condition and its parameters."""
_EVERYTHING: Stretch = ("1 = 1", {})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an order: what stands in it, sorted by what; `ranks` are bounds of the `rank`s in it.

    `rank` is what the list's order begins with, `first_known` in that of knowledge. In conditions and order `{by}` is
    the row that the list is gone through by.
    """

    order: str
    conditions: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    ranks: tuple[int, int] = (FIRST[0], LAST[0])
    descending: bool = False
    rank: str = "rank"

    def between(self, by: str, lo: tuple[int, str], hi: tuple[int, str]) -> Stretch:
        """The keys [lo, hi), as a condition and its parameters."""
        key = f"({by}.{self.rank}, {by}.id)"
        return (
            f"{key} >= (:lo_rank, :lo_id) AND {key} < (:hi_rank, :hi_id)",
            {"lo_rank": lo[0], "lo_id": lo[1], "hi_rank": hi[0], "hi_id": hi[1]},
        )


WHOLE = Segment("")
"""All of a list."""

KEYS: dict[Order, Callable[[Place], tuple[int | str, ...]]] = {
    "occurred": lambda place: (place.rank, place.id),
    "-occurred": lambda place: (place.rank == AFTER, -place.rank, place.id),
    "known": lambda place: (place.first_known, place.id),
    "-known": lambda place: (-place.first_known, place.id),
}
"""What an order sorts by: to merge lists that are in order."""


def segments(order: Order, place: Place | None) -> list[Segment]:
    """The stretches of an order, in order; only what stands behind the place, where there is one."""
    match order:
        case "occurred":
            return [_ascending(place)]
        case "-occurred":
            return _descending(place)
        case "known":
            return [_known(place)]
        case "-known":
            return [_last_known(place)]


def ranges(reader: Reader, found: Where, segment: Segment, filters: Filters, limit: int) -> Iterator[Stretch]:
    """Stretches of keys of the segment as conditions: together all that can be visible, in order; all for -1.

    The first are about as much as a page of that limit lies in.

    One without bounds where the list has no zones.
    """
    if found.zoned is None or found.zoned in reader.short:
        yield _EVERYTHING
        return
    ask, parameters = _asked(found.zoned, segment, filters)
    parameters |= {"x": found.parameters["x"], "at": found.parameters["at"]}
    beyond = "1 = 1"
    size = ZONES_AT_ONCE if limit < 0 else min(limit * found.apart // ROWS_A_ZONE + 2, ZONES_AT_ONCE)
    held: list[Any] = []
    while rows := reader.rows(ask.format(beyond=beyond, size=size), parameters):
        whole, held = _held_back(held + rows) if segment.descending and len(rows) == size else (held + rows, [])
        yield from _merged(whole, segment, found.by)
        if len(rows) < size:
            return
        parameters |= {"last_rank": rows[-1][0], "last_id": rows[-1][1]}
        beyond = f"(z.lo_rank, z.lo_id) {'<' if segment.descending else '>'} (:last_rank, :last_id)"
        size = min(size * 4, ZONES_AT_ONCE)
    yield from _merged(held, segment, found.by)
    if beyond == "1 = 1" and reader.row("SELECT 1 FROM zone z WHERE z.list = :zoned LIMIT 1", parameters) is None:
        reader.short.add(found.zoned)
        yield _EVERYTHING


def is_long(reader: Reader, list_: int) -> bool:
    """Whether the list has many zones."""
    some = f"SELECT 1 FROM zone WHERE list = :list LIMIT {LONG}"
    counted = reader.row(f"SELECT COUNT(*) FROM ({some}) AS counted", {"list": list_})
    return bool(counted[0] == LONG)


def _asked(list_: int, segment: Segment, filters: Filters) -> tuple[str, dict[str, Any]]:
    """Which zones of the list can have anything to show, as SQL."""
    conditions = ["z.list = :zoned", "z.known_from <= :x", "z.recorded_from <= :at"]
    conditions += ["z.hi_rank >= :from_rank", "z.lo_rank <= :to_rank", "{beyond}"]
    parameters: dict[str, Any] = {"zoned": list_ if segment.rank == "rank" else by_knowledge(list_)}
    parameters["from_rank"], parameters["to_rank"] = segment.ranks
    if filters.occurred is not None:
        conditions += ["z.begins <= :window_ends", "z.ends >= :window_begins"]
        parameters |= {"window_ends": filters.occurred.ends, "window_begins": filters.occurred.begins}
    if filters.known_since is not None:
        conditions.append("z.known_by >= :known_since")
        parameters["known_since"] = filters.known_since
    if wanted := kinds(filters.status, filters.kind):
        conditions.append("(z.kinds & :wanted) = :wanted")
        parameters["wanted"] = wanted
    direction = " DESC" if segment.descending else ""
    asked = f"SELECT z.lo_rank, z.lo_id, z.hi_rank, z.hi_id FROM zone z WHERE {' AND '.join(conditions)}"
    return f"{asked} ORDER BY z.lo_rank{direction}, z.lo_id{direction} LIMIT {{size}}", parameters


def _held_back(rows: list[Any]) -> tuple[list[Any], list[Any]]:
    """What can be gone through, and the zones behind it that begin within a rank: ids ascend in it, also downwards."""
    whole = len(rows)
    while whole and rows[whole - 1][1]:
        whole -= 1
    return rows[:whole], rows[whole:]


def _merged(rows: list[tuple[int, str, int, str]], segment: Segment, by: str) -> Iterator[Stretch]:
    """Zones that lie side by side are one stretch; downwards also those of one rank, whatever lies between them."""
    lo = hi = None
    for row in rows:
        if hi == row[:2]:
            hi = row[2:]
        elif lo == row[2:] or (lo is not None and segment.descending and lo[1] and row[3] and lo[0] == row[2]):
            lo = row[:2]
        else:
            if lo is not None and hi is not None:
                yield segment.between(by, lo, hi)
            lo, hi = row[:2], row[2:]
    if lo is not None and hi is not None:
        yield segment.between(by, lo, hi)


def upto_place(order: Order, place: Place | None) -> Stretch:
    """What stands in the order at a place or before it, `{by}` being the row; everything for None.

    Also then it is a bound of what the order begins with, by which an index is gone through.
    """
    rank = "rank" if order in ("occurred", "-occurred") else "first_known"
    if place is None:
        return f"{{by}}.{rank} >= :upto", {"upto": FIRST[0]}
    value = place.rank if rank == "rank" else place.first_known
    given = {"upto": value, "upto_id": place.id}
    if not order.startswith("-"):
        return f"({{by}}.{rank}, {{by}}.id) <= (:upto, :upto_id)", given
    tie = f"({{by}}.{rank} <> :upto OR {{by}}.id <= :upto_id)"
    if rank == "rank" and value == AFTER:
        return tie, given
    known = f" AND {{by}}.rank < {AFTER}" if rank == "rank" else ""
    return f"{{by}}.{rank} >= :upto{known} AND {tie}", given


_ASCENDING = "{by}.rank, {by}.id"
_KNOWN = "{by}.first_known <= :x"


def _ascending(place: Place | None) -> Segment:
    if place is None:
        return Segment(_ASCENDING)
    behind = "({by}.rank, {by}.id) > (:rank, :id)"
    return Segment(_ASCENDING, (behind,), {"rank": place.rank, "id": place.id}, ranks=(place.rank, LAST[0]))


def _descending(place: Place | None) -> list[Segment]:
    """The greatest rank first, which ties by id; then what nobody knows the date of."""
    unknown = Segment("{by}.id", ("{by}.rank = :rank",), {"rank": AFTER}, ranks=(AFTER, LAST[0]))
    order = "{by}.rank DESC, {by}.id"
    if place is None:
        known = Segment(order, ("{by}.rank < :rank",), {"rank": AFTER}, ranks=(FIRST[0], AFTER - 1), descending=True)
        return [known, unknown]
    parameters = {"rank": place.rank, "id": place.id}
    if place.rank == AFTER:
        return [Segment("{by}.id", ("{by}.rank = :rank", "{by}.id > :id"), parameters, ranks=unknown.ranks)]
    behind = ("{by}.rank <= :rank", "({by}.rank < :rank OR {by}.id > :id)")
    return [Segment(order, behind, parameters, ranks=(FIRST[0], place.rank), descending=True), unknown]


def _known(place: Place | None) -> Segment:
    order = "{by}.first_known, {by}.id"
    if place is None:
        return Segment(order, (_KNOWN,), rank="first_known")
    behind = "({by}.first_known, {by}.id) > (:first_known, :id)"
    parameters = {"first_known": place.first_known, "id": place.id}
    return Segment(order, (_KNOWN, behind), parameters, (place.first_known, LAST[0]), rank="first_known")


def _last_known(place: Place | None) -> Segment:
    order = "{by}.first_known DESC, {by}.id"
    if place is None:
        return Segment(order, (_KNOWN,), descending=True, rank="first_known")
    behind = ("{by}.first_known <= :first_known", "({by}.first_known < :first_known OR {by}.id > :id)")
    parameters = {"first_known": place.first_known, "id": place.id}
    return Segment(order, behind, parameters, (FIRST[0], place.first_known), descending=True, rank="first_known")
