"""The log itself: its head, and its events as they were stored."""

from __future__ import annotations

import orjson

from adapters.codec.chain import EMPTY_HEAD
from domain.clocks import show
from domain.ports import Snapshot, StoredEntry
from domain.questions import Selection
from service.reading.answers import NotThere, One, Page
from service.reading.cursors import Start
from service.reading.pins import Pin


def head(snapshot: Snapshot, pinned: Pin) -> One:
    """The position of the log, or an earlier one, and the head of the hash chain there in hex."""
    chain = snapshot.chain_head(pinned.at) or EMPTY_HEAD
    return One(pinned, orjson.dumps({"position": pinned.at, "head": chain.hex()}))


def events(snapshot: Snapshot, begin: Start, which: Selection, after: int) -> Page:
    """The log in order behind a position, as stored."""
    (after,) = begin.key or [after]
    found = snapshot.events(which, after, begin.pin.at, begin.limit + 1)
    shown = found[: begin.limit]
    following = begin.next([shown[-1].position]) if len(found) > begin.limit else None
    return Page(begin.pin, [export_line(entry) for entry in shown], following)


def event(snapshot: Snapshot, pinned: Pin, number: int) -> One:
    """One event as stored. Raises NotThere beyond the position."""
    found = snapshot.events(Selection(), number - 1, min(number, pinned.at), 1) if number > 0 else []
    if not found:
        raise NotThere("event", str(number), exists=0 < number <= snapshot.head.position, pin=pinned)
    return One(pinned, export_line(found[0]))


def export_line(entry: StoredEntry) -> bytes:
    """An event as exported: position and recorded_at, then everything as stored, one flat JSON object."""
    stamp = orjson.dumps({"position": entry.position, "recorded_at": show(entry.recorded_at)})
    return stamp[:-1] + b"," + entry.body[1:]
