"""A stretch of the log folded by itself: what begins in it from beginning to end, whatever lies between.

Streams need nothing of each other but the merges of actors, so stretches are folded side by side, each stream whole:
its rows are then stored once, as they are at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import NamedTuple

from domain.events import ACTOR_EVENTS, ActorEvent, DevelopmentEvent, Recorded
from domain.ports import EventLog
from domain.projections.mentions import mentions
from domain.projections.merges import Merges
from domain.projections.stream import fold_stream
from domain.rebuilding import Packing, Rebuildable
from domain.unavailable import Unreadable
from service.decoded import DecodedEntry, decode, recorded_of
from service.processes.worker_pool import hold

Stretch = tuple[int, int]
"""Behind which position it begins, and where it ends."""
Reopen = Callable[[], AbstractContextManager[tuple[EventLog, Rebuildable]]]
"""Opens a store that is open already in another process as well: it can be pickled."""


class Folded(NamedTuple):
    """What a stretch comes to.

    `leaves` are those of the hash chain, 32 bytes each; `packed` is for `domain.rebuilding.Loading.load`.
    """

    leaves: bytes
    actors: list[Recorded[ActorEvent]]
    packed: bytes


class Folding:
    """Folds stretches of a log up to its position `last`."""

    def __init__(self, log: EventLog, packing: Callable[[], Packing], merges: Merges, last: int) -> None:
        self._log = log
        self._packing = packing
        self._merges = merges
        self._last = last

    def fold(self, stretch: Stretch) -> Folded:
        """Raises Unavailable; `domain.unavailable.Unreadable` for an event that is missing or cannot be read."""
        after, upto = stretch
        packing = self._packing()
        leaves: list[bytes] = []
        actors: list[Recorded[ActorEvent]] = []
        streams: dict[str, list[Recorded[DevelopmentEvent]]] = {}
        for item in self._decoded(stretch):
            entry, event = item.entry, item.event
            leaves.append(item.leaf())
            for kind, text in mentions(event):
                packing.mention(kind, text, entry.position)
            if isinstance(event, ACTOR_EVENTS):
                actors.append(Recorded(entry.position, entry.version, entry.recorded_at, event))
            elif entry.version == 1:
                streams[entry.stream] = [recorded_of(item)]
            elif entry.stream in streams:
                streams[entry.stream].append(recorded_of(item))
        for entry in self._log.continued(after, upto, self._last):
            # Those of actors go on too.
            if entry.stream in streams:
                streams[entry.stream].append(recorded_of(decode(entry)))
        for history in streams.values():
            fold = fold_stream(history, self._merges, self._last)
            development = history[0].event.development
            packing.development(fold.dev, development)
            packing.rows(fold.dev, development, fold.drain())
        return Folded(b"".join(leaves), actors, packing.packed())

    def _decoded(self, stretch: Stretch) -> Iterator[DecodedEntry]:
        """Every event of the stretch; raises Unreadable where one is missing."""
        after, upto = stretch
        entries = self._log.read(after, upto - after, upto)
        for position, entry in zip_longest(range(after + 1, upto + 1), entries):
            if entry is None or entry.position != position:
                raise Unreadable(position, "it is missing in the log")
            yield decode(entry)


_folding: list[Folding] = []
"""That of a process which helps, as long as the process lives."""


def begin(reopen: Reopen, merges: Merges, last: int) -> None:
    """In a process that helps: open the store there as well, for `fold`."""
    log, views = hold(reopen())
    _folding.append(Folding(log, views.packing, merges, last))


def fold(stretch: Stretch) -> Folded:
    """As `Folding.fold`, in a process that helps."""
    return _folding[0].fold(stretch)
