"""Which developments stand in which list: of an actor (its timeline), a topic, a source, a metric, the expected."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from domain import edtf
from domain.clocks import AFTER, BEFORE, SECOND, Instant, Span
from domain.events import DevelopmentKind
from domain.fold import Status, Version
from domain.knowledge import Step
from domain.plane import Canvas

NEVER = Span(AFTER, BEFORE, open_end=False)
"""The span of a date nobody knows: it overlaps nothing."""


_DAY = 86_400 * SECOND
_LEVELS = 23
"""So many times the days up to the year 9999 can be halved."""
_FIRST_DAY = 719_162
"""1970-01-01 in days since 0001-01-01."""
_OPEN = "open"


class Overview(NamedTuple):
    """What every list of developments is ordered and filtered by.

    `rank` is the earliest moment it may have occurred, AFTER where that is not known; `begins` and `ends` bound the
    occurred span for windows.
    """

    rank: Instant
    begins: Instant
    ends: Instant
    kind: DevelopmentKind
    status: Status
    first_known: Instant


class Listing(NamedTuple):
    """A development in one list, by what the list is ordered."""

    rank: Instant
    first_known: Instant


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `overview`: no key, payload `Overview`; of kind `listing`: key `(list, name)`, payload `Listing`.

    Lists are `actor`, `topic`, `source`, `metric`, and `expected`: plans and forecasts, not retracted, that may be
    expected from their first knowledge on until they end, by the block of days in which that lies.
    """
    version = step.version
    if version is None:
        return
    description = version.description
    occurred = NEVER if description.occurred is None else edtf.parse(description.occurred)
    rank = AFTER if occurred.earliest is None else occurred.earliest
    overview = Overview(rank, occurred.begins, occurred.ends, description.kind, version.status, version.first_known)
    canvas.put(step.known_from, "overview", None, overview)
    listed = Listing(rank, version.first_known)
    listings = _listings(version, listed)
    if description.kind in ("plan", "forecast") and version.status != "retracted":
        list_ = block(version.first_known, occurred.end_rank)
        if list_ is not None:
            listings["expected", list_] = listed
    canvas.put_all(step.known_from, "listing", listings)


def _listings(version: Version, listed: Listing) -> dict[Hashable, object]:
    listings: dict[Hashable, object] = {("actor", actor): listed for actor in version.timelines}
    for topic in version.description.topics:
        listings["topic", topic] = listed
    for source in version.sources:
        listings["source", source] = listed
    for standing in version.figures:
        listings["metric", standing.figure.metric] = listed
    return listings


def block(begins: Instant, ends: Instant) -> str | None:
    """The smallest block of 2 to the power of n days that has both moments; None where nothing lies between them.

    Whoever asks for a moment looks at the one block of each size that has it: an interval tree (Edelsbrunner, 1980).
    """
    if ends == AFTER:
        return _OPEN
    if ends <= begins:
        return None
    first, last = _day(begins), _day(ends)
    level = (first ^ last).bit_length()
    return f"{level}.{first >> level}"


def blocks(cut: Instant) -> list[str]:
    """The lists of kind `expected` that have all that is expected at a cut, and more."""
    day = _day(cut)
    return [_OPEN, *(f"{level}.{day >> level}" for level in range(_LEVELS))]


def _day(instant: Instant) -> int:
    return instant // _DAY + _FIRST_DAY
