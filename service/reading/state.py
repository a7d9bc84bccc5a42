"""The state of the whole story at a cut: how much of what, who claims which number, what is expected, what is new."""

from __future__ import annotations

import orjson

from domain.ports import Snapshot
from domain.questions import Filters
from service.reading.answers import One, stamped
from service.reading.developments import bodies
from service.reading.pins import Pin

RECENT = 20


def state(snapshot: Snapshot, pinned: Pin, filters: Filters) -> One:
    """Counts, latest figures, what is expected and what became known last, of what the filters let through.

    `actors` is the number of actors there are at the position, whatever the filters: they choose developments.
    """
    cut = pinned.cut
    counts = snapshot.counts(filters, cut)
    recent = snapshot.page(filters, "-known", cut, RECENT, None)
    expected = snapshot.expected(filters, pinned.asked)
    members = {
        "counts": {"status": counts.status, "kind": counts.kind},
        "figures": [orjson.Fragment(row.body) for row in snapshot.latest(cut, None, filters)],
        "expected": [orjson.Fragment(body) for body in bodies(snapshot, [place.dev for place in expected], pinned)],
        "recent": [orjson.Fragment(body) for body in bodies(snapshot, [place.dev for place in recent], pinned)],
        "actors": snapshot.count_actors(cut.at),
    }
    return One(pinned, stamped(pinned, orjson.dumps(members)))
