"""Claims: the figures of one metric that one claimant tells, each dated about as long before it became known.

The latest of a claim has the greatest date, which most often is a while before it became known: who keeps figures that
were known long before they are dated, and long after, in lists of their own finds the latest one as of any date beside
it, and does not go through all that are dated later to see whether they were known.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from domain.clocks import AFTER, BEFORE, SECOND, Instant

KIND = "claim"
"""The kind of the terms by which claims are numbered."""
BEGIN, END = "\n", "\x0b"
"""What stands in a term behind the metric, and what sorts behind that: in no name is a control character."""

_MONTH = 31 * 86_400 * SECOND
_MONTHS = tuple(2**n for n in range(7))
_LEADS = tuple(_MONTH * months for months in (*(-n for n in reversed(_MONTHS)), 0, *_MONTHS))
"""How long after it became known a figure is dated, at the most, by the number of the list; in the last, any time."""
_UNDATED, _OPEN = "u", "o"


class Claim(NamedTuple):
    """One list; figures of it that are known by an instant are dated `lead` behind it at the most."""

    metric: str
    lead: Instant
    claimant: str


def claim(metric: str, claimant: str, dated: Instant, known: Instant) -> str:
    """The term of the claim that a figure belongs to."""
    if dated == BEFORE:
        way = _UNDATED
    elif dated == AFTER:
        way = _OPEN
    else:
        way = str(bisect_left(_LEADS, dated - known))
    return f"{metric}{BEGIN}{way}{BEGIN}{claimant}"


@lru_cache(maxsize=4_096)
def read(term: str) -> Claim:
    """The claim of a term."""
    metric, way, claimant = term.split(BEGIN, 2)
    if way == _UNDATED:
        return Claim(metric, BEFORE, claimant)
    if way == _OPEN or int(way) == len(_LEADS):
        return Claim(metric, AFTER, claimant)
    return Claim(metric, _LEADS[int(way)], claimant)


def last_date(lead: Instant, known: Instant) -> Instant:
    """The latest date (microseconds) that a figure of a claim with this lead can have where it is known by then."""
    return lead if lead in (BEFORE, AFTER) else min(known + lead, AFTER)
