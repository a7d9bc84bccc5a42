"""Filters as SQL: the conditions of a question over the listings, with named parameters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.zones import ALL
from domain.clocks import AFTER, Cut
from domain.projections.timelines import blocks
from domain.questions import Filters

HANDFUL = 500
"""Lists of what is expected up to which it is remembered which there are."""


def visible(table: str, x: str = ":x", at: str = ":at") -> str:
    """The row held for the question's cut, or another: see `domain.plane`. Parameters `x` and `at`."""
    return (
        f"{table}.known_from <= {x} AND {table}.recorded_from <= {at} AND {at} < {table}.recorded_to"
        f" AND ({x} < {table}.known_to OR {at} < {table}.superseded_at)"
    )


def limited(limit: int) -> int:
    """What LIMIT takes, everything for a limit below 0: no database has as many rows as 64 bits count."""
    return 2**63 - 1 if limit < 0 else limit


@dataclass(slots=True)
class Where:
    """The developments that the filters let through at the cut, found by way of `table`.

    `by` is the row that orders them: `l` of the list that is gone through, or `a` of the overview; `dev` is the number
    of the development there. `zoned` is the list's number, where it may have zones; in it lie about `apart` rows for
    each that is found.
    """

    table: str
    by: str
    dev: str
    zoned: int | None
    conditions: list[str]
    parameters: dict[str, Any]
    apart: int = 1

    def add(self, condition: str, **parameters: Any) -> None:
        """One condition more."""
        self.conditions.append(condition)
        self.parameters |= parameters

    @property
    def sql(self) -> str:
        """Everything from FROM on, without order and limit."""
        return f"FROM {self.table} WHERE {' AND '.join(self.conditions)}"


def where(reader: Reader, filters: Filters, cut: Cut, *, overview: bool = False) -> Where:
    """The list to go through, the first that the filters name, and the conditions on what stands in it.

    With `overview` the rows `a` of the overview are there even where no filter needs them.
    """
    found, others = _gone_through(reader, _named(reader, filters), filters, overview=overview)
    return _narrowed(found, others, filters, cut)


def where_among(reader: Reader, devs: Collection[int], filters: Filters, cut: Cut) -> Where:
    """The same of a few developments, which are gone through instead of a list."""
    table = f"{reader.each('devs')} {reader.then('overview', 'a', 'a.dev = n.value')}"
    found = Where(table, "a", "a.dev", None, [visible("a")], {"devs": reader.numbers(devs)})
    return _narrowed(found, _named(reader, filters), filters, cut)


def where_expected(reader: Reader, filters: Filters, cut: Cut) -> Where | None:
    """The same of what is expected at the cut: it stands in lists of its own; None where there are none of these."""
    wanted, there = blocks(cut.as_of), _expected(reader)
    if there is None:
        lists = f"(SELECT no AS value FROM term WHERE kind = 'expected' AND {reader.among('text', 'blocks')}) AS n"
        given = reader.texts(wanted)
    else:
        lists, given = reader.each("blocks"), reader.numbers([there[block] for block in wanted if block in there])
        if there.keys().isdisjoint(wanted):
            return None
    listings = reader.then("listing", "l", f"l.list = n.value AND {visible('l')}")
    table = f"{lists} {listings} {_overview(reader)}"
    conditions = [visible("a"), f"(a.ends > :x OR a.ends = {AFTER})"]
    found = Where(table, "l", "a.dev", None, conditions, {"blocks": given})
    return _narrowed(found, _named(reader, filters), filters, cut)


def _expected(reader: Reader) -> dict[str, int] | None:
    """The numbers of the lists of what is expected; None where that is not remembered, or these are no handful."""
    cache = reader.cache
    if cache is None:
        return None
    if cache.expected is None:
        cache.expected = dict(reader.rows(f"SELECT text, no FROM term WHERE kind = 'expected' LIMIT {HANDFUL}"))
    return cache.expected if len(cache.expected) < HANDFUL else None


def _narrowed(found: Where, lists: Sequence[int], filters: Filters, cut: Cut) -> Where:
    """What stands in these lists as well, and is as the filters say."""
    found.parameters |= {"x": cut.as_of, "at": cut.at}
    for n, other in enumerate(lists):
        # IS TRUE keeps PostgreSQL from making it a join: looked up are the rows that a page goes through.
        row = f"o.rank = {found.by}.rank AND o.id = {found.by}.id AND {visible('o')}"
        found.add(
            f"EXISTS (SELECT 1 FROM listing o WHERE o.list = :other{n} AND {row}) IS TRUE", **{f"other{n}": other}
        )
    _describe(found, filters)
    return found


def _named(reader: Reader, filters: Filters) -> list[int]:
    """The lists that the filters name: the first is gone through, and what stands there looked for in the rest."""
    named = (("metric", filters.metric), ("source", filters.source), ("topic", filters.topic))
    lists = [("actor", actor) for actor in filters.actors]
    lists += [(kind, text) for kind, text in named if text is not None]
    return [reader.term(kind, text) for kind, text in lists]


def _overview(reader: Reader) -> str:
    return reader.then("overview", "a", "a.rank = l.rank AND a.id = l.id")


def _gone_through(reader: Reader, lists: list[int], filters: Filters, *, overview: bool) -> tuple[Where, list[int]]:
    """By way of which table, and the lists that are left to be looked into."""
    if not lists:
        return Where("overview a", "a", "a.dev", ALL, [visible("a")], {}), lists
    shown, parameters = ["l.list = :list", visible("l")], {"list": lists[0]}
    if overview or filters.kind or filters.status or filters.occurred is not None:
        return Where(
            f"listing l {_overview(reader)}", "l", "a.dev", lists[0], [*shown, visible("a")], parameters
        ), lists[1:]
    dev = f"l.no / {ROWS_A_DEVELOPMENT}"
    return Where("listing l", "l", dev, lists[0], shown, parameters), lists[1:]


def overlap(low: str, high: str, begins: str, ends: str) -> str:
    """`domain.clocks.Span.overlaps` in SQL, for two spans given by their ends."""
    return (
        f"(({low} < {ends} AND {begins} < {high})"
        f" OR ({low} = {high} AND {begins} <= {low} AND {low} < {ends})"
        f" OR ({begins} = {ends} AND {low} <= {begins}"
        f" AND ({begins} < {high} OR ({low} = {high} AND {low} = {begins}))))"
    )


def _describe(found: Where, filters: Filters) -> None:
    if filters.kind is not None:
        found.add("a.kind = :kind", kind=filters.kind)
    if filters.status is not None:
        found.add("a.status = :status", status=filters.status)
    if filters.known_since is not None:
        found.add(f"{found.by}.first_known >= :known_since", known_since=filters.known_since)
    if filters.occurred is not None:
        window = {"begins": filters.occurred.begins, "ends": filters.occurred.ends}
        found.add(overlap("a.begins", "a.ends", ":begins", ":ends"), **window)
