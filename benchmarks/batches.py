"""Batches of 1,000 at the log, beside the same rows put into the same tables by the fastest statement of the store."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.group_commit import NOON, put
from benchmarks.report import Figure, at_least, median_of
from benchmarks.stores import Opened, Rows, Store
from domain.ports import NewEntry

BATCH = 1_000
A_ROUND = 5


def figure(store: Store, opened: Opened, ours: Iterator[NewEntry], rounds: int) -> Figure:
    """Events a second; every batch is a transaction, durable on both sides."""
    stored = 0

    def put_raw() -> float:
        nonlocal stored
        batches = []
        for _ in range(A_ROUND):
            batches.append(rows_of(list(islice(ours, BATCH)), stored))
            stored += BATCH
        began = time.perf_counter()
        for rows in batches:
            opened.raw(rows)
        return A_ROUND * BATCH / (time.perf_counter() - began)

    def append() -> float:
        batches = [list(islice(ours, BATCH)) for _ in range(A_ROUND)]
        began = time.perf_counter()
        for batch in batches:
            put(opened.log, batch)
        return A_ROUND * BATCH / (time.perf_counter() - began)

    before = opened.log.head().position
    measured, raw = median_of(rounds, append, put_raw)
    assert opened.log.head().position - before == stored
    name = f"{store.name}: batches of {BATCH:,} at the log, to raw {store.fastest}"
    return at_least(name, measured, raw, "events/s", store.of_raw)


def rows_of(entries: Sequence[NewEntry], after: int) -> Rows:
    """Streams and events, numbered from behind the position on; each event opens its stream."""
    numbered = list(enumerate(entries, after + 1))
    streams = [(n, entry.stream) for n, entry in numbered]
    return streams, [(n, n, entry.version, entry.type, NOON, entry.id, None, entry.body) for n, entry in numbered]
