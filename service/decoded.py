"""Events of the log, decoded: what is stored, its wire form and what it says, together."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import orjson

from adapters.codec.chain import canonical, leaf
from adapters.codec.decode import event_of
from domain.clocks import show
from domain.events import DevelopmentEvent, Event, Recorded
from domain.ports import StoredEntry
from domain.unavailable import Unreadable


class DecodedEntry(NamedTuple):
    """An event of the log, decoded: its wire form and what it says."""

    entry: StoredEntry
    wire: dict[str, Any]
    event: Event

    def leaf(self) -> bytes:
        """The leaf of the hash chain: of the event as exported."""
        stamp = {"position": self.entry.position, "recorded_at": show(self.entry.recorded_at)}
        return leaf(canonical(self.wire | stamp))


def decode(entry: StoredEntry) -> DecodedEntry:
    """Decode an event of the log, whatever shape it was stored in. Raises Unreadable."""
    try:
        wire = orjson.loads(entry.body)
        return DecodedEntry(entry, wire, event_of(wire))
    except (ValueError, KeyError, TypeError) as fault:
        raise Unreadable(entry.position, f"{fault}" if isinstance(fault, ValueError) else f"{fault!r}") from fault


def recorded_of(item: DecodedEntry) -> Recorded[DevelopmentEvent]:
    """An event of a development as it was recorded."""
    entry = item.entry
    return Recorded(entry.position, entry.version, entry.recorded_at, cast("DevelopmentEvent", item.event))
