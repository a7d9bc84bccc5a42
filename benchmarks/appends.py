"""Single appends by many at once, beside the library's own recorder through a thread pool, of the same durability.

Again on a disk whose flush takes a millisecond longer, as those of most servers do: this program once more under a
shim (`slow_fsync.c`), where there is a C compiler.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from benchmarks import batches, processes
from benchmarks import service_appends as shown
from benchmarks.group_commit import Gathered, entries, put, stored_events
from benchmarks.report import Figure, at_least, below, median_of
from benchmarks.stores import STORES, Opened, Store
from benchmarks.tasks import at_once, in_threads
from domain.ports import EventLog, NewEntry

CLIENTS = 64
ROUNDS = 9
SECONDS = 0.25
"""About as long lasts each measured piece."""
MANY = 1_000_000
BATCH = 10_000
SLOWER_US = 1_000
P99_MS = 12.0


def figures() -> list[Figure]:
    """All of them, for every store."""
    found: list[Figure] = []
    for store in STORES:
        with store.open() as opened:
            ours = entries()
            found += _log(store, opened, ours, "", store.times)
            found.append(batches.figure(store, opened, ours, ROUNDS))
            found.append(_long(store, opened, ours))
        found.append(processes.figure(store, CLIENTS, ROUNDS))
        with store.open() as opened:
            found += shown.figures(store, opened, CLIENTS, ROUNDS)
    return found + _slower()


def _log(store: Store, opened: Opened, ours: Iterator[NewEntry], disk: str, times: float) -> list[Figure]:
    """At the log, by many and by one."""
    theirs, seconds = stored_events(), list[float]()
    with closing(Gathered(opened.log)) as gathered, ThreadPoolExecutor(CLIENTS) as pool:
        library = in_threads(pool, opened.insert)
        # What finds out how many appends last long enough checks and warms up as well.
        count = int(SECONDS * at_once(gathered.append_soon, ours, 4_000, CLIENTS).rate)
        slow_count = int(SECONDS * at_once(library, theirs, 400, CLIENTS).rate)
        assert opened.library.max_notification_id() == 400
        _check(opened.log)

        def gather() -> float:
            load = at_once(gathered.append_soon, ours, count, CLIENTS)
            seconds.extend(load.seconds)
            return load.rate

        by_many, by_one = _pgbench(opened, CLIENTS, slow_count * 8), _pgbench(opened, 1, slow_count)
        many, baseline, *other = median_of(
            ROUNDS, gather, lambda: at_once(library, theirs, slow_count, CLIENTS).rate, *by_many
        )
        one, plain, *other_one = median_of(
            ROUNDS,
            lambda: _one_by_one(gathered.append, ours, slow_count),
            lambda: _one_by_one(lambda entry: put(opened.log, [entry]), ours, slow_count),
            *by_one,
        )
        _check(opened.log)
    name, p99 = f"{store.name}{disk}", statistics.quantiles(seconds, n=100)[-1] * 1_000
    return [
        at_least(f"{name}: {CLIENTS} at once, to the library's recorder", many, baseline, "appends/s", times),
        below(f"{name}: {CLIENTS} at once, p99", p99, P99_MS, "ms"),
        at_least(f"{name}: one client, to a plain commit", one, plain, "appends/s", 0.9),
        *(at_least(f"{name}: {CLIENTS} at once, to pgbench with as many", many, tps, "appends/s", 1) for tps in other),
        *(at_least(f"{name}: one client, to pgbench with one", one, tps, "appends/s", 0.9) for tps in other_one),
    ]


def _pgbench(opened: Opened, clients: int, count: int) -> list[Callable[[], float]]:
    program = opened.pgbench
    return [] if program is None else [lambda: program.commits(clients, count)]


def _one_by_one(append: Callable[[NewEntry], None], items: Iterator[NewEntry], count: int) -> float:
    chosen = list(islice(items, count))
    began = time.perf_counter()
    for item in chosen:
        append(item)
    return count / (time.perf_counter() - began)


def _check(log: EventLog) -> None:
    """Everything is there once, as it was sent, in an order without a gap."""
    position = 0
    end = log.head().position
    sent = {entry.id: entry for entry in islice(entries(), end)}
    while page := log.read(position, BATCH):
        for entry in page:
            position += 1
            assert entry.position == position
            expected = sent.pop(entry.id)
            assert (entry.stream, entry.version, entry.body) == (expected.stream, expected.version, expected.body)
    assert (position, sent) == (end, {})


def _long(store: Store, opened: Opened, ours: Iterator[NewEntry]) -> Figure:
    """With a million events stored, to a log that is as good as empty."""
    with store.open() as empty:
        new = entries()
        while opened.log.head().position < MANY:
            put(opened.log, list(islice(ours, BATCH)))
        with closing(Gathered(opened.log)) as full, closing(Gathered(empty.log)) as fresh:
            at_once(full.append_soon, ours, 2_000, CLIENTS)
            at_once(fresh.append_soon, new, 2_000, CLIENTS)
            many, few = median_of(
                ROUNDS,
                lambda: at_once(full.append_soon, ours, 10_000, CLIENTS).rate,
                lambda: at_once(fresh.append_soon, new, 10_000, CLIENTS).rate,
            )
    return at_least(f"{store.name}: {CLIENTS} at once with a million stored, to none", many, few, "appends/s", 0.85)


def _slower() -> list[Figure]:
    """The same under the shim, by a process of its own."""
    compiler = shutil.which("cc")
    if compiler is None:
        print("appends: no C compiler, so nothing is measured on a slower disk", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as directory:
        shim = f"{directory}/slow_fsync.so"
        source = str(Path(__file__).with_name("slow_fsync.c"))
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
        Path(directory).chmod(0o755)  # PostgreSQL runs as another user
        under = os.environ | {"LD_PRELOAD": shim, "SLOW_FSYNC_US": str(SLOWER_US)}
        printed = subprocess.run([sys.executable, "-m", __name__], env=under, check=True, stdout=subprocess.PIPE).stdout
    return [Figure(**figure) for figure in json.loads(printed)]


def slower() -> list[Figure]:
    """What this process measures under the shim."""
    found: list[Figure] = []
    for store in STORES:
        with store.open() as opened:
            found += _log(store, opened, entries(), ", a flush 1 ms longer", store.times_slow)
    return found


if __name__ == "__main__":
    print(json.dumps([asdict(figure) for figure in slower()]))
