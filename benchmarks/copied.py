"""The rows of a store in PostgreSQL, copied again by COPY alone: the floor that appends stand on there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.raw import ORDER
from service.compose import services

_STREAMS = "SELECT s.* FROM stream s JOIN event e ON e.stream = s.no AND e.version = 1 WHERE {} ORDER BY s.no"


class Copied:
    """A second store with the same tables and indexes, which gets the rows of the first as they are."""

    def __init__(self, store: psycopg.Connection, again: psycopg.Connection) -> None:
        self._store = store
        self._again = again

    def seconds(self, after: int, upto: int) -> float:
        """To store again every row that came with these positions, in one durable transaction."""
        found = {table: self._rows(table, after, upto) for table in ORDER}
        began = time.perf_counter()
        for table, rows in found.items():
            with self._again.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.write(rows)
        self._again.commit()
        return time.perf_counter() - began

    def _rows(self, table: str, after: int, upto: int) -> bytes:
        place = "e.position" if table == "stream" else ORDER[table]
        of = f"{place} > {after} AND {place} <= {upto}"
        asked = _STREAMS.format(of) if table == "stream" else f"SELECT * FROM {table} WHERE {of} ORDER BY {place}"
        with self._store.cursor().copy(f"COPY ({asked}) TO STDOUT (FORMAT BINARY)".encode()) as copy:
            rows = b"".join(map(bytes, copy))
        self._store.rollback()
        return rows


@contextmanager
def copied(store: str, again: str) -> Iterator[Copied]:
    """Of a store that has its tables already, into another that has none."""
    with services(again):
        pass
    with psycopg.connect(store) as first, psycopg.connect(again) as second:
        yield Copied(first, second)
