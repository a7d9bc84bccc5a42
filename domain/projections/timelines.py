"""Which developments stand in which list: of everything, of an actor (its timeline), a topic, a source, a metric."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from domain import edtf
from domain.clocks import AFTER, BEFORE, Instant, Span
from domain.events import DevelopmentKind
from domain.knowledge import Status, Step, Version
from domain.plane import Canvas

NEVER = Span(AFTER, BEFORE, open_end=False)
"""The span of a date nobody knows: it overlaps nothing."""
EVERYTHING = ("all", "")
EXPECTED = ("expected", "")


class Listing(NamedTuple):
    """A development in a list, with what lists are ordered and filtered by.

    `rank` is the earliest moment it may have occurred, AFTER where that is not known; `begins` and `ends` bound the
    occurred span for windows. `named` tells, in an actor's list, whether the description lists the actor.
    """

    rank: Instant
    begins: Instant
    ends: Instant
    kind: DevelopmentKind
    status: Status
    first_known: Instant
    named: bool


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `listing`: key `(list, name)`, payload `Listing`.

    Lists are `all`, `actor`, `topic`, `source`, `metric`, and `expected`: plans and forecasts, not retracted, of which
    the end is known or open.
    """
    if step.version is not None:
        canvas.put_all(step.known_from, "listing", _listings(step.version))


def _listings(version: Version) -> dict[Hashable, object]:
    description = version.description
    occurred = NEVER if description.occurred is None else edtf.parse(description.occurred)
    rank = AFTER if occurred.earliest is None else occurred.earliest
    listing = Listing(
        rank, occurred.begins, occurred.ends, description.kind, version.status, version.first_known, named=False
    )
    named = listing._replace(named=True)
    listings: dict[Hashable, object] = {EVERYTHING: listing}
    listings.update((("actor", actor), listing) for actor in version.timelines)
    listings.update((("actor", listed.actor), named) for listed in description.actors)
    listings.update((("topic", topic), listing) for topic in description.topics)
    listings.update((("source", source), listing) for source in version.sources)
    listings.update((("metric", standing.figure.metric), listing) for standing in version.figures)
    if description.kind in ("plan", "forecast") and version.status != "retracted" and occurred.end_rank != BEFORE:
        listings[EXPECTED] = listing
    return listings
