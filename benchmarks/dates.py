"""The timeline of the heaviest actor as of early and late dates, the last that occurred first: in process, both stores.

An early date is the hard one: most of the list came later. Beside it the same page of a log ten times shorter, and by
way of a covering B-tree alone, which has to pass over all of that. ASOF_BENCH_EVENTS says how many events there are.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path

from benchmarks import corpus
from benchmarks.filled import filled
from benchmarks.report import Figure, at_least, at_most, median_of
from domain.clocks import AFTER, Cut
from domain.ports import Snapshot
from domain.questions import Filters, Place
from service.compose import services
from service.reading.pins import Pin, When, pin
from tests.postgres import Server

EVENTS = int(os.environ.get("ASOF_BENCH_EVENTS", "100000"))
SHORTER = 10
"""How many times fewer events the log has beside which a page of the long one is seen to take no longer."""
ROUNDS = 7
ASKED = 50
LIMIT = 100
FILTERS = Filters(actors=(corpus.actor_names()[0],))
DATES = {"early": 0.1, "middle": 0.5, "late": 0.9}
"""How far into the story."""
MOST_APART = 1.4
LEAST_FASTER = 20.0
MOST_PINNED = 1.5
MOST_LONGER = 1.3
_SHARED_BUFFERS = "1GB"

_COVERING = f"""SELECT rank, first_known, id, no / 33554432 FROM listing
    WHERE list = (SELECT no FROM term WHERE kind = 'actor' AND text = :actor) AND rank < {AFTER}
    AND known_from <= :x AND recorded_from <= :at AND :at < recorded_to AND (:x < known_to OR :at < superseded_at)
    ORDER BY rank DESC, id LIMIT :limit"""


Pages = Callable[[Cut], list[Place]]
"""A way to the page of a cut."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A way to the page, and the cuts at which it is asked for: of each date, of today, and pinned to the middle."""

    page: Pages
    dated: Sequence[Cut]
    pinned: Cut

    @classmethod
    def of(cls, snapshot: Snapshot) -> Asked:
        """That of a store."""
        dated = [_pin(snapshot, part) for part in DATES.values()] + [pin(snapshot, When(None, None, None))]
        pinned = pin(snapshot, When(None, snapshot.head.position // 2, None))
        page = partial(snapshot.page, FILTERS, "-occurred", limit=LIMIT, place=None)
        return cls(lambda cut: list(page(cut=cut)), [one.cut for one in dated], pinned.cut)

    def told(self) -> list[list[Place]]:
        """The page at every cut."""
        return [self.page(cut) for cut in (*self.dated, self.pinned)]


def figures() -> list[Figure]:
    """The median of a page at each date, in rounds in turns."""
    with tempfile.TemporaryDirectory() as directory:
        long, short = Path(directory) / "long.db", Path(directory) / "short.db"
        with (
            _told(f"sqlite:///{long}", f"sqlite:///{short}") as (asked, of_short),
            closing(sqlite3.connect(long)) as plain,
            closing(sqlite3.connect(short)) as plain_short,
        ):
            told = [asked.told(), of_short.told()]
            assert told == [_by_covering(asked, plain).told(), _by_covering(of_short, plain_short).told()]
            found = [*_compared("embedded", asked, of_short), _beside_covering(asked, plain)]
    servers = [Server(fsync="on", shared_buffers=_SHARED_BUFFERS).create().start() for _ in range(2)]
    try:
        with _told(*(server.url for server in servers)) as (asked, of_short):
            assert [asked.told(), of_short.told()] == told
            return found + _compared("PostgreSQL", asked, of_short)
    finally:
        for server in servers:
            server.remove()


@contextmanager
def _told(long: str, short: str) -> Iterator[tuple[Asked, Asked]]:
    """Two stores with a story each, the second the shorter one."""
    with ExitStack() as opened:
        asked = []
        for store, events in ((long, EVENTS), (short, EVENTS // SHORTER)):
            filled(store, chain(corpus.registrations(), corpus.events(events)))
            views = opened.enter_context(services(store)).views
            asked.append(Asked.of(opened.enter_context(views.snapshot())))
        yield asked[0], asked[1]


def _compared(name: str, asked: Asked, of_short: Asked) -> list[Figure]:
    *ours, pinned, _ = taken = median_of(ROUNDS, *_asks(asked), partial(_median, of_short.page, of_short.dated[0]))
    shorter, best, worst = taken[-1], min(ours), max(ours)
    return [
        at_most(f"{name}: a page as of the worst date to the best, {EVENTS:,} events", worst, best, "ms", MOST_APART),
        at_most(f"{name}: a page pinned by position to one that is not", pinned, ours[1], "ms", MOST_PINNED),
        at_most(f"{name}: an early page to that of a log {SHORTER} times shorter", ours[0], shorter, "ms", MOST_LONGER),
    ]


def _beside_covering(asked: Asked, plain: sqlite3.Connection) -> Figure:
    taken = median_of(ROUNDS, *_asks(asked), *_asks(_by_covering(asked, plain)))
    ours, theirs = max(taken[: len(asked.dated)]), max(taken[len(asked.dated) + 1 : -1])
    name = "embedded: pages at the worst date, to a covering B-tree's worst"
    return at_least(name, 1e3 / ours, 1e3 / theirs, "/s", LEAST_FASTER)


def _by_covering(asked: Asked, plain: sqlite3.Connection) -> Asked:
    return Asked(partial(_covering, plain), asked.dated, asked.pinned)


def _asks(asked: Asked) -> list[partial[float]]:
    return [partial(_median, asked.page, cut) for cut in (*asked.dated, asked.pinned)]


def _pin(snapshot: Snapshot, part: float) -> Pin:
    day = corpus.FIRST_DAY + timedelta(days=round(corpus.DAYS * part))
    return pin(snapshot, When(day.date().isoformat(), None, None))


def _covering(plain: sqlite3.Connection, cut: Cut) -> list[Place]:
    asked = {"actor": FILTERS.actors[0], "x": cut.as_of, "at": cut.at, "limit": LIMIT}
    return [Place(*row) for row in plain.execute(_COVERING, asked)]


def _median(page: Pages, cut: Cut) -> float:
    """Milliseconds."""
    taken: list[float] = []
    for _ in range(ASKED):
        began = time.perf_counter()
        page(cut)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1_000
