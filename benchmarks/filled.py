"""Stores that are filled the quick way: a log restored as it is, and the views loaded from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import psycopg

from adapters.codec.encode import body_of
from benchmarks.corpus import Json
from domain import edtf
from domain.ports import EventLog, StoredEntry
from domain.streams import stream_of_wire
from service.rebuilding.rebuild import rebuild
from service.stores import POSTGRES, log_of, open_for_rebuild, reopening

PAGE = 5_000
LAST_DAY = "2026-01-01"


def filled(store: str, sent: Iterable[Json]) -> None:
    """A store of these events, with its views."""
    with log_of(store) as log:
        append(log, entries(sent))
    with open_for_rebuild(store) as (log, views):
        rebuild(log, views, reopen=reopening(store))
    settle(store)


def settle(store: str) -> None:
    """Have PostgreSQL do at once what it does by itself in the minutes after a load, beside the questions."""
    if store.startswith(POSTGRES):
        with psycopg.connect(store, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


def append(log: EventLog, stored: Iterator[StoredEntry]) -> None:
    """Put entries behind the log, as they are."""
    while page := list(islice(stored, PAGE)):
        with log.session() as session:
            session.restore(page)


def entries(sent: Iterable[Json], late: int | None = None) -> Iterator[StoredEntry]:
    """Events as a log has them, each recorded on the day of its report; those from position `late` on, on LAST_DAY."""
    versions: Counter[str] = Counter()
    for position, wire in enumerate(sent, 1):
        stream = stream_of_wire(wire)
        versions[stream] += 1
        day = wire.get("report", {}).get("reported", "2014-12-31")
        recorded_at = edtf.single(LAST_DAY if late is not None and position >= late else day).ends
        yield StoredEntry(
            position, recorded_at, wire["id"], stream, versions[stream], wire["type"], body_of(wire), None
        )
