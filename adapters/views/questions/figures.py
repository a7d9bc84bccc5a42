"""The questions about figures across developments."""

from __future__ import annotations

from collections.abc import Collection

from adapters.views.questions.latest import Latest
from adapters.views.questions.where import limited, visible
from adapters.views.reader import Reader
from domain.clocks import AFTER, Cut
from domain.questions import FigureRow, Filters


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
        latest = Latest(self._reader, metrics, cut)
        told = latest.of_all() if filters is None or not filters.any else latest.among(filters)
        rows = [
            FigureRow(known, position, place, metric, claimant, body)
            for metric, claimant, _, known, position, place, body in told
        ]
        return sorted(rows, key=lambda row: (row.metric, row.claimant))

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
