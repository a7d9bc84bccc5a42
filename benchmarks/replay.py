"""Replay: views built anew in place, the log verified, goldens checked; beside it the library's `ProjectionRunner`.

The runner needs a store that can be subscribed to, which of the library's is PostgreSQL alone; it folds with the same
projections, an event a transaction.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from adapters.log.postgres import PostgresLog
from adapters.postgres import Database
from adapters.views.postgres import PostgresViews
from benchmarks import corpus
from benchmarks.report import Figure, at_least, below, median_of
from benchmarks.runner import run_library
from domain.ports import StoredEntry
from service.compose import Services, services
from service.judge import Proposal
from service.rebuild import rebuild
from service.replay.views import Checkpoint, view
from tests.postgres import Server

EVENTS = 100_000
"""May be set to more: `--events`."""
OF_LIBRARY = 2_000
ROUNDS = 3
ACTORS = 700
MEBIBYTE = 1024
ROOT = Path(__file__).parents[1]
STORY = ("service/story/log.ndjson", "tests/replay/golden/story")
CORPUS = ("tests/replay/corpus/log.ndjson", "tests/replay/golden/corpus")


def figures() -> list[Figure]:
    """Replay in place, its memory, what appends wait for it; verify; the checks."""
    with tempfile.TemporaryDirectory() as directory:
        store = f"sqlite:///{directory}/replay.db"
        with services(store) as inside:
            inside.restorer.restore(enumerate(_lines(EVENTS), 1))
            events = inside.log.head().position
            library = _library(inside.log.read(0, ACTORS + OF_LIBRARY))
            (rate,) = median_of(ROUNDS, lambda: _rebuilt(inside))
            waited = _longest_wait(inside)
        (verified,) = median_of(ROUNDS, lambda: _verified(store, events))
        memory = _peak("replay", "--store", store)
    checked = sum(_seconds("replay", log, "--check", golden) for log, golden in (STORY, CORPUS))
    return [
        at_least("replay into an embedded store in place, to the library's runner", rate, library, "events/s", 40),
        Figure("asof verify", verified, None, "events/s", None, ">= 200,000 events/s", met=verified >= 200_000),
        below("peak memory of a replay in place", memory, 600, "MiB"),
        below("the longest an append waited for a replay in place", waited * 1000, 1_000, "ms"),
        below("replay --check of the sample story and the corpus", checked, 2, "s"),
    ]


def _lines(count: int) -> Iterator[dict[str, Any]]:
    sent = chain(corpus.registrations(ACTORS), corpus.events(count, actors=ACTORS))
    for position, event in enumerate(sent, 1):
        reported = event.get("report", {}).get("reported", "2014-12-31")
        yield {"position": position, "recorded_at": f"{reported}T12:00:00Z", **event}


def _rebuilt(inside: Services) -> float:
    """Events a second; the answers are those of before."""
    then = Checkpoint(None, ACTORS + OF_LIBRARY)
    before = view(inside.views, then)
    began = time.perf_counter()
    position = rebuild(inside.log, inside.rebuildable)
    seconds = time.perf_counter() - began
    assert view(inside.views, then) == before
    return position / seconds


def _longest_wait(inside: Services) -> float:
    """Seconds."""
    done, longest = threading.Event(), 0.0

    def work() -> None:
        _rebuilt(inside)
        done.set()

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


def _library(entries: Sequence[StoredEntry]) -> float:
    """Events a second of the library's runner; the registrations ahead of them are folded before."""
    server = Server(fsync="on").create().start()
    try:
        with closing(Database(server.url)) as database:
            log, views = PostgresLog(database), PostgresViews(database)
            with log.session() as session:
                session.restore(entries)
            return run_library(server, log, views, entries, ACTORS)
    finally:
        server.remove()


def _verified(store: str, events: int) -> float:
    return events / _seconds("verify", "--store", store)


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "service.cli", *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def _peak(*arguments: str) -> float:
    """Mebibytes that the command had in memory at its most; others started here before had less or count as well."""
    _seconds(*arguments)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEBIBYTE
