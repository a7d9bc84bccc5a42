"""Heads that views keep beside those that were made anew: they prove that the log is still the one it was."""

from __future__ import annotations

from adapters.views.reader import Reader
from domain.unavailable import Rewritten

_LAST = "SELECT MAX(position) FROM {table}"
_BOTH = "SELECT k.position, k.head, m.head FROM {kept} k JOIN {made} m ON m.position = k.position"
_DIFFER = f"{_BOTH} WHERE k.position = :position AND k.head <> m.head"
_FIRST = f"{_BOTH} WHERE k.head <> m.head ORDER BY k.position LIMIT 1"


def require_same(reader: Reader, kept: str, made: str) -> None:
    """Raise Rewritten for the first position at which the table `made` has another head than `kept`, or ends before it.

    Each head takes in all before it: where the last that both have is the same, so are all.
    """
    (ends,), (makes,) = (reader.row(_LAST.format(table=table)) for table in (kept, made))
    if ends is None:
        return
    common = min(ends, makes or 0)
    if reader.row(_DIFFER.format(kept=kept, made=made), {"position": common}) is not None:
        position, head, other = reader.row(_FIRST.format(kept=kept, made=made))
        raise Rewritten(position, f"the event makes the head {bytes(other).hex()}, kept is {bytes(head).hex()}")
    if common < ends:
        raise Rewritten(common + 1, f"missing: the log ends at {common}, and heads are kept up to {ends}")
