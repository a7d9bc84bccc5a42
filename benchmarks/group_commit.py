"""Single appends to a log, gathered: no rules, no views, just what one commit for many costs and brings."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

from benchmarks import corpus
from domain.ports import EventLog, NewEntry
from service.appending.batching import Batcher
from service.appending.reply import Reply, tell

TOGETHER = 2_000
BODIES = 5_000
NOON = 1_700_000_000_000_000

Item = tuple[NewEntry, Reply[None]]


def entries(name: str = "") -> Iterator[NewEntry]:
    """Events without end, each the first of its stream; others under another name."""
    bodies = [(event["type"], orjson.dumps(event)) for event in corpus.events(BODIES)]
    for number, (kind, body) in enumerate(itertools.cycle(bodies)):
        yield NewEntry(f"evt-{name}{number:09d}", f"development/d-{name}{number:09d}", 1, kind, body, None)


def stored_events() -> Iterator[StoredEvent]:
    """The same for the library, under keys that keep their neighbourhood."""
    for number, entry in enumerate(entries(), 1):
        yield StoredEvent(UUID(int=number), 1, entry.type, entry.body)


def put(log: EventLog, stored: Sequence[NewEntry]) -> None:
    """A plain commit: one session, in which ids and versions are looked up as every admission does."""
    ids, streams = [entry.id for entry in stored], [entry.stream for entry in stored]
    with log.session(ids, streams) as session:
        assert not session.by_id(ids)
        known = session.versions(streams)
        assert all(known.get(entry.stream, 0) + 1 == entry.version for entry in stored)
        session.append(stored, NOON)


class Gathered:
    """A log whose single appends are gathered."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._batcher = Batcher[Item]("gathered", self._store, TOGETHER)

    def append(self, entry: NewEntry) -> None:
        """By a thread."""
        reply: Reply[None] = Reply()
        self._batcher.put([(entry, reply)], here=True)
        reply.wait()

    async def append_soon(self, entry: NewEntry) -> None:
        """By a task."""
        reply: Reply[None] = Reply(asyncio.get_running_loop())
        self._batcher.put([(entry, reply)])
        await reply.soon()

    def close(self) -> None:
        self._batcher.close()

    def _store(self, items: Sequence[Item]) -> None:
        try:
            put(self._log, [entry for entry, _ in items])
        except Exception as fault:
            tell((reply, fault) for _, reply in items)
            raise
        tell((reply, None) for _, reply in items)
