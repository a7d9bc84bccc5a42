"""Counts by status and kind at any cut, summed from the steps that `adapters.views.tally` keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from adapters.views import tally
from adapters.views.questions.where import visible
from adapters.views.reader import Reader
from domain.clocks import BEFORE, Cut

_SUMS = "SELECT t.status, t.kind, CAST(SUM(t.n) AS bigint) FROM {tally} GROUP BY t.status, t.kind"
_OF_ALL = (
    f"t.size = {tally.ALL} AND t.block = 0 AND t.level = {tally.GROUPS} AND t.day < :group",
    f"t.size = {tally.ALL} AND t.block = 0 AND t.level = {tally.DAYS} AND t.day >= :begins AND t.day <= :last",
)
"""All positions: whole groups of days, and the days of the last group."""
_WHOLE_GROUPS, _LAST_GROUP, _EVERY_DAY = range(3)
_OF_BLOCK = f"""t.block = n.value / 256 AND t.size = n.value / 4 % 64
    AND t.level = CASE n.value % 4 WHEN {_WHOLE_GROUPS} THEN {tally.GROUPS} ELSE {tally.DAYS} END
    AND t.day >= CASE n.value % 4 WHEN {_LAST_GROUP} THEN :begins ELSE {BEFORE // tally.DAY} END
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


def tallied(reader: Reader, cut: Cut, head: int) -> Counted | None:
    """How many developments are known at the cut; `head` is the views' last position.

    None where that has to be counted: where actors were merged right before the cut's position.
    """
    last = cut.as_of // tally.DAY
    base = cut.at if cut.at == head else ((cut.at + 1) >> tally.SMALLEST << tally.SMALLEST) - 1
    given: dict[str, object] = {"x": cut.as_of, "at": cut.at, "base": base, "midnight": last * tally.DAY, "last": last}
    given |= {"group": last >> tally.GROUP, "begins": last >> tally.GROUP << tally.GROUP}
    parts: list[str] = []
    if base == head:
        parts += [_SUMS.format(tally=f"tally t WHERE {steps}") for steps in _OF_ALL]
    elif base >= 0:
        given["blocks"] = reader.numbers(list(_blocks(base + 1)))
        parts.append(_SUMS.format(tally=f"{reader.each('blocks')} {reader.then('tally', 't', _OF_BLOCK)}"))
    overviews = reader.then("overview", "a", "a.dev = t.dev")
    if cut.as_of > last * tally.DAY:
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
    for size in tally.BLOCKS:
        upto = end >> size
        days = (_EVERY_DAY,) if size == tally.SMALLEST else (_WHOLE_GROUPS, _LAST_GROUP)
        for block, which in product(range(begin >> size, upto), days):
            yield block << 8 | size << 2 | which
        begin = upto << size
