"""A development as the views do not keep it: without the latest amendments, or with merges of a later position."""

from __future__ import annotations

from typing import cast

import orjson

from adapters.codec.decode import event_of
from adapters.shapes import body
from domain.clocks import AFTER
from domain.events import DevelopmentAmended, DevelopmentEvent, Recorded
from domain.knowledge import Step, unfolded
from domain.ports import Snapshot
from domain.questions import Selection, VersionRow
from service.reading.compare import Side
from service.reading.developments import assemble
from service.reading.pins import Pin


def refolded(
    snapshot: Snapshot, development: str, pinned: Pin, amended_upto: int, survivors: dict[str, str]
) -> Side | None:
    """The development at a pin, but amended only by what was recorded up to a position, and after other merges.

    None where it is not known so. Folded from its own events, which are few; the views keep no such state.
    """
    history = _history(snapshot, development, pinned.at, amended_upto)
    if not history:
        return None
    known: Step | None = None
    standing: dict[int, bool] = {}
    _, steps = unfolded(history, lambda named: survivors.get(named, named))
    for step in steps:
        if not pinned.cut.knows(step.known_from):
            break
        known = step if step.version is not None else known
        standing.update((learned.position, stands) for learned, stands in step.flips)
    if known is None or known.version is None:
        return None
    parts = body(known.version)
    row = VersionRow(0, known.known_from, AFTER, 0, len(history), *parts)
    return Side.of(assemble(snapshot, [row], pinned)[0], known.version.sources, standing, survivors)


def _history(snapshot: Snapshot, development: str, upto: int, amended_upto: int) -> list[Recorded[DevelopmentEvent]]:
    history: list[Recorded[DevelopmentEvent]] = []
    for entry in snapshot.events(Selection(stream=f"development/{development}"), 0, upto, -1):
        event = cast("DevelopmentEvent", event_of(orjson.loads(entry.body)))
        if entry.position <= amended_upto or not isinstance(event, DevelopmentAmended):
            history.append(Recorded(entry.position, entry.version, entry.recorded_at, event))
    return history
