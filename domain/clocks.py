"""The three clocks, and the only comparisons of them in the tree.

A moment is an `Instant`: whole microseconds since 1970-01-01T00:00Z, negative before it. `BEFORE` and `AFTER` stand
for the two ends of time; no moment that can be written down equals them.

- **occurred** is a `Span`: when it happened, as imprecisely as it was told;
- **reported** is cut by `Cut.as_of`: what the public knew;
- **recorded** is cut by `Cut.at`: what this log held.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

Instant = int

SECOND: Instant = 1_000_000
CLOCK_SKEW: Instant = 300 * SECOND
BEFORE: Instant = -(2**62)
AFTER: Instant = 2**62

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def is_instant(number: int) -> bool:
    """Whether the number is an instant: a moment that can be written down, or an end of time."""
    return number in (BEFORE, AFTER) or instant_of(_FIRST) <= number <= instant_of(_LAST)


@lru_cache(maxsize=65_536)
def show(instant: Instant | None) -> str | None:
    """An instant as RFC 3339 in UTC with `Z`; a fraction only when it is not zero, then six digits.

    Nothing, and either end of time, is None: a date nobody knows is never written as one.
    """
    if instant is None or not BEFORE < instant < AFTER:
        return None
    return f"{(_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None).isoformat()}Z"


class Span(NamedTuple):
    """A half-open stretch of time `[earliest, latest)`; an instant is the empty span `[t, t]`.

    An end that is open (`..`) or unknown is None; `open_end` tells the first from the second.
    """

    earliest: Instant | None
    latest: Instant | None
    open_end: bool

    @property
    def begins(self) -> Instant:
        """The first moment, or the beginning of time."""
        return BEFORE if self.earliest is None else self.earliest

    @property
    def ends(self) -> Instant:
        """The end, or the end of time: what a cut at this date includes."""
        return AFTER if self.latest is None else self.latest

    @property
    def end_rank(self) -> Instant:
        """For "the greatest end": an open end is later than any date, an unknown one earlier."""
        if self.latest is not None:
            return self.latest
        return AFTER if self.open_end else BEFORE

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a moment; midnight belongs to the day it begins, and an instant is its one moment."""
        first, last = max(self.begins, other.begins), min(self.ends, other.ends)
        if first < last:
            return True
        return (
            first == last and (self.is_moment(first) or other.is_moment(first)) and self.has(first) and other.has(first)
        )

    def is_moment(self, instant: Instant) -> bool:
        """Whether the span is this one instant."""
        return self.earliest == self.latest == instant

    def has(self, instant: Instant) -> bool:
        """Whether the instant lies in the span."""
        return self.begins <= instant < self.ends or self.is_moment(instant)


class Cut(NamedTuple):
    """One question's two cuts: `as_of` on the reported clock, `at` on the recorded one (a log position).

    `as_of` AFTER means everything that will ever be known; BEFORE, the cut of the empty log, means nothing.
    """

    as_of: Instant
    at: int

    def knows(self, known_from: Instant) -> bool:
        """Known means `known_from <= cut`: an instant at exactly midnight counts to both days."""
        return known_from <= self.as_of


class Knowledge(NamedTuple):
    """When a report became known: for certain from `known_from`, possibly already from `possibly_from`."""

    known_from: Instant
    possibly_from: Instant


def knowledge(reported: Span, recorded_at: Instant) -> Knowledge:
    """A report is known from the end of its `reported` span, and at the latest from its recording.

    So a log holds nothing that became known later than its last recording: any later cut knows the same.
    """
    known_from = min(reported.ends, recorded_at)
    return Knowledge(known_from, min(reported.begins, known_from))
