"""Replaying a log into another store: its events, as they are, and everything that answers built from them.

The other store is empty, or has the beginning of the same log; what was interrupted goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from adapters.codec.chain import EMPTY_HEAD, head
from adapters.codec.pointers import pointer
from domain.ports import EventLog, StoredEntry
from domain.rebuilding import Rebuildable
from domain.unavailable import Unavailable
from service.progress import Progress, quiet
from service.projecting.projector import Projector
from service.rebuilding.folding import Reopen
from service.rebuilding.rebuild import level
from service.verifying import leaves

BATCH = 5_000
"""Events of one durable commit."""


class Differs(Exception):  # noqa: N818 (named for what it says)
    """The other store has another log; `position` is the first event that is not the same."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"position {position}: {detail}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Replayed:
    """The log that both have: its last position, its head there, and how many events came in."""

    position: int
    head: bytes
    stored: int


def replay_into(
    source: EventLog, log: EventLog, views: Rebuildable, progress: Progress = quiet, reopen: Reopen | None = None
) -> Replayed:
    """Bring another store, its log and its views, to where the source is; `reopen` as for `rebuild`.

    Raises Differs where what the other has is no beginning of the source's log, or the source itself is not sound;
    nothing was stored then from that event on. Raises Unavailable; what was stored stays then, for the next time.
    `progress` is told the position up to which the logs are the same, then that of the views.
    """
    upto, held = source.head().position, log.head().position
    if held > upto:
        raise Differs(upto + 1, f"the log ends at {upto}, and the store goes on: {log.read(upto, 1)[0].id}")
    chain = EMPTY_HEAD
    for entries, made in _sound(source, upto):
        begins, ends = entries[0].position, entries[-1].position
        _compare(entries, made, log.read(begins - 1, BATCH, min(held, ends)) if begins <= held else ())
        _store(log, [entry for entry in entries if entry.position > held])
        for leaf in made:
            chain = head(chain, leaf)
        progress(ends)
    level(log, views, Projector(log, views), progress, reopen)
    with views.snapshot() as snapshot:
        built = snapshot.chain_head(upto) or EMPTY_HEAD
    if built != chain:
        raise Differs(upto, f"the store makes the head {built.hex()}, the log makes {chain.hex()}")
    return Replayed(upto, chain, upto - held)


def _sound(source: EventLog, upto: int) -> Iterator[tuple[Sequence[StoredEntry], list[bytes]]]:
    """The events of the source, some at a time, with their leaves. Raises Differs for the first that is not sound."""
    position = 0
    while position < upto:
        entries = source.read(position, BATCH, upto)
        found = leaves.of_entries(entries, exactly=True)
        if found.fault is not None:
            raise Differs(*found.fault)
        missing = next((n for n, entry in enumerate(entries, position + 1) if entry.position != n), None)
        if missing is not None or not entries:
            raise Differs(missing or position + 1, "missing in the log")
        yield entries, found.made
        position = entries[-1].position


def _compare(entries: Sequence[StoredEntry], made: Sequence[bytes], others: Sequence[StoredEntry]) -> None:
    """Raise Differs for the first of the store's events that is not the log's."""
    for entry, leaf, other in zip(entries, made, others, strict=False):
        # What is stored in other bytes may still say the same.
        if entry[:-1] != other[:-1]:
            found = leaves.of_entries([other], exactly=True)
            if found.made != [leaf]:
                raise Differs(entry.position, _difference(entry, other, found.fault))


def _difference(entry: StoredEntry, other: StoredEntry, fault: leaves.Mismatch | None) -> str:
    if fault is not None:
        return f"what the store has is not sound: {fault.detail}"
    if (entry.id, entry.type) != (other.id, other.type):
        return f"the store has {other.id} ({other.type}), the log {entry.id} ({entry.type})"
    places = ["/recorded_at"] if entry.recorded_at != other.recorded_at else []
    places += [pointer(path) for path in _differing(orjson.loads(entry.body), orjson.loads(other.body))]
    return f"the store has {other.id} ({other.type}) with other content than the log: {', '.join(places) or 'its form'}"


def _differing(one: Any, other: Any) -> Iterator[tuple[str, ...]]:
    """The members that are not the same, each as a path from the event on; of a list, the list."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from ((key, *path) for path in _differing(one.get(key), other.get(key)))
    elif one != other:
        yield ()


def _store(log: EventLog, entries: Sequence[StoredEntry]) -> None:
    if not entries:
        return
    with log.session() as session:
        if session.head.position != entries[0].position - 1:
            raise Unavailable("somebody else appends to the store: it would not become the same log")
        session.restore(entries)
