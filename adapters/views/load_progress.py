"""How far the views of a generation are, while they are loaded: kept beside the position that they answer for.

Until everything is loaded that position is 0. `loading` tells how far it has come, `last` how far it is to come.
"""

from __future__ import annotations

from adapters.views.reader import Reader
from adapters.views.schema import VERSION
from domain.ports import Unavailable

LOADING = "loading"
_LAST = "last"
OF_PROJECTION = " WHERE projection IN (:projection, 'views') ORDER BY projection = 'views' LIMIT 1"
"""Of `progress`: a projection; the views themselves where somebody else has completed their loading meanwhile."""

_BEGIN = "INSERT INTO progress VALUES (:loading, :version, 0), (:last, :version, :position) RETURNING 1"
_POSITIONS = "SELECT projection, position FROM progress"
_COMPLETE = "UPDATE progress SET position = :position WHERE projection = 'views' RETURNING 1"
_END = "DELETE FROM progress WHERE projection <> 'views' RETURNING 1"


def begun(reader: Reader) -> bool:
    """Whether loading was begun."""
    return _LAST in dict(reader.rows(_POSITIONS))


def begin(reader: Reader, last: int) -> int | None:
    """Up to where is to be loaded: `last`, or what it was when it was begun; None where nothing is to be loaded."""
    positions = dict(reader.rows(_POSITIONS))
    if positions["views"] or not last:
        return None
    if _LAST not in positions:
        reader.rows(_BEGIN, {"loading": LOADING, "last": _LAST, "version": VERSION, "position": last})
        return last
    return int(positions[_LAST])


def complete(reader: Reader) -> bool:
    """The views stand where they were to be loaded up to; whether they do so only now. Raises Unavailable before."""
    positions = dict(reader.rows(_POSITIONS))
    last = positions.get(_LAST)
    if last is None:
        return False
    if positions[LOADING] != last:
        raise Unavailable("somebody else is rebuilding the views")
    reader.rows(_COMPLETE, {"position": last})
    reader.rows(_END)
    return True
