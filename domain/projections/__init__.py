"""The projections that live on the plane of the two clocks, in one table.

Each is a pure function from one step of knowledge to facts; `domain.projections.stream` folds them over a stream.
Beside them stand `domain.actor.Actors` (who the actors are at a position), `mentions` and the hash chain, which know
the recorded clock only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.knowledge import Step
from domain.plane import Canvas
from domain.projections import developments, entries, figures, search, timelines


@dataclass(frozen=True, slots=True)
class Projection:
    """One projection: a changed `version` means that its rows have to be built anew."""

    name: str
    version: int
    tell: Callable[[Canvas, Step], None]


PROJECTIONS = (
    Projection("developments", 1, developments.tell),
    Projection("timelines", 3, timelines.tell),
    Projection("figures", 1, figures.tell),
    Projection("entries", 1, entries.tell),
    Projection("search", 2, search.tell),
)
