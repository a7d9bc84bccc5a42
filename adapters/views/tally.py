"""How many developments there are of each status and kind, counted in steps: so many more, or fewer, from a day on.

A cut of the reported clock then sums steps instead of counting developments: whole groups of days, the days of the last
group, and what changed between the last midnight and the cut. On the recorded clock steps are kept for blocks of
positions, small ones and larger ones made of those, and for the whole log: a position sums the blocks before it, and
what changed between the last of them and the position.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from domain.clocks import AFTER, SECOND, Instant
from domain.plane import FOREVER, Row
from domain.projections.timelines import Overview

DAY = 86_400 * SECOND
GROUP = 6
"""Days are summed in groups of 2 to the power of this."""
DAYS, GROUPS = 0, 1
ALL = 62
BLOCKS = (16, 11, 6)
"""Blocks have 2 to the power of these positions; all positions are one block of the size ALL."""
SMALLEST = BLOCKS[-1]

COLUMNS = ("size", "block", "level", "day", "status", "kind", "n")
PUT = "INSERT INTO tally AS t {} ON CONFLICT (size, block, level, day, status, kind) DO UPDATE SET n = t.n + excluded.n"
"""Adds to steps; the rows are to be filled in."""

Steps = defaultdict[tuple[int, int, str, str], int]
"""By the number of a block of positions, the day or group of days, status and kind."""


class Tally:
    """What a transaction adds to the steps."""

    def __init__(self) -> None:
        self._steps: Steps = defaultdict(int)

    def take(self, row: Row) -> None:
        """An overview that was drawn, or is not as the store has it."""
        overview = row.payload
        assert isinstance(overview, Overview)
        known_to, _, recorded_to = row.kept or (AFTER, 0, FOREVER)
        if row.kept is None:
            self._count(row.recorded_from, row.known_from, overview, 1)
        if known_to == AFTER != row.known_to:
            self._count(row.superseded_at, row.known_to, overview, -1)
        if recorded_to == FOREVER != row.recorded_to:
            self._count(row.recorded_to, row.known_from, overview, -1)
            if row.known_to != AFTER:
                self._count(row.recorded_to, row.known_to, overview, 1)

    def rows(self) -> list[tuple[Any, ...]]:
        """What is to be added: by blocks of positions, by days and by groups of them."""
        added: list[tuple[Any, ...]] = []
        days, finer = self._steps, SMALLEST
        for size in (*reversed(BLOCKS), ALL):
            if size != finer:
                days = _coarser(days, size - finer, 0)
            added += [(size, block, DAYS, *step, n) for (block, *step), n in days.items() if n]
            if size != SMALLEST:
                groups = _coarser(days, 0, GROUP)
                added += [(size, block, GROUPS, *step, n) for (block, *step), n in groups.items() if n]
            finer = size
        return added

    def _count(self, position: int, since: Instant, overview: Overview, n: int) -> None:
        self._steps[position >> SMALLEST, -(-since // DAY), overview.status, overview.kind] += n


def _coarser(steps: Steps, blocks: int, days: int) -> Steps:
    """The sums of steps of 2 to the power of so many blocks and days."""
    sums: Steps = defaultdict(int)
    for (block, day, status, kind), n in steps.items():
        sums[block >> blocks, day >> days, status, kind] += n
    return sums
