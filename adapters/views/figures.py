"""The questions about figures across developments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from adapters.views.developments import Finding
from adapters.views.lists import Lists
from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.where import limited, visible
from domain.clocks import AFTER, Cut
from domain.questions import FigureRow, Filters

HANDFUL = 1_000
"""Claims up to which it is faster to go from claimant to claimant than to look at more than a few figures."""
FEW, FOR_EACH = 2_000, 5
"""Figures up to which it is faster to look at all that were known: so many, and where there are more than a handful of
claims, so many more for each."""

# From claimant to claimant of each metric, and for each from its latest figure down to the first that is visible.
_NEXT = "SELECT MIN(g.claimant) FROM figure g WHERE g.metric = {metric}"
_CLAIMS = f"""WITH RECURSIVE claim(metric, claimant) AS (
    SELECT n.value, ({_NEXT.format(metric="n.value")}) FROM {{each}}
    UNION ALL SELECT c.metric, ({_NEXT.format(metric="c.metric")} AND g.claimant > c.claimant) FROM claim c
    WHERE c.claimant IS NOT NULL)"""
# By the index alone past what was known later: `h` is asked for no other columns, so that its rows are not looked up.
_LAST = """SELECT g.no FROM figure h {row} WHERE h.metric = c.metric AND h.claimant = c.claimant
    AND h.known <= :x ORDER BY h.dated DESC, h.known DESC, h.position DESC, h.place DESC LIMIT 1"""
_ROW = f"""g.metric = h.metric AND g.known = h.known AND g.position = h.position AND g.place = h.place AND g.no = h.no
    AND {visible("g")}"""

_COLUMNS = "f.known, f.position, f.place, f.metric, f.claimant, f.body"
_RANKED = "f.metric, f.claimant, f.dated, f.known, f.position, f.place"
_OF_A_DEVELOPMENT = f"f.no >= {{dev}} * {ROWS_A_DEVELOPMENT} AND f.no < ({{dev}} + 1) * {ROWS_A_DEVELOPMENT}"


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
        names = self._names(metrics)
        chosen = None if filters is None or not filters.any else filters
        rows = self._latest(names, cut) if chosen is None else self._latest_among(names, chosen, cut)
        told = [
            FigureRow(known, position, place, names[metric], claimant, body)
            for known, position, place, metric, claimant, body in rows
        ]
        return sorted(told, key=lambda row: (row.metric, row.claimant))

    def _names(self, metrics: Collection[str] | None) -> dict[int, str]:
        """The metrics by the number of their lists: these, or all."""
        if metrics is not None and len(metrics) == 1:
            return {self._reader.term("metric", metric): metric for metric in metrics}
        these = "" if metrics is None else f" AND {self._reader.among('text', 'metrics')}"
        given = {} if metrics is None else {"metrics": self._reader.texts(metrics)}
        return dict(self._reader.rows(f"SELECT no, text FROM term WHERE kind = 'metric'{these}", given))

    def _latest(self, metrics: Collection[int], cut: Cut) -> list[Any]:
        given = {"metrics": self._reader.numbers(metrics), "x": cut.as_of, "at": cut.at}
        each = self._reader.each("metrics")
        claims = _CLAIMS.format(each=each)
        last = _LAST.format(row=self._reader.then("figure", "g", _ROW))
        those = self._reader.then("figure", "f", f"f.metric = n.value AND f.known <= :x AND {visible('f')}")
        if self._are_fewer(FEW, given):
            latest = _last(self._reader.rows(f"SELECT {_RANKED}, f.body FROM {each} {those}", given))
            return [(known, position, place, *of, body) for *of, _, known, position, place, body in latest]
        asked = f"{claims} SELECT c.metric, ({last}) FROM (SELECT metric, claimant FROM claim LIMIT {HANDFUL}) c"
        found = self._reader.rows(asked, given)
        if len(found) < HANDFUL:
            return self._of(row for row in found if row[1] is not None)
        claimants = self._reader.row(f"{claims} SELECT COUNT(*) FROM claim", given)[0]
        if self._are_fewer(FEW + FOR_EACH * claimants, given):
            return self._of(_last(self._reader.rows(f"SELECT {_RANKED}, f.no FROM {each} {those}", given)))
        figures = self._reader.then("figure", "f", f"f.no = ({last})")
        return self._reader.rows(f"{claims} SELECT {_COLUMNS} FROM claim c {figures}", given)

    def _latest_among(self, metrics: Collection[int], filters: Filters, cut: Cut) -> list[Any]:
        """The same of the developments that the filters let through."""
        found = Finding(self._reader, filters, cut)(filters)
        figures = self._reader.then("figure", "f", _OF_A_DEVELOPMENT.format(dev=found.dev))
        last = _last(
            row
            for those, parameters in Lists(self._reader, filters).stretches(found, figures)
            for row in self._reader.rows(f"SELECT {_RANKED}, f.no {those} AND {visible('f')}", parameters)
            if row[0] in metrics
        )
        return self._of(last)

    def _of(self, ranked: Iterable[Any]) -> list[Any]:
        """These figures, which end with their numbers."""
        figures = self._reader.then("figure", "f", "f.no = n.value")
        numbers = {"figures": self._reader.numbers([no for *_, no in ranked])}
        return self._reader.rows(f"SELECT {_COLUMNS} FROM {self._reader.each('figures')} {figures}", numbers)

    def _are_fewer(self, most: int, given: Mapping[str, object]) -> bool:
        """Whether fewer than so many figures of these metrics were known."""
        of_metric = self._reader.then("metric", "m", "m.metric = n.value AND m.known <= :x")
        some = f"SELECT 1 FROM {self._reader.each('metrics')} {of_metric} LIMIT :most"
        counted = self._reader.row(f"SELECT COUNT(*) FROM ({some}) AS counted", {**given, "most": most})
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


def _last(figures: Iterable[Any]) -> Collection[Any]:
    """Of these, which begin as _RANKED, the latest of each metric and claimant."""
    last: dict[tuple[int, str], Any] = {}
    for row in figures:
        held = last.get(row[:2])
        if held is None or held[2:6] < row[2:6]:
            last[row[:2]] = row
    return last.values()
