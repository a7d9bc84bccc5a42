"""How many developments there are of each status and kind, counted in steps: so many more, or fewer, from a day on.

A cut of the reported clock then sums steps instead of counting developments: whole groups of days, the days of the last
group, and what changed between the last midnight and the cut. The steps are those of the last position of the log.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from adapters.views.reader import Reader
from adapters.views.where import visible
from domain.clocks import AFTER, SECOND, Cut, Instant
from domain.plane import FOREVER, Row
from domain.projections.timelines import Overview

DAY = 86_400 * SECOND
GROUP = 6
"""Days are summed in groups of 2 to the power of this."""
DAYS, GROUPS = 0, 1

PUT = (
    "INSERT INTO tally AS t (level, day, status, kind, n) VALUES ({}) ON CONFLICT (level, day, status, kind)"
    " DO UPDATE SET n = t.n + excluded.n"
)
"""Adds to a step; the places of its columns are to be filled in."""

_SUMS = """SELECT status, kind, CAST(SUM(n) AS bigint) FROM (
    SELECT status, kind, n FROM tally WHERE level = 1 AND day < :first
    UNION ALL SELECT status, kind, n FROM tally WHERE level = 0 AND day >= :begins AND day <= :last) AS steps
    GROUP BY status, kind"""
_SINCE = f"""SELECT a.status, a.kind, COUNT(*)
    FROM (SELECT DISTINCT dev FROM version WHERE known_from > :midnight AND known_from <= :until) AS v
    {{developments}} {{overviews}} WHERE {visible("a")} GROUP BY a.status, a.kind"""


class Tally:
    """What a transaction adds to the steps."""

    def __init__(self) -> None:
        self._steps: Counter[tuple[int, str, str]] = Counter()

    def take(self, row: Row) -> None:
        """An overview that was drawn, or is not as the store has it."""
        overview = row.payload
        assert isinstance(overview, Overview)
        if row.kept is not None:
            self._count(row.known_from, row.kept[0], row.kept[2], overview, -1)
        self._count(row.known_from, row.known_to, row.recorded_to, overview, 1)

    def rows(self) -> list[tuple[Any, ...]]:
        """What is to be added: by days, and by groups of them."""
        groups: Counter[tuple[int, str, str]] = Counter()
        for (day, status, kind), n in self._steps.items():
            groups[day >> GROUP, status, kind] += n
        days = [(DAYS, *step, n) for step, n in self._steps.items() if n]
        return days + [(GROUPS, *step, n) for step, n in groups.items() if n]

    def _count(self, begins: Instant, ends: Instant, recorded_to: int, overview: Overview, n: int) -> None:
        if recorded_to != FOREVER:
            return
        self._steps[_day(begins), overview.status, overview.kind] += n
        if ends != AFTER:
            self._steps[_day(ends), overview.status, overview.kind] -= n


def tallied(reader: Reader, cut: Cut) -> list[tuple[str, str, int]]:
    """(status, kind, number) of all developments known at the cut, which is at the views' last position."""
    last = cut.as_of // DAY
    midnight = last * DAY
    group = last >> GROUP
    counted: Counter[tuple[str, str]] = Counter()
    for status, kind, n in reader.rows(_SUMS, {"first": group, "begins": group << GROUP, "last": last}):
        counted[status, kind] += n
    if cut.as_of > midnight:
        since = _SINCE.format(
            developments=reader.then("development", "d", "d.dev = v.dev"),
            overviews=reader.then("overview", "a", "a.id = d.id"),
        )
        for as_of, sign in ((cut.as_of, 1), (midnight, -1)):
            parameters = {"midnight": midnight, "until": cut.as_of, "x": as_of, "at": cut.at}
            for status, kind, n in reader.rows(since, parameters):
                counted[status, kind] += sign * n
    return [(status, kind, n) for (status, kind), n in counted.items() if n]


def _day(instant: Instant) -> int:
    """The first midnight, in days since 1970, by which it is known."""
    return -(-instant // DAY)
