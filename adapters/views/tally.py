"""How many developments there are of each status and kind, counted in steps: so many more, or fewer, from a day on.

A cut of the reported clock then sums steps instead of counting developments: whole groups of days, the days of the last
group, and what changed between the last midnight and the cut. On the recorded clock steps are kept for blocks of
positions, small ones and larger ones made of those, and for the whole log: a position sums the blocks before it, and
what changed between the last of them and the position.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from adapters.views.questions.reader import Reader
from adapters.views.questions.where import visible
from domain.clocks import AFTER, BEFORE, SECOND, Cut, Instant
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

_SUMS = "SELECT t.status, t.kind, CAST(SUM(t.n) AS bigint) FROM {tally} GROUP BY t.status, t.kind"
_OF_ALL = (
    f"t.size = {ALL} AND t.block = 0 AND t.level = {GROUPS} AND t.day < :group",
    f"t.size = {ALL} AND t.block = 0 AND t.level = {DAYS} AND t.day >= :begins AND t.day <= :last",
)
"""All positions: whole groups of days, and the days of the last group."""
_WHOLE_GROUPS, _LAST_GROUP, _EVERY_DAY = range(3)
_OF_BLOCK = f"""t.block = n.value / 256 AND t.size = n.value / 4 % 64
    AND t.level = CASE n.value % 4 WHEN {_WHOLE_GROUPS} THEN {GROUPS} ELSE {DAYS} END
    AND t.day >= CASE n.value % 4 WHEN {_LAST_GROUP} THEN :begins ELSE {BEFORE // DAY} END
    AND t.day <= CASE n.value % 4 WHEN {_WHOLE_GROUPS} THEN :group - 1 ELSE :last END"""
"""A block and which of its days, told by one number: many are asked for at once, and each would have to be planned."""

_SEEN = f"SUM(CASE WHEN {visible('a', ':x', '{at}')} THEN 1 ELSE 0 END)"
_SEEN_BEFORE = f"SUM(CASE WHEN {visible('a', '{was_x}', ':base')} THEN 1 ELSE 0 END)"
_CHANGED = f"SELECT a.status, a.kind, {_SEEN} - {_SEEN_BEFORE} FROM {{those}} {{overviews}} GROUP BY a.status, a.kind"
"""How many more, or fewer, of the developments `t` there are of each status and kind than at an earlier cut."""
_SINCE_MIDNIGHT = "(SELECT DISTINCT dev FROM version WHERE known_from > :midnight AND known_from <= :x) AS t"
_BEHIND_BLOCKS = """(SELECT DISTINCT f.position AS dev FROM event e
    JOIN event f ON f.stream = e.stream AND f.version = 1 WHERE e.position > :base AND e.position <= :at) AS t"""
_MERGED = """SELECT NULL, NULL, COUNT(*) FROM event
    WHERE type = 'ActorMerged' AND position > :base AND position <= :at"""

Counted = Counter[tuple[str, str]]
"""By status and kind."""
_OF_MERGED: Any = (None, None)
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


def tallied(reader: Reader, cut: Cut, head: int) -> Counted | None:
    """How many developments are known at the cut; `head` is the views' last position.

    None where that has to be counted: where actors were merged right before the cut's position.
    """
    last = cut.as_of // DAY
    base = cut.at if cut.at == head else ((cut.at + 1) >> SMALLEST << SMALLEST) - 1
    given: dict[str, object] = {"x": cut.as_of, "at": cut.at, "base": base, "midnight": last * DAY, "last": last}
    given |= {"group": last >> GROUP, "begins": last >> GROUP << GROUP}
    parts: list[str] = []
    if base == head:
        parts += [_SUMS.format(tally=f"tally t WHERE {steps}") for steps in _OF_ALL]
    elif base >= 0:
        given["blocks"] = reader.numbers(list(_blocks(base + 1)))
        parts.append(_SUMS.format(tally=f"{reader.each('blocks')} {reader.then('tally', 't', _OF_BLOCK)}"))
    overviews = reader.then("overview", "a", "a.dev = t.dev")
    if cut.as_of > last * DAY:
        parts.append(_CHANGED.format(those=_SINCE_MIDNIGHT, overviews=overviews, at=":base", was_x=":midnight"))
    if cut.at > base:
        parts.append(_CHANGED.format(those=_BEHIND_BLOCKS, overviews=overviews, at=":at", was_x=":x"))
        parts.append(_MERGED)
    counted: Counted = Counter()
    for status, kind, n in reader.rows(" UNION ALL ".join(parts), given) if parts else ():
        counted[status, kind] += n
    return None if counted.pop(_OF_MERGED, 0) else +counted


def _blocks(end: int) -> Iterator[int]:
    """All that together has the positions before the end of a smallest block, as `_OF_BLOCK` takes it.

    The smallest have no groups of days.
    """
    begin = 0
    for size in BLOCKS:
        upto = end >> size
        days = (_EVERY_DAY,) if size == SMALLEST else (_WHOLE_GROUPS, _LAST_GROUP)
        for block, which in product(range(begin >> size, upto), days):
            yield block << 8 | size << 2 | which
        begin = upto << size
