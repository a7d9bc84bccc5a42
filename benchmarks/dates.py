"""The timeline of the heaviest actor as of early and late dates, the last that occurred first: the page alone, in process.

An early date is the hard one: most of the list came later. Beside it the same page by way of a covering B-tree alone,
which has to pass over all of that.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks import corpus
from benchmarks.questions import fill
from benchmarks.report import Figure, at_least, at_most, median_of
from domain.clocks import AFTER, Cut
from domain.ports import Snapshot
from domain.questions import Filters, Place
from service.compose import services
from service.pins import Pin, When, pin

EVENTS = int(os.environ.get("ASOF_BENCH_EVENTS", "100000"))
ROUNDS = 7
ASKED = 50
LIMIT = 100
FILTERS = Filters(actors=(corpus.actor_names()[0],))
DATES = {"early": 0.1, "middle": 0.5, "late": 0.9}
"""How far into the story."""
MOST_APART = 1.4
LEAST_FASTER = 20.0
MOST_PINNED = 1.5

_COVERING = f"""SELECT rank, first_known, id, no / 33554432 FROM listing
    WHERE list = (SELECT no FROM term WHERE kind = 'actor' AND text = :actor) AND rank < {AFTER}
    AND known_from <= :x AND recorded_from <= :at AND :at < recorded_to AND (:x < known_to OR :at < superseded_at)
    ORDER BY rank DESC, id LIMIT :limit"""


def figures() -> list[Figure]:
    """The median of a page at each date, in rounds in turns."""
    with tempfile.TemporaryDirectory() as directory, services(f"sqlite:///{directory}/dates.db") as store:
        fill(store, EVENTS)
        with sqlite3.connect(Path(directory) / "dates.db") as plain, store.views.snapshot() as snapshot:
            return _measured(plain, snapshot)


def _measured(plain: sqlite3.Connection, snapshot: Snapshot) -> list[Figure]:
    pins = [_pin(snapshot, part) for part in DATES.values()] + [pin(snapshot, When(None, None, None))]
    middle = snapshot.head.position // 2
    at_middle = pin(snapshot, When(None, middle, None))
    for asked in (*pins, at_middle):
        assert _page(snapshot, asked.cut) == _covering(plain, asked.cut), asked
    asks = [partial(_median, partial(_page, snapshot, asked.cut)) for asked in (*pins, at_middle)]
    asks += [partial(_median, partial(_covering, plain, asked.cut)) for asked in pins]
    taken = median_of(ROUNDS, *asks)
    ours, pinned, theirs = taken[: len(pins)], taken[len(pins)], taken[len(pins) + 1 :]
    best, worst, covering = min(ours), max(ours), max(theirs)
    return [
        at_most(f"a page as of the worst date to the best, {EVENTS:,} events", worst, best, "ms", MOST_APART),
        at_most("a page pinned by position to one that is not", pinned, ours[1], "ms", MOST_PINNED),
        at_least(
            "pages at the worst date, to a covering B-tree's worst", 1e3 / worst, 1e3 / covering, "/s", LEAST_FASTER
        ),
    ]


def _pin(snapshot: Snapshot, part: float) -> Pin:
    day = corpus.FIRST_DAY + timedelta(days=round(corpus.DAYS * part))
    return pin(snapshot, When(day.date().isoformat(), None, None))


def _page(snapshot: Snapshot, cut: Cut) -> list[Place]:
    return list(snapshot.page(FILTERS, "-occurred", cut, LIMIT, None))


def _covering(plain: sqlite3.Connection, cut: Cut) -> list[Place]:
    asked = {"actor": FILTERS.actors[0], "x": cut.as_of, "at": cut.at, "limit": LIMIT}
    return [Place(*row) for row in plain.execute(_COVERING, asked)]


def _median(ask: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1_000
