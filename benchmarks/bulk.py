"""Bulk append to the embedded store: NDJSON batches over HTTP, validated, durable, visible.

Beside it a raw `executemany` of the same rows in as many transactions of the same durability: of the log's rows into
the log's table alone, and of every row that the store gets (log and views) into the same tables.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import corpus, raw
from benchmarks.report import Figure, at_least, at_most, median_of
from benchmarks.server import Server, serving

BATCH = 1_000
ROUNDS = 7
BATCHES_A_ROUND = 10
LONG = 1_000_000
NDJSON = {"Content-Type": "application/x-ndjson"}
LOG = ("event",)
EVERYTHING = (*raw.ORDER, "word")


def figures() -> list[Figure]:
    """Throughput in rounds, then memory over a million events."""
    with tempfile.TemporaryDirectory() as directory:
        return [*_throughput(Path(directory)), _memory(Path(directory) / "long.db")]


def _throughput(directory: Path) -> list[Figure]:
    bodies = list(corpus.ndjson(corpus.events(ROUNDS * BATCHES_A_ROUND * BATCH), BATCH))
    example = directory / "example.db"
    with serving(example) as server, _client(server) as client:
        _register(client)
        for body in bodies:
            _append(client, body)
        _check(client)
    statements = raw.definitions(example)
    log, everything = raw.Raw(directory / "log.db", statements), raw.Raw(directory / "all.db", statements)
    spans = iter(
        [corpus.ACTORS + number * BATCHES_A_ROUND * BATCH for number in range(ROUNDS) for _ in (LOG, EVERYTHING)]
    )

    def inserted(into: raw.Raw, tables: tuple[str, ...]) -> float:
        after = next(spans)
        rows = raw.rows(example, tables, after, after + BATCHES_A_ROUND * BATCH)
        return BATCHES_A_ROUND * BATCH / into.insert(rows, BATCHES_A_ROUND)

    with serving(directory / "measured.db") as server, _client(server) as client:
        _register(client)
        following = iter(bodies)
        measured, of_log, of_all = median_of(
            ROUNDS,
            lambda: _load(client, following),
            lambda: inserted(log, LOG),
            lambda: inserted(everything, EVERYTHING),
        )
        _check(client)
    return [
        at_least("bulk over HTTP, to raw executemany of the log's rows", measured, of_log, "events/s", 0.35),
        at_least("bulk over HTTP, to raw executemany of every row stored", measured, of_all, "events/s", 0.35),
    ]


def _client(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=60)


def _register(client: httpx.Client) -> None:
    for body in corpus.ndjson(corpus.registrations(), BATCH):
        _append(client, body)


def _append(client: httpx.Client, body: bytes) -> None:
    client.post("/v1/events", content=body, headers=NDJSON).raise_for_status()


def _load(client: httpx.Client, bodies: Iterator[bytes]) -> float:
    """Events a second over one round."""
    began = time.perf_counter()
    for _ in range(BATCHES_A_ROUND):
        _append(client, next(bodies))
    return BATCHES_A_ROUND * BATCH / (time.perf_counter() - began)


def _check(client: httpx.Client) -> None:
    """Everything that was acknowledged is stored and visible."""
    expected = corpus.ACTORS + ROUNDS * BATCHES_A_ROUND * BATCH
    ready = client.get("/readyz").json()
    assert (ready["position"], ready["visible"]) == (expected, expected), ready


def _memory(store: Path) -> Figure:
    with serving(store) as server, _client(server) as client:
        _register(client)
        samples: list[float] = []
        for body in corpus.ndjson(corpus.events(LONG), BATCH):
            _append(client, body)
            samples.append(server.resident_mb())
    return at_most(
        "memory after a million events, to a tenth of the way", samples[-1], samples[len(samples) // 10], "MB", 1.2
    )
