"""Opening a session of the log in PostgreSQL: what is known to be asked of it is asked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.log.postgres import tables
from adapters.postgres.database import Connection
from domain.ports import Head

# One statement, as each costs more than what it finds: where the log ends, the places of streams, which ids are taken.
_END, _PLACE, _TAKEN = 0, 1, 2
_LOOK = f"""
SELECT {_END}, '', position, recorded_at, last FROM ({tables.ENDS}) ends(position, recorded_at, last)
UNION ALL SELECT {_PLACE}, name, no, version, 0 FROM ({tables.PLACES}) places(name, no, version)
UNION ALL SELECT {_TAKEN}, id, 0, 0, 0 FROM event WHERE id = ANY(%b)
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """The last event and the number of the last stream: what is added gets the numbers behind them.

    Of the streams and the ids that were named, the places of those that are there, and which are taken.
    """

    asked_streams: frozenset[str]
    asked_ids: frozenset[str]

    head: Head
    streams: int
    places: dict[str, tuple[int, int]]
    taken: frozenset[str]


def look(connection: Connection, ids: Sequence[str], streams: Sequence[str]) -> Opening:
    """Look it up, in one round trip."""
    found = connection.execute(_LOOK, (tables.texts(streams), tables.texts(ids)), prepare=True)
    head, last = Head(0, None), 0
    places: dict[str, tuple[int, int]] = {}
    taken: set[str] = set()
    for kind, text, number, second, third in found:
        if kind == _END:
            head, last = Head(number, second), third
        elif kind == _PLACE:
            places[text] = number, second
        else:
            taken.add(text)
    return Opening(frozenset(streams), frozenset(ids), head, last, places, frozenset(taken))
