"""The same questions to asof and to what else keeps a past that can be asked: the same story, in one run, in turns.

Ours are asof's views on SQLite and on PostgreSQL. The peers: MariaDB's system-versioned tables with an application-time
period; PostgreSQL with the extension `periods`; and what a team writes itself, a table of events with window functions,
on PostgreSQL and on SQLite. A server is compared with asof on PostgreSQL, SQLite with asof on SQLite. Each peer has the
indexes that its questions ask for, buffers with room for all of its data, fresh statistics, and a driver in C.

Every answer is checked to be that of asof before anything is timed: the same developments in the same order with the
same words, the same counts. The questions are cut to what all of them can be asked in SQL:

- every date is a day, and every development has one: imprecise dates, and places in a list that depend on them, are not
  in the story; neither are corrections, withdrawals, amendments, merges, nor affiliates;
- tables with system time know no log positions: they are asked as of the moment at which the position was recorded,
  and every event of the story has a moment of its own;
- the peers show ten columns of a development. A document of asof holds more (listed actors by name, stances, figures,
  where the version begins and ends) and is made whole all the same; "which 100" leaves the documents away;
- a change is a development that was learned, or whose status has become another; asof compares the rest as well, and
  gives both documents, in pages;
- words are searched in the text of the development with the names of its actors, who are never renamed in the story.

Timed is the question in process, from the call until every row is there as Python objects, or the JSON as bytes; one
client, again and again, so all of it is in memory; asof remembers documents that it told, as it does over HTTP. Told is
the quickest answer of all rounds, for what else a machine does slows whoever makes most round trips to a server: a
median would be that of the machine. Not timed is loading.
ASOF_BENCH_EVENTS says how many events there are.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.peers.asked import Asked, Store, marks, questions
from benchmarks.peers.opened import Compared, loaded
from benchmarks.peers.story import story
from benchmarks.report import Figure, at_least

EVENTS = int(os.environ.get("ASOF_BENCH_EVENTS", "50000"))
ROUNDS = 5
ASKED = 40
LONGEST = 0.3
"""Seconds after which a round of a question ends; it is asked at least once."""
AHEAD = 1.0


def figures() -> list[Figure]:
    """Each question to each peer, and to asof on a store of that kind: answers a second."""
    asked = list(questions(*marks(story(EVENTS), EVENTS)))
    with tempfile.TemporaryDirectory() as directory, loaded(EVENTS, Path(directory)) as compared:
        stores = list({store.name: store for pair in compared for store in (pair.ours, pair.peer)}.values())
        for question in asked:
            check(question, stores)
        return [figure for question in asked for figure in _measured(question, stores, compared)]


def check(asked: Asked, stores: Sequence[Store]) -> None:
    """All of the stores give the answer of the first. Raises AssertionError."""
    first, *others = stores
    expected = first.told(asked, first.ask(asked))
    for other in others:
        found = other.told(asked, other.ask(asked))
        assert found == expected, f"{asked.name}: {other.name} tells {found[:3]}, {first.name} {expected[:3]}"


def _measured(asked: Asked, stores: Sequence[Store], compared: Sequence[Compared]) -> Iterator[Figure]:
    least: dict[str, float] = {}
    for _ in range(ROUNDS):
        for store in stores:
            least[store.name] = min(least.get(store.name, math.inf), _least(store, asked))
    rates = {name: 1 / seconds for name, seconds in least.items()}
    for pair in compared:
        name = f"{asked.name}, {EVENTS:,} events: {pair.ours.name} to {pair.peer.name}"
        yield at_least(name, rates[pair.ours.name], rates[pair.peer.name], "/s", AHEAD)


def _least(store: Store, asked: Asked) -> float:
    """Seconds of the quickest answer of a round."""
    taken: list[float] = []
    late = time.perf_counter() + LONGEST
    while not taken or (len(taken) < ASKED and time.perf_counter() < late):
        began = time.perf_counter()
        store.ask(asked)
        taken.append(time.perf_counter() - began)
    return min(taken)
