"""Filters as SQL: the conditions of a question over the listings, with named parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from domain.clocks import AFTER, Cut
from domain.questions import Filters, Order, Place


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
    """The developments that the filters let through at the cut: rows `a` of the overview, found by way of `table`.

    `by` is the row whose rank and id order the list as the table keeps it.
    """

    table: str
    by: str
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


def where(reader: Reader, filters: Filters, cut: Cut, *, expected: bool = False) -> Where:
    """The list to go through, the narrowest that the filters name, and the conditions on what stands in it.

    IS TRUE keeps PostgreSQL from making joins of conditions: rows are looked up in the order of the list, page by page.
    """
    lists = [reader.term(kind, text) for kind, text in _named(filters, expected=expected)]
    parameters: dict[str, Any] = {"x": cut.as_of, "at": cut.at}
    parameters |= {f"list{n}": number for n, number in enumerate(lists)}
    others = range(len(lists))
    table = f"listing l {reader.each('overview', 'a', 'a.rank = l.rank AND a.id = l.id')}"
    if filters.affiliates_of is not None:
        parameters |= {"of": filters.affiliates_of, "list_of": reader.term("actor", filters.affiliates_of)}
        found = Where(table, "l", [_AFFILIATES, visible("l"), visible("a")], parameters, many=True)
    elif lists:
        found = Where(table, "l", ["l.list = :list0", visible("l"), visible("a")], parameters)
        others = others[1:]
    else:
        found = Where("overview a", "a", [visible("a")], parameters)
    for n in others:
        found.add(
            f"EXISTS (SELECT 1 FROM listing o WHERE o.list = :list{n}"
            f" AND o.rank = a.rank AND o.id = a.id AND {visible('o')}) IS TRUE"
        )
    _describe(found, filters)
    for n, word in enumerate(filters.words):
        found.add(_has_word(reader, n), **{f"word{n}": reader.word(word), f"name{n}": f"% {word} %"})
    return found


def _named(filters: Filters, *, expected: bool) -> list[tuple[str, str]]:
    """The lists that the filters name, the narrowest first."""
    lists = [("expected", "")] if expected else []
    lists += [("actor", actor) for actor in filters.actors]
    named = (("metric", filters.metric), ("source", filters.source), ("topic", filters.topic))
    return lists + [(kind, text) for kind, text in named if text is not None]


def overlap(low: str, high: str, begins: str, ends: str) -> str:
    """`domain.clocks.Span.overlaps` in SQL, for two spans given by their ends."""
    return (
        f"(({low} < {ends} AND {begins} < {high})"
        f" OR ({low} = {high} AND {begins} <= {low} AND {low} < {ends})"
        f" OR ({begins} = {ends} AND {low} <= {begins}"
        f" AND ({begins} < {high} OR ({low} = {high} AND {low} = {begins}))))"
    )


_AFFILIATES = f"""l.list IN (SELECT CAST(:list_of AS bigint)
    UNION ALL SELECT t.no FROM affiliation f JOIN term t ON t.kind = 'actor' AND t.text = f.id
    WHERE f.with_actor = :of AND f.recorded_from <= :at AND :at < f.recorded_to)
    AND (l.list = :list_of
    OR EXISTS (SELECT 1 FROM term t JOIN affiliation f ON f.id = t.text WHERE t.no = l.list AND f.with_actor = :of
    AND f.recorded_from <= :at AND :at < f.recorded_to
    AND {overlap("a.begins", "a.ends", "f.begins", "f.ends")}))"""


def _describe(found: Where, filters: Filters) -> None:
    if filters.kind is not None:
        found.add("a.kind = :kind", kind=filters.kind)
    if filters.status is not None:
        found.add("a.status = :status", status=filters.status)
    if filters.known_since is not None:
        found.add("a.first_known >= :known_since", known_since=filters.known_since)
    if filters.occurred is not None:
        window = {"begins": filters.occurred.begins, "ends": filters.occurred.ends}
        found.add(overlap("a.begins", "a.ends", ":begins", ":ends"), **window)


def _has_word(reader: Reader, n: int) -> str:
    """In the words of the development, or in the name of an actor in whose list it stands as named."""
    term = "t.kind = 'actor' AND t.text = c.id"
    return (
        f"(a.dev IN (SELECT w.dev {reader.worded(f'word{n}')} AND {visible('w')}"
        f" UNION ALL SELECT n.no / {ROWS_A_DEVELOPMENT} FROM actor c"
        f" {reader.each('term', 't', term)} {reader.each('listing', 'n', 'n.list = t.no')}"
        f" WHERE c.recorded_from <= :at AND :at < c.recorded_to AND c.named LIKE :name{n}"
        f" AND n.named = 1 AND {visible('n')})) IS TRUE"
    )


ORDERS: dict[Order, str] = {
    "occurred": "{by}.rank, {by}.id",
    "-occurred": f"{{by}}.rank = {AFTER}, {{by}}.rank DESC, {{by}}.id",
    "known": "a.first_known, a.id",
    "-known": "a.first_known DESC, a.id",
}
"""The columns of each order, where `by` is `Where.by`."""


def behind(found: Where, order: Order, place: Place) -> None:
    """Only what stands behind a place in the order."""
    by = found.by
    if order == "occurred":
        found.add(f"({by}.rank, {by}.id) > (:rank, :id)", rank=place.rank, id=place.id)
    elif order == "known":
        found.add("(a.first_known, a.id) > (:first_known, :id)", first_known=place.first_known, id=place.id)
    elif order == "-known":
        found.add(
            "(a.first_known < :first_known OR (a.first_known = :first_known AND a.id > :id))",
            first_known=place.first_known,
            id=place.id,
        )
    elif place.rank == AFTER:
        found.add(f"{by}.rank = :rank AND {by}.id > :id", rank=place.rank, id=place.id)
    else:
        found.add(
            f"({by}.rank < :rank OR ({by}.rank = :rank AND {by}.id > :id) OR {by}.rank = {AFTER})",
            rank=place.rank,
            id=place.id,
        )
