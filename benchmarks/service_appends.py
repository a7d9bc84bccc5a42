"""Appends through the whole service: checked, judged, durable and visible."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import httpx
import orjson

from benchmarks import clients, corpus
from benchmarks.batches import BATCH, rows_of
from benchmarks.copied import copied
from benchmarks.group_commit import entries, stored_events
from benchmarks.report import Figure, at_least, below, median_of
from benchmarks.server import serving
from benchmarks.stores import Opened, Store
from benchmarks.tasks import at_once, at_rate, in_threads
from service.appending.appender import Appended
from service.appending.proposals import JSON, NDJSON, Body, proposals
from service.compose import Services, services
from service.processes.garbage import collect_rarely

ACTORS = 500
COUNT = 1_000
A_SECOND = 1_000
VISIBLE_MS = 50.0
LOOKS = 0.001
"""Seconds between two looks at how far the views are."""


def figures(kind: Store, opened: Opened, by: int, rounds: int) -> list[Figure]:
    """By tasks of this process, by clients of a server, in batches, and how soon what is durable is visible."""
    store, theirs, bodies = kind.name, stored_events(), _bodies()
    with ThreadPoolExecutor(by) as pool:
        library = in_threads(pool, opened.insert)
        with services(opened.url) as inside:
            collect_rarely()
            registrations = b"\n".join(map(orjson.dumps, corpus.registrations(ACTORS)))
            inside.appender.append(proposals(Body(registrations, NDJSON), None))
            many, baseline = median_of(
                rounds,
                lambda: at_once(lambda body: _append(inside, body), bodies, COUNT, by).rate,
                lambda: at_once(library, theirs, COUNT // 2, by).rate,
            )
            seconds = _until_visible(inside, bodies)
            _check(inside, ACTORS + rounds * COUNT + 3 * A_SECOND)
        with serving(opened.url) as server, httpx.Client(base_url=server.url, timeout=60) as client:
            over_http, of_library = median_of(
                rounds,
                lambda: clients.post(f"{server.url}/v1/events", list(islice(bodies, COUNT)), by).rate,
                lambda: at_once(library, theirs, COUNT // 2, by).rate,
            )
            batched, of_raw, *of_all = _batches(rounds, opened, client, bodies)
            ready = client.get("/readyz").json()
            assert ready["visible"] == ACTORS + 2 * rounds * COUNT + 3 * A_SECOND + rounds * BATCH, ready
    p99 = statistics.quantiles(seconds, n=100)[-1] * 1_000
    return [
        at_least(
            f"{store}: {by} at once through all of the service, to the library storing bytes",
            many,
            baseline,
            "appends/s",
            1,
        ),
        at_least(f"{store}: {by} HTTP clients, to the library storing bytes", over_http, of_library, "appends/s", 1),
        at_least(
            f"{store}: batches of {BATCH:,} over HTTP, visible, to raw {kind.fastest} of the log's rows",
            batched,
            of_raw,
            "events/s",
            0.4,
        ),
        *(
            at_least(f"{store}: the same, to raw {kind.fastest} of every row stored", batched, whole, "events/s", 0.4)
            for whole in of_all
        ),
        below(f"{store}: from durable to visible, {A_SECOND:,} appends a second, p99", p99, VISIBLE_MS, "ms"),
    ]


def _bodies() -> Iterator[bytes]:
    events = corpus.events(1_000_000, actors=ACTORS)
    return (orjson.dumps(event) for event in events if event["type"] == "DevelopmentReported")


async def _append(inside: Services, body: bytes, *, wait: bool = True) -> Appended:
    return await inside.appender.append_soon(proposals(Body(body, JSON), None), wait=wait)


def _batches(rounds: int, opened: Opened, client: httpx.Client, bodies: Iterator[bytes]) -> Sequence[float]:
    """Events a second over HTTP, by storing the log's rows alone, and, in PostgreSQL, every row again."""
    ways = [lambda: _post_batch(client, bodies), _raw(opened)]
    if opened.again is None:
        return median_of(rounds, *ways)
    with copied(opened.url, opened.again) as again:
        return median_of(rounds, *ways, lambda: BATCH / again.seconds(*_last_batch(client)))


def _last_batch(client: httpx.Client) -> tuple[int, int]:
    position = client.get("/readyz").json()["position"]
    return position - BATCH, position


def _post_batch(client: httpx.Client, bodies: Iterator[bytes]) -> float:
    batch = b"\n".join(islice(bodies, BATCH))
    began = time.perf_counter()
    client.post("/v1/events", content=batch, headers={"Content-Type": NDJSON}).raise_for_status()
    return BATCH / (time.perf_counter() - began)


def _raw(opened: Opened) -> Callable[[], float]:
    ours, numbers = entries(), count(0, BATCH)

    def put() -> float:
        rows = rows_of(list(islice(ours, BATCH)), next(numbers))
        began = time.perf_counter()
        opened.raw(rows)
        return BATCH / (time.perf_counter() - began)

    return put


def _check(inside: Services, expected: int) -> None:
    with inside.views.snapshot() as snapshot:
        assert inside.log.head().position == snapshot.head.position == expected


def _until_visible(inside: Services, bodies: Iterator[bytes]) -> list[float]:
    """Seconds from the answer that says durable to the first look that sees it, for every append of three seconds."""
    durable: list[tuple[float, int]] = []
    looks: list[tuple[float, int]] = []
    ended = threading.Event()

    def look() -> None:
        while not (ended.is_set() and looks[-1][1] >= inside.log.head().position):
            with inside.views.snapshot() as snapshot:
                looks.append((time.perf_counter(), snapshot.head.position))
            time.sleep(LOOKS)

    async def append(body: bytes) -> None:
        appended = await _append(inside, body, wait=False)
        durable.append((time.perf_counter(), appended.position))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        at_rate(append, bodies, 3 * A_SECOND, A_SECOND)
    finally:
        ended.set()
        looking.join()
    seen = iter(looks)
    at, upto = next(seen)
    found: list[float] = []
    for when, position in sorted(durable, key=lambda one: one[1]):
        while upto < position:
            at, upto = next(seen)
        found.append(max(0.0, at - when))
    return found
