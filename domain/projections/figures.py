"""Who claims what number: standing figures across developments."""

from __future__ import annotations

from typing import NamedTuple

from domain import edtf
from domain.clocks import BEFORE, Instant
from domain.fold import StandingFigure
from domain.knowledge import Step
from domain.plane import Canvas


class FigureFact(NamedTuple):
    """A standing figure; `dated` ranks it for "latest": the end of `as_at`, else of the development's occurred."""

    standing: StandingFigure
    dated: Instant


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `figure`: key (position of the entry, index in its report), payload `FigureFact`.

    Rows of kind `metric`: key metric, no payload: a figure of it is known, standing or not.
    """
    for learned, _ in step.flips:
        for figure in learned.event.report.figures:
            canvas.put(step.known_from, "metric", figure.metric, None)
    version = step.version
    if version is None:
        return
    occurred = version.description.occurred
    dated = BEFORE if occurred is None else edtf.parse(occurred).end_rank
    canvas.put_all(
        step.known_from,
        "figure",
        {
            (standing.source.position, standing.place): FigureFact(
                standing, edtf.parse(standing.figure.as_at).end_rank if standing.figure.as_at else dated
            )
            for standing in version.figures
        },
    )
