"""Loading views from zero: the log is folded a stretch at a time, on every core, and stored in order by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import cast

from adapters.codec.chain import EMPTY_HEAD, LEAF_BYTES, head
from domain.actor import Actors
from domain.events import ActorEvent, Recorded
from domain.ports import EventLog, StoredEntry
from domain.projections.merges import Merges, merged
from domain.rebuilding import Loading, Rebuildable, Shadow
from service.decoded import decode
from service.processes.worker_pool import worker_pool
from service.progress import Progress
from service.rebuilding import folding
from service.rebuilding.folding import Folded, Folding, Reopen, Stretch

STRETCH = 4_000
"""Events of a turn."""
PAUSE = 0.015
"""Seconds behind each turn: who waits for a lock looks for it now and then only, and has to find it free."""


def load(log: EventLog, views: Rebuildable, shadow: Shadow, progress: Progress, reopen: Reopen | None) -> None:
    """Bring views that are empty, or whose loading was interrupted, to where the log ends as this begins.

    With `reopen` a long log is folded by several processes. Raises Unavailable; what was loaded so far stays.
    """
    last = shadow.begin(log.head().position)
    if last is None:
        return
    merges = Merges(_merges(log, last))
    loader = _Loader(shadow)
    stretches = list(_stretches(loader.stand(), last))
    begin = None if reopen is None else partial(folding.begin, reopen, merges, last)
    with worker_pool(len(stretches) * STRETCH if begin else 0, begin) as pool:
        own = Folding(log, views.packing, merges, last)
        folded = pool.map(folding.fold, stretches, own.fold)
        for stretch, made in zip(stretches, folded, strict=True):
            loader.store(stretch, made)
            progress(stretch[1])
            time.sleep(PAUSE)
    shadow.complete()


def _stretches(position: int, last: int) -> Iterator[Stretch]:
    for after in range(position, last, STRETCH):
        yield after, min(after + STRETCH, last)


def _merges(log: EventLog, last: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Every merge of the log."""
    actors = Actors()
    for after, upto in _stretches(0, last):
        for recorded in map(_recorded, log.of_actors(after, upto)):
            if ids := merged(actors.apply(recorded)):
                yield recorded.position, ids
        actors.settle()


def _recorded(entry: StoredEntry) -> Recorded[ActorEvent]:
    return Recorded(entry.position, entry.version, entry.recorded_at, cast("ActorEvent", decode(entry).event))


class _Loader:
    """Stores what was folded, in order, with what depends on the order: the actors and the chain."""

    def __init__(self, shadow: Shadow) -> None:
        self._shadow = shadow
        self._position = -1
        self._actors = Actors()
        self._head = EMPTY_HEAD

    def stand(self) -> int:
        """Up to where is loaded."""
        with self._shadow.load() as loading:
            self._resume(loading)
        return self._position

    def store(self, stretch: Stretch, folded: Folded) -> None:
        """In one transaction; nothing where somebody else has done it meanwhile."""
        after, upto = stretch
        with self._shadow.load() as loading:
            if loading.position != self._position:
                self._resume(loading)
            if loading.position != after:
                return
            loading.load(folded.packed)
            for recorded in folded.actors:
                for actor in self._actors.apply(recorded):
                    loading.actor(recorded.position, actor, self._actors.standing)
            self._actors.settle()
            for number in range(upto - after):
                self._head = head(self._head, folded.leaves[number * LEAF_BYTES : (number + 1) * LEAF_BYTES])
                loading.chain(after + number + 1, self._head)
            self._position = loading.position = upto

    def _resume(self, loading: Loading) -> None:
        self._position = loading.position
        self._actors = Actors()
        self._actors.load(loading.actors())
        self._head = loading.head() or EMPTY_HEAD
