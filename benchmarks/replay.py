"""Replay: views built anew in place, on both stores; the log verified, goldens checked.

Beside it the library's `ProjectionRunner`, which folds with the same projections, an event a transaction. It needs a
store that can be subscribed to, which of the library's is PostgreSQL alone. ASOF_BENCH_EVENTS says how many events
there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from benchmarks import corpus
from benchmarks.filled import append, entries, filled
from benchmarks.memory import peak
from benchmarks.report import Figure, at_least, below, median_of
from benchmarks.runner import run_library
from domain.ports import EventLog, StoredEntry
from service.appending.admission import Proposal
from service.compose import services
from service.processes.garbage import collect_rarely
from service.projecting.projector import Projector
from service.rebuilding.rebuild import rebuild
from service.replay.views import Checkpoint, View, view
from service.stores import log_of, open_for_rebuild, reopening
from tests.postgres import Server

EVENTS = int(os.environ.get("ASOF_BENCH_EVENTS", "100000"))
SHORTER = 10
"""How many times fewer events the log has beside which the long one is seen to take no longer by the event."""
OF_LIBRARY = 2_000
BEHIND = 10_000
ROUNDS = 5
ACTORS = 700
WANTED, VERIFIED = 50_000, 200_000
THEN = Checkpoint(None, ACTORS + OF_LIBRARY)
ROOT = Path(__file__).parents[1]
STORY = ("service/story/log.ndjson", "tests/replay/golden/story")
CORPUS = ("tests/replay/corpus/log.ndjson", "tests/replay/golden/corpus")


def figures() -> list[Figure]:
    """Replay in place on both stores, its memory, what appends wait for it; catching up; verify; the checks."""
    # As the commands do that fold much; the library's runner is measured in this process too.
    collect_rarely()
    server = Server(fsync="on").create().start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            return _figures(f"sqlite:///{directory}/", server)
    finally:
        server.remove()


def _figures(at: str, server: Server) -> list[Figure]:
    store, shorter = f"{at}long.db", f"{at}short.db"
    _filled(store, EVENTS)
    _filled(shorter, EVENTS // SHORTER)
    _filled(server.url, EVENTS)
    library = _library()
    embedded, of_shorter, postgres = median_of(
        ROUNDS, lambda: _rebuilt(store), lambda: _rebuilt(shorter), lambda: _rebuilt(server.url)
    )
    (caught_up,) = median_of(ROUNDS, lambda: _caught_up(server.url))
    waited = _longest_wait(store)
    memory = peak((sys.executable, "-m", "service.cli", "replay", "--store", store), ROOT)
    (verified,) = median_of(ROUNDS, lambda: _verified(store))
    checked = sum(_seconds("replay", log, "--check", golden) for log, golden in (STORY, CORPUS))
    return [
        at_least("replay on PostgreSQL in place, to the library's runner", postgres, library, "events/s", 40),
        at_least("replay into an embedded store in place, to the same", embedded, library, "events/s", 40),
        Figure("the same", embedded, None, "events/s", None, ">= 50,000 events/s", met=embedded >= WANTED),
        at_least(f"the same, to a log {SHORTER} times shorter", embedded, of_shorter, "events/s", 1 / 1.05),
        at_least("catching up with a log that is ahead, to the runner", caught_up, library, "events/s", 15),
        below("peak memory of a replay in place, all processes", memory, 600, "MiB"),
        below("the longest an append waited for a replay in place", waited * 1000, 1_000, "ms"),
        Figure("asof verify", verified, None, "events/s", None, ">= 200,000 events/s", met=verified >= VERIFIED),
        below("replay --check of the sample story and the corpus", checked, 2, "s"),
    ]


def _filled(store: str, events: int) -> None:
    """A store of so many events, with its views."""
    filled(store, islice(_told(events), ACTORS + events))


def _entries(events: int) -> Iterator[StoredEntry]:
    """The log: actors, so many events, and some more that a log may be ahead by."""
    return entries(_told(events), late=ACTORS + events + 1)


def _told(events: int) -> Iterator[corpus.Json]:
    return chain(corpus.registrations(ACTORS), corpus.events(events, actors=ACTORS), _more(events))


def _more(before: int) -> Iterator[corpus.Json]:
    return corpus.events(ROUNDS * BEHIND, seed=8, actors=ACTORS, first=before)


def _rebuilt(store: str) -> float:
    """Events a second; what is answered then is what folding event by event answers."""
    with open_for_rebuild(store) as (log, views):
        began = time.perf_counter()
        position = rebuild(log, views, reopen=reopening(store))
        seconds = time.perf_counter() - began
        assert view(views, THEN) == _folded(log)
    return position / seconds


def _folded(log: EventLog) -> View:
    """The answers, folded event by event."""
    with services("sqlite://") as scratch:
        with scratch.log.session() as session:
            session.restore(log.read(0, THEN.at))
        scratch.projector.catch_up()
        return view(scratch.views, THEN)


def _caught_up(store: str) -> float:
    """Events a second of views that were behind."""
    with open_for_rebuild(store) as (log, views):
        before = log.head().position
        append(log, islice(_entries(EVENTS), before, before + BEHIND))
        began = time.perf_counter()
        assert Projector(log, views).catch_up() == before + BEHIND
        return BEHIND / (time.perf_counter() - began)


def _longest_wait(store: str) -> float:
    """Seconds."""
    done, longest = threading.Event(), 0.0

    def work() -> None:
        _rebuilt(store)
        done.set()

    with services(store) as inside:
        working = threading.Thread(target=work)
        working.start()
        number = 0
        while not done.wait(0.01):
            number += 1
            wire = {"type": "ActorRegistered", "id": f"n{number}", "actor": f"n{number}", "name": "N", "kind": "other"}
            began = time.perf_counter()
            inside.appender.append([Proposal(wire, None, "")])
            longest = max(longest, time.perf_counter() - began)
        working.join()
    return longest


def _library() -> float:
    """Events a second of the library's runner; the registrations ahead of them are folded before."""
    server = Server(fsync="on").create().start()
    try:
        with open_for_rebuild(server.url) as (log, views):
            entries = list(islice(_entries(OF_LIBRARY), ACTORS + OF_LIBRARY))
            append(log, iter(entries))
            return run_library(server, log, views, entries, ACTORS)
    finally:
        server.remove()


def _verified(store: str) -> float:
    with log_of(store) as log:
        events = log.head().position
    return events / _seconds("verify", "--store", store)


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "service.cli", *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began
