"""The questions about figures across developments."""

from __future__ import annotations

from collections.abc import Collection

from adapters.views.reader import Reader
from adapters.views.where import limited, visible, where
from adapters.views.wordings import Words
from domain.clocks import AFTER, Cut
from domain.questions import FigureRow, Filters

# From claimant to claimant of each metric, and for each from its latest figure down to the first that is visible.
_LATEST = f"""WITH RECURSIVE claim(metric, claimant) AS (
    SELECT f.metric, f.claimant FROM term m JOIN figure f ON f.no = (SELECT g.no FROM figure g WHERE g.metric = m.no
        ORDER BY g.claimant LIMIT 1) WHERE {{of}}
    UNION ALL SELECT f.metric, f.claimant FROM claim c JOIN figure f ON f.no = (SELECT g.no FROM figure g
        WHERE g.metric = c.metric AND g.claimant > c.claimant ORDER BY g.claimant LIMIT 1))
    SELECT f.known, f.position, f.place, m.text, f.claimant, f.body FROM claim c
    JOIN figure f ON f.no = (SELECT g.no FROM figure g
        WHERE g.metric = c.metric AND g.claimant = c.claimant AND {visible("g")}
        ORDER BY g.dated DESC, g.known DESC, g.position DESC, g.place DESC LIMIT 1)
    JOIN term m ON m.no = f.metric ORDER BY m.text, f.claimant"""

_LATEST_AMONG = f"""SELECT known, position, place, metric, claimant, body FROM (
    SELECT f.known, f.position, f.place, m.text AS metric, f.claimant, f.body, ROW_NUMBER() OVER (
        PARTITION BY f.metric, f.claimant ORDER BY f.dated DESC, f.known DESC, f.position DESC, f.place DESC) AS nth
    FROM figure f JOIN term m ON m.no = f.metric WHERE {{of}} AND {visible("f")} AND {{among}}) AS ranked
    WHERE nth = 1 ORDER BY metric, claimant"""


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
        of = (
            "m.kind = 'metric'"
            if metrics is None
            else f"m.kind = 'metric' AND {self._reader.among('m.text', 'metrics')}"
        )
        parameters: dict[str, object] = {"x": cut.as_of, "at": cut.at}
        if metrics is not None:
            parameters["metrics"] = self._reader.texts(metrics)
        if filters is None or not filters.any:
            return [FigureRow(*row) for row in self._reader.rows(_LATEST.format(of=of), parameters)]
        found = where(self._reader, filters, cut)
        Words(self._reader, filters.words, cut).narrow(found)
        among = f"f.dev IN (SELECT {found.dev} {found.sql})"
        rows = self._reader.rows(_LATEST_AMONG.format(of=of, among=among), parameters | found.parameters)
        return [FigureRow(*row) for row in rows]

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
