"""The events of a development as they read: its history, and the reports that tell of it."""

from __future__ import annotations

from typing import NamedTuple

from domain.entries import Learned
from domain.events import TELLING, DevelopmentEvent, Recorded
from domain.knowledge import Step
from domain.plane import Canvas


class EntryFact(NamedTuple):
    """One event of the stream as it reads, and whether it stands; None for what cannot.

    An amendment is shown as recorded, whatever the cut of the reported clock.
    """

    learned: Learned | Recorded[DevelopmentEvent]
    stands: bool | None


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `entry`: key position, payload `EntryFact`."""
    for learned in step.learned:
        if not isinstance(learned.event, TELLING):
            canvas.put(step.known_from, "entry", learned.position, EntryFact(learned, stands=None))
    for learned, stands in step.flips:
        canvas.put(step.known_from, "entry", learned.position, EntryFact(learned, stands))
