"""The questions about figures across developments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from adapters.views.claims import BEGIN, END, KIND, Claim, last_date, read
from adapters.views.developments import SHARE, Finding
from adapters.views.lists import Lists
from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.where import limited, visible
from domain.clocks import AFTER, Cut, Instant
from domain.questions import FigureRow, Filters

HANDFUL, HANDFUL_OF_METRICS = 1_000, 50
"""Claims of all metrics, or of some, up to which the last figure of each is looked for, however few figures there are.
"""
FEW, FOR_EACH = 2_000, 5
"""Where there are more: figures, or figures for each claim, up to which it is faster to look at all that were known."""

TOGETHER = 40
"""Claims that are looked for about as fast as a statement is asked."""

_OF_METRIC = f"c.kind = '{KIND}' AND c.text > m.text || CAST(:begin AS text) AND c.text < m.text || CAST(:end AS text)"
_KEY = "f.metric, f.known, f.position, f.place, f.no"
_LAST = "f.dated DESC, f.known DESC, f.position DESC, f.place DESC"

_RANKED = "f.claimant, f.dated, f.known, f.position, f.place"
_OF_A_DEVELOPMENT = f"f.no >= {{dev}} * {ROWS_A_DEVELOPMENT} AND f.no < ({{dev}} + 1) * {ROWS_A_DEVELOPMENT}"

Ranked = tuple[Any, ...]
"""A figure: its metric and claimant, what ranks it among those of both, and its body or the number that it has."""


class FigureQuestions:
    """The questions of `domain.ports.Snapshot` about figures."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def figures(self, metric: str, cut: Cut, limit: int, behind_of: tuple[int, int, int] | None) -> list[FigureRow]:
        known, position, place = behind_of or (-AFTER, 0, 0)
        rows = self._reader.rows(
            "SELECT f.known, f.position, f.place, CAST(:name AS text), f.claimant, f.body FROM figure f"
            f" WHERE f.metric = :metric AND {visible('f')}"
            " AND (f.known, f.position, f.place) > (:known, :position, :place)"
            " ORDER BY f.known, f.position, f.place LIMIT :limit",
            {
                "name": metric,
                "metric": self._reader.term("metric", metric),
                "x": cut.as_of,
                "at": cut.at,
                "known": known,
                "position": position,
                "place": place,
                "limit": limited(limit),
            },
        )
        return [FigureRow(*row) for row in rows]

    def latest(self, cut: Cut, metrics: Collection[str] | None, filters: Filters | None) -> list[FigureRow]:
        """The latest standing figure per metric and claimant; in order of metric and claimant."""
        chosen = None if filters is None or not filters.any else filters
        told = self._latest(metrics, cut) if chosen is None else self._latest_among(metrics, chosen, cut)
        rows = [
            FigureRow(known, position, place, metric, claimant, body)
            for metric, claimant, _, known, position, place, body in told
        ]
        return sorted(rows, key=lambda row: (row.metric, row.claimant))

    def _latest(self, metrics: Collection[str] | None, cut: Cut) -> Collection[Ranked]:
        most = HANDFUL if metrics is None else HANDFUL_OF_METRICS
        handful = self._handful(metrics, most)
        if len(handful) < most:
            return self._latest_by_claim(handful, cut)
        names = self._names(metrics)
        if self._are_fewer(FEW, names, cut):
            return self._latest_of_all(names, cut, "f.body")
        ((claims,),) = self._claims(metrics, "COUNT(*)")
        if self._are_fewer(FOR_EACH * claims, names, cut):
            return self._with_bodies(self._latest_of_all(names, cut, "f.no"))
        return self._latest_by_claim(self._claims(metrics, "c.no, c.text"), cut)

    def _handful(self, metrics: Collection[str] | None, most: int) -> list[tuple[int, str]]:
        """Up to so many claims of these metrics, or of all; those are remembered."""
        memory = self._reader.memory if metrics is None else None
        if memory is not None and memory.claims is not None:
            return memory.claims
        handful = self._claims(metrics, "c.no, c.text", f"LIMIT {most}")
        if memory is not None:
            memory.claims = handful
        return handful

    def _claims(self, metrics: Collection[str] | None, columns: str, limit: str = "") -> list[Any]:
        """The terms `c` of the claims of these metrics, or of all."""
        if metrics is None:
            return self._reader.rows(f"SELECT {columns} FROM term c WHERE c.kind = '{KIND}' {limit}")
        claims = self._reader.then("term", "c", _OF_METRIC)
        those = f"FROM term m {claims} WHERE m.kind = 'metric' AND {self._reader.among('m.text', 'metrics')}"
        given = {"metrics": self._reader.texts(metrics), "begin": BEGIN, "end": END}
        return self._reader.rows(f"SELECT {columns} {those} {limit}", given)

    def _latest_by_claim(self, terms: Iterable[tuple[int, str]], cut: Cut) -> Collection[Ranked]:
        """By looking for the last of every claim, whose terms these are, but for those that cannot be the latest."""
        alike: dict[Instant, list[tuple[int, Claim]]] = defaultdict(list)
        for number, term in terms:
            claim = read(term)
            alike[claim.lead].append((number, claim))
        found: dict[tuple[str, str], Ranked] = {}
        for leads in _together({lead: len(claims) for lead, claims in alike.items()}):
            metrics: dict[int, str] = {}
            given: dict[str, object] = {"x": cut.as_of, "at": cut.at}
            parts: list[str] = []
            for n, lead in enumerate(leads):
                latest = last_date(lead, cut.as_of)
                those = {number: claim.metric for number, claim in alike[lead] if not _beaten(found, claim, latest)}
                metrics |= those
                given |= {f"claims_{n}": self._reader.numbers(those), f"last_date_{n}": latest}
                each, last = self._reader.each(f"claims_{n}"), self._reader.first("figure", _KEY, "f", _known(n), _LAST)
                parts.append(f"SELECT n.value, {_RANKED}, f.body FROM {each} {last}")
            rows = self._reader.rows(" UNION ALL ".join(parts), given) if metrics else ()
            _keep_last(found, ((metrics[number], *row) for number, *row in rows))
        return found.values()

    def _latest_of_all(self, names: Mapping[int, str], cut: Cut, last: str) -> Collection[Ranked]:
        """By looking at every figure of these metrics; each ends with the column `last`."""
        those = self._reader.then("figure", "f", f"f.metric = n.value AND f.known <= :x AND {visible('f')}")
        asked = f"SELECT f.metric, {_RANKED}, {last} FROM {self._reader.each('metrics')} {those}"
        given = {"metrics": self._reader.numbers(names), "x": cut.as_of, "at": cut.at}
        return _last((names[metric], *row) for metric, *row in self._reader.rows(asked, given))

    def _latest_among(self, metrics: Collection[str] | None, filters: Filters, cut: Cut) -> Collection[Ranked]:
        """The same of the developments that the filters let through."""
        names = self._names(metrics)
        found = Finding(self._reader, filters, cut, share=SHARE)(filters)
        figures = self._reader.then("figure", "f", _OF_A_DEVELOPMENT.format(dev=found.dev))
        last = _last(
            (names[metric], *row)
            for those, parameters in Lists(self._reader, filters).stretches(found, figures)
            for metric, *row in self._reader.rows(
                f"SELECT f.metric, {_RANKED}, f.no {those} AND {visible('f')}", parameters
            )
            if metric in names
        )
        return self._with_bodies(last)

    def _with_bodies(self, numbered: Collection[Ranked]) -> Collection[Ranked]:
        """These figures with their bodies instead of their numbers."""
        figures = self._reader.then("figure", "f", "f.no = n.value")
        asked = f"SELECT f.no, f.body FROM {self._reader.each('figures')} {figures}"
        bodies = dict(self._reader.rows(asked, {"figures": self._reader.numbers([no for *_, no in numbered])}))
        return [(*ranked, bodies[no]) for *ranked, no in numbered]

    def _names(self, metrics: Collection[str] | None) -> dict[int, str]:
        """These metrics by the number of their lists, or all."""
        if metrics is not None and len(metrics) == 1:
            return {self._reader.term("metric", metric): metric for metric in metrics}
        these = "" if metrics is None else f" AND {self._reader.among('text', 'metrics')}"
        given = {} if metrics is None else {"metrics": self._reader.texts(metrics)}
        return dict(self._reader.rows(f"SELECT no, text FROM term WHERE kind = 'metric'{these}", given))

    def _are_fewer(self, most: int, metrics: Collection[int], cut: Cut) -> bool:
        """Whether fewer than so many figures of these metrics were known."""
        of_metric = self._reader.then("metric", "m", "m.metric = n.value AND m.known <= :x")
        some = f"SELECT 1 FROM {self._reader.each('metrics')} {of_metric} LIMIT :most"
        given = {"metrics": self._reader.numbers(metrics), "x": cut.as_of, "most": most}
        counted = self._reader.row(f"SELECT COUNT(*) FROM ({some}) AS counted", given)
        return bool(counted[0] < most)

    def metrics(self, cut: Cut, limit: int, behind_of: str) -> list[str]:
        """Metrics of which a figure stands at the cut, by name."""
        rows = self._reader.rows(
            "SELECT m.text FROM term m WHERE m.kind = 'metric' AND m.text > :behind"
            f" AND EXISTS (SELECT 1 FROM metric f WHERE f.metric = m.no AND {visible('f')})"
            " ORDER BY m.text LIMIT :limit",
            {"behind": behind_of, "limit": limited(limit), "x": cut.as_of, "at": cut.at},
        )
        return [row[0] for row in rows]

    def metric_known(self, metric: str, cut: Cut) -> bool:
        row = self._reader.row(
            f"SELECT 1 FROM metric f WHERE f.metric = :metric AND {visible('f')} LIMIT 1",
            {"metric": self._reader.term("metric", metric), "x": cut.as_of, "at": cut.at},
        )
        return row is not None


def _last(figures: Iterable[Ranked]) -> Collection[Ranked]:
    """The latest of each metric and claimant."""
    return _keep_last({}, figures).values()


def _keep_last(last: dict[tuple[str, str], Ranked], figures: Iterable[Ranked]) -> dict[tuple[str, str], Ranked]:
    """These too, where they are later than those of the same metric and claimant."""
    for row in figures:
        held = last.get(row[:2])
        if held is None or held[2:6] < row[2:6]:
            last[row[:2]] = row
    return last


def _known(n: int) -> str:
    """The condition that a figure is of a claim and known at the cut: of the `n`th lead of a statement."""
    return f"f.claim = n.value AND (f.dated, f.known) <= (:last_date_{n}, :x) AND f.known <= :x AND {visible('f')}"


def _together(leads: Mapping[Instant, int]) -> Iterator[list[Instant]]:
    """The leads, the greatest first, those of few claims together with the next; given is how many claims have each."""
    gathered: list[Instant] = []
    for lead in sorted(leads, reverse=True):
        gathered.append(lead)
        if sum(leads[one] for one in gathered) > TOGETHER:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _beaten(found: Mapping[tuple[str, str], Ranked], claim: Claim, latest: Instant) -> bool:
    """Whether a figure was found that is dated later than all of a claim's."""
    held = found.get((claim.metric, claim.claimant))
    return held is not None and held[2] > latest
