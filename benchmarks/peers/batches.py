"""Rows for several tables, gathered so that each statement stores many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from benchmarks.peers.states import Row, Values

SIZE = 5_000


def batches(rows: Iterable[Row]) -> Iterator[tuple[str, list[Values]]]:
    """(table, rows of it) until there are none."""
    gathered: defaultdict[str, list[Values]] = defaultdict(list)
    for table, row in rows:
        gathered[table].append(row)
        if len(gathered[table]) == SIZE:
            yield table, gathered.pop(table)
    yield from gathered.items()
