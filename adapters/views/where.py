"""Filters as SQL: the conditions of a question over the listings, with named parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.zones import ALL
from domain.clocks import Cut
from domain.questions import Filters

TERM = "(SELECT no FROM term WHERE kind = '{kind}' AND text = :{name})"


def visible(table: str) -> str:
    """The row held for the question's cut: see `domain.plane`. Parameters `x` and `at`."""
    return (
        f"{table}.known_from <= :x AND {table}.recorded_from <= :at AND :at < {table}.recorded_to"
        f" AND (:x < {table}.known_to OR :at < {table}.superseded_at)"
    )


def limited(limit: int) -> int:
    """What LIMIT takes, everything for a limit below 0: no database has as many rows as 64 bits count."""
    return 2**63 - 1 if limit < 0 else limit


@dataclass(slots=True)
class Where:
    """The developments that the filters let through at the cut, found by way of `table`.

    `by` is the row that orders them: `l` of the list that is gone through, or `a` of the overview; `dev` is the number
    of the development there. `zones` tells which zones `z` are the list's, where it may have any.
    """

    table: str
    by: str
    dev: str
    zones: str | None
    conditions: list[str]
    parameters: dict[str, Any]
    many: bool = False
    """Whether a development may be found in several lists, and so more than once."""

    def add(self, condition: str, **parameters: Any) -> None:
        """One condition more."""
        self.conditions.append(condition)
        self.parameters |= parameters

    @property
    def sql(self) -> str:
        """Everything from FROM on, without order and limit."""
        return f"FROM {self.table} WHERE {' AND '.join(self.conditions)}"


def where(reader: Reader, filters: Filters, cut: Cut, *, expected: bool = False, overview: bool = False) -> Where:
    """The list to go through, the narrowest that the filters name, and the conditions on what stands in it.

    With `overview` the rows `a` of the overview are there even where no filter needs them.
    """
    lists = [("actor", f"actor{n}", actor) for n, actor in enumerate(filters.actors)]
    lists += [
        (kind, kind, value)
        for kind, value in (("metric", filters.metric), ("source", filters.source), ("topic", filters.topic))
        if value is not None
    ]
    if expected:
        lists.insert(0, ("expected", "expected", ""))
    found, others = _gone_through(reader, lists, filters, overview=overview or expected)
    found.parameters |= {"x": cut.as_of, "at": cut.at} | {name: value for _, name, value in lists}
    for kind, name, _ in others:
        found.add(
            f"EXISTS (SELECT 1 FROM listing o WHERE o.list = {TERM.format(kind=kind, name=name)}"
            f" AND o.rank = {found.by}.rank AND o.id = {found.by}.id AND {visible('o')})"
        )
    _describe(found, filters)
    return found


def _gone_through(
    reader: Reader, lists: Sequence[tuple[str, str, str]], filters: Filters, *, overview: bool
) -> tuple[Where, Sequence[tuple[str, str, str]]]:
    """By way of which table, and the lists that are left to be looked into."""
    joined = f"listing l {reader.in_order} overview a ON a.rank = l.rank AND a.id = l.id"
    if filters.affiliates_of is not None:
        shown = [_AFFILIATES, visible("l"), visible("a")]
        return Where(joined, "a", "a.dev", None, shown, {"of": filters.affiliates_of}, many=True), lists
    if not lists:
        return Where("overview a", "a", "a.dev", f"z.list = {ALL}", [visible("a")], {}), lists
    (kind, name, _), *others = lists
    term = TERM.format(kind=kind, name=name)
    shown = [f"l.list = {term}", visible("l")]
    if overview or filters.kind or filters.status or filters.occurred is not None:
        return Where(joined, "l", "a.dev", f"z.list = {term}", [*shown, visible("a")], {}), others
    return Where("listing l", "l", f"l.no / {ROWS_A_DEVELOPMENT}", f"z.list = {term}", shown, {}), others


def overlap(low: str, high: str, begins: str, ends: str) -> str:
    """`domain.clocks.Span.overlaps` in SQL, for two spans given by their ends."""
    return (
        f"(({low} < {ends} AND {begins} < {high})"
        f" OR ({low} = {high} AND {begins} <= {low} AND {low} < {ends})"
        f" OR ({begins} = {ends} AND {low} <= {begins}"
        f" AND ({begins} < {high} OR ({low} = {high} AND {low} = {begins}))))"
    )


_AFFILIATES = f"""l.list IN (SELECT no FROM term WHERE kind = 'actor' AND text = :of
    UNION ALL SELECT t.no FROM affiliation f JOIN term t ON t.kind = 'actor' AND t.text = f.id
    WHERE f.with_actor = :of AND f.recorded_from <= :at AND :at < f.recorded_to)
    AND (l.list = (SELECT no FROM term WHERE kind = 'actor' AND text = :of)
    OR EXISTS (SELECT 1 FROM term t JOIN affiliation f ON f.id = t.text WHERE t.no = l.list AND f.with_actor = :of
    AND f.recorded_from <= :at AND :at < f.recorded_to
    AND {overlap("a.begins", "a.ends", "f.begins", "f.ends")}))"""


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
