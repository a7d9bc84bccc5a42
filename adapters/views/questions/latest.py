"""The latest standing figure of every claimant of a metric, at any cut, of all developments or of some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from adapters.views.claims import BEGIN, END, KIND, Claim, last_date, read
from adapters.views.questions.developments import SHARE, Finding, let_through
from adapters.views.questions.lists import Lists
from adapters.views.questions.segments import is_long
from adapters.views.questions.where import visible
from adapters.views.reader import First, Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from domain.clocks import Cut, Instant
from domain.questions import Filters

HANDFUL, HANDFUL_OF_METRICS = 1_000, 50
"""Claims of all metrics, or of some, up to which the last figure of each is looked for, however few figures there are.
"""
FEW, FOR_EACH = 2_000, 4
"""Where there are more: figures, or figures for each claim, up to which it is faster to look at all that were known."""
MANY = 10_000
"""Figures up to which all are looked at with their bodies: to look for those of the last ones afterwards takes longer,
and is for more than should be held at once.
"""

TOGETHER = 40
"""Claims that are looked for about as fast as a statement is asked."""

SOME, MORE = 8, 64
"""So many last figures of each claim are looked at, and of claims that have others where none of those is let through
so many instead; unless that is so of most claims.
"""

_OF_METRIC = f"c.kind = '{KIND}' AND c.text > m.text || CAST(:begin AS text) AND c.text < m.text || CAST(:end AS text)"
_KEY = "f.metric, f.known, f.position, f.place, f.no"
_LAST = "f.dated DESC, f.known DESC, f.position DESC, f.place DESC"

_RANKED = "f.claimant, f.dated, f.known, f.position, f.place"
_OF_A_DEVELOPMENT = f"f.no >= {{dev}} * {ROWS_A_DEVELOPMENT} AND f.no < ({{dev}} + 1) * {ROWS_A_DEVELOPMENT}"

Term = tuple[int, str]
"""A claim: its number and its term."""
Ranked = tuple[Any, ...]
"""A figure: its metric and claimant, what ranks it among those of both, and its body or the number that it has."""
Found = dict[tuple[Any, str], Ranked]
"""The last that was found of a metric and a claimant."""


class Latest:
    """The latest figures of these metrics, or of all, at a cut."""

    def __init__(self, reader: Reader, metrics: Collection[str] | None, cut: Cut) -> None:
        self._reader = reader
        self._metrics = metrics
        self._cut = cut
        self._most = HANDFUL if metrics is None else HANDFUL_OF_METRICS

    def of_all(self) -> Collection[Ranked]:
        """Of all developments."""
        handful = self._handful()
        if len(handful) < self._most:
            return self._by_claim(handful)
        names = self._names()
        if self._are_fewer(FEW, names):
            return self._of_every(names, "f.body")
        ((claims,),) = self._claims("COUNT(*)")
        if self._are_fewer(min(FOR_EACH * claims, MANY), names):
            return self._of_every(names, "f.body")
        if self._are_fewer(FOR_EACH * claims, names):
            return self._with_bodies(self._of_every(names, "f.no"))
        return self._by_claim(self._claims("c.no, c.text"))

    def among(self, filters: Filters) -> Collection[Ranked]:
        """Of the developments that the filters let through."""
        finding = Finding(self._reader, filters, self._cut, share=SHARE)
        found = finding(filters)
        if found.zoned is not None and is_long(self._reader, found.zoned):
            last = self._let_through(filters)
            if last is not None:
                return self._with_bodies(last)
        names = self._names()
        figures = self._reader.then("figure", "f", _OF_A_DEVELOPMENT.format(dev=found.dev))
        last = _keep_last(
            {},
            (
                (names[metric], *row)
                for those, parameters in Lists(self._reader, filters).stretches(found, figures)
                for metric, *row in self._reader.rows(
                    f"SELECT f.metric, {_RANKED}, f.no {those} AND {visible('f')}", parameters
                )
                if metric in names
            ),
        ).values()
        return self._with_bodies(last)

    # -- claim by claim

    def _by_claim(self, terms: Iterable[Term]) -> Collection[Ranked]:
        """By looking for the last of every claim, but for those that cannot be the latest."""
        found: Found = {}
        for metrics, rows in self._last(terms, found, 1, "f.body"):
            _keep_last(found, ((metrics[number], *row) for number, *row in rows))
        return found.values()

    def _let_through(self, filters: Filters) -> Collection[Ranked] | None:
        """By looking for the last of every claim that the filters let through, with numbers; None where that is far."""
        handful = self._handful()
        if len(handful) >= self._most:
            return None
        found: Found = {}
        left = self._looked_for(handful, found, filters, SOME)
        if 2 * len(left) > len(handful) or self._looked_for(left, found, filters, MORE):
            return None
        return found.values()

    def _looked_for(self, terms: Collection[Term], found: Found, filters: Filters, most: int) -> Collection[Term]:
        """Find what is let through of so many last figures of each claim; the claims that have others, and none yet."""
        left: set[int] = set()
        for metrics, rows in self._last(terms, found, most, "f.no"):
            devs = let_through(self._reader, {row[-1] // ROWS_A_DEVELOPMENT for row in rows}, filters, self._cut)
            seen: dict[int, int] = defaultdict(int)
            none = set(metrics)
            for number, *row in rows:
                seen[number] += 1
                if row[-1] // ROWS_A_DEVELOPMENT in devs:
                    none.discard(number)
                    _keep_last(found, [(metrics[number], *row)])
            left |= {number for number in none if seen[number] == most}
        return [term for term in terms if term[0] in left]

    def _last(
        self, terms: Iterable[Term], found: Mapping[tuple[str, str], Ranked], most: int, last: str
    ) -> Iterator[tuple[dict[int, str], list[Any]]]:
        """The last figures of every claim, so many of each, but for claims of which all are dated before one `found`.

        Some claims at a time: their metrics by number, and rows of number, what ranks a figure, and the column `last`.
        """
        alike: dict[Instant, list[tuple[int, Claim]]] = defaultdict(list)
        for number, term in terms:
            claim = read(term)
            alike[claim.lead].append((number, claim))
        for leads in _together({lead: len(claims) for lead, claims in alike.items()}):
            metrics: dict[int, str] = {}
            given: dict[str, object] = {"x": self._cut.as_of, "at": self._cut.at}
            parts: list[str] = []
            for n, lead in enumerate(leads):
                latest = last_date(lead, self._cut.as_of)
                claims = alike[lead]
                if found:
                    claims = [(number, claim) for number, claim in claims if not _beaten(found, claim, latest)]
                those = {number: claim.metric for number, claim in claims}
                metrics |= those
                given |= {f"claims_{n}": self._reader.numbers(those), f"last_date_{n}": latest}
                each = self._reader.each(f"claims_{n}")
                firsts = self._reader.first("figure", "f", First(_KEY, _known(n), _LAST, most))
                parts.append(f"SELECT n.value, {_RANKED}, {last} FROM {each} {firsts}")
            if metrics:
                yield metrics, self._reader.rows(" UNION ALL ".join(parts), given)

    def _handful(self) -> list[Term]:
        """Up to so many claims of these metrics, or of all; those are remembered."""
        cache = self._reader.cache if self._metrics is None else None
        if cache is not None and cache.claims is not None:
            return cache.claims
        handful = self._claims("c.no, c.text", f"LIMIT {self._most}")
        if cache is not None:
            cache.claims = handful
        return handful

    def _claims(self, columns: str, limit: str = "") -> list[Any]:
        """The terms `c` of the claims of these metrics, or of all."""
        if self._metrics is None:
            return self._reader.rows(f"SELECT {columns} FROM term c WHERE c.kind = '{KIND}' {limit}")
        claims = self._reader.then("term", "c", _OF_METRIC)
        those = f"FROM term m {claims} WHERE m.kind = 'metric' AND {self._reader.among('m.text', 'metrics')}"
        given = {"metrics": self._reader.texts(self._metrics), "begin": BEGIN, "end": END}
        return self._reader.rows(f"SELECT {columns} {those} {limit}", given)

    # -- all of them

    def _of_every(self, names: Mapping[int, str], last: str) -> Collection[Ranked]:
        """By looking at every figure of these metrics; each ends with the column `last`."""
        those = self._reader.then("figure", "f", f"f.metric = n.value AND f.known <= :x AND {visible('f')}")
        asked = f"SELECT f.metric, {_RANKED}, {last} FROM {self._reader.each('metrics')} {those}"
        given = {"metrics": self._reader.numbers(names), "x": self._cut.as_of, "at": self._cut.at}
        latest = _keep_last({}, self._reader.rows(asked, given)).values()
        return [(names[metric], *row) for metric, *row in latest]

    def _with_bodies(self, numbered: Collection[Ranked]) -> Collection[Ranked]:
        """These figures with their bodies instead of their numbers."""
        figures = self._reader.then("figure", "f", "f.no = n.value")
        asked = f"SELECT f.no, f.body FROM {self._reader.each('figures')} {figures}"
        bodies = dict(self._reader.rows(asked, {"figures": self._reader.numbers([no for *_, no in numbered])}))
        return [(*ranked, bodies[no]) for *ranked, no in numbered]

    def _names(self) -> dict[int, str]:
        """These metrics by the number of their lists, or all."""
        metrics = self._metrics
        if metrics is not None and len(metrics) == 1:
            return {self._reader.term("metric", metric): metric for metric in metrics}
        these = "" if metrics is None else f" AND {self._reader.among('text', 'metrics')}"
        given = {} if metrics is None else {"metrics": self._reader.texts(metrics)}
        return dict(self._reader.rows(f"SELECT no, text FROM term WHERE kind = 'metric'{these}", given))

    def _are_fewer(self, most: int, metrics: Collection[int]) -> bool:
        """Whether fewer than so many figures of these metrics were known."""
        of_metric = self._reader.then("metric", "m", "m.metric = n.value AND m.known <= :x")
        some = f"SELECT 1 FROM {self._reader.each('metrics')} {of_metric} LIMIT :most"
        given = {"metrics": self._reader.numbers(metrics), "x": self._cut.as_of, "most": most}
        counted = self._reader.row(f"SELECT COUNT(*) FROM ({some}) AS counted", given)
        return bool(counted[0] < most)


def _keep_last(last: Found, figures: Iterable[Ranked]) -> Found:
    """These too, where they are later than those of the same metric and claimant."""
    for row in figures:
        key = row[:2]
        held = last.get(key)
        if held is None or held[2] < row[2] or (held[2] == row[2] and held[3:6] < row[3:6]):
            last[key] = row
    return last


def _known(n: int) -> str:
    """The condition that a figure is of a claim and known at the cut: of the `n`th lead of a statement."""
    return f"f.claim = n.value AND (f.dated, f.known) <= (:last_date_{n}, :x) AND f.known <= :x AND {visible('f')}"


def _together(leads: Mapping[Instant, int]) -> Iterator[list[Instant]]:
    """The leads, the greatest first, those of few claims together with others; given is how many claims have each."""
    gathered: list[Instant] = []
    left = sum(leads.values())
    for lead in sorted(leads, reverse=True):
        gathered.append(lead)
        left -= leads[lead]
        if sum(leads[one] for one in gathered) > TOGETHER and left > TOGETHER:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _beaten(found: Mapping[tuple[str, str], Ranked], claim: Claim, latest: Instant) -> bool:
    """Whether a figure was found that is dated later than all of a claim's."""
    held = found.get((claim.metric, claim.claimant))
    return held is not None and held[2] > latest
