"""Keeping the views level with the log: read what is new, fold it, write rows and position in one transaction.

The folds of the streams that were touched last are kept; any other stream is folded again from the log when it grows,
which gives the same rows under the same numbers. Exactly one projector works at a time: the views' transaction is
exclusive and says at which position it stands.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from adapters.codec.chain import EMPTY_HEAD, head
from domain.actor import Actors
from domain.events import ACTOR_EVENTS, ActorEvent, DevelopmentEvent, Recorded
from domain.ports import EventLog, ViewsWriter, ViewsWriting
from domain.projections.mentions import mentions
from domain.projections.merges import Merges, merged
from domain.projections.stream import DevelopmentFold, fold_stream
from service.decoded import DecodedEntry, decode, recorded_of

PAGE = 2_000
FOLDS = 1_024
HANDED_ON = 200
"""Developments of a page whose rows go to the store together, which may be at it while the next are folded."""
LONGEST_TURN = 0.25
"""Seconds of folding after which other writers of the store get their turn; a late report may redraw much."""
BETWEEN_TURNS = 0.001


class Projector:
    """Folds the log into the views. Thread-safe; several processes may each have one."""

    def __init__(self, log: EventLog, views: ViewsWriter) -> None:
        self._log = log
        self._views = views
        self._lock = threading.Lock()
        self._position = self._generation = -1
        self._forget(-1)

    def has_duty(self) -> bool:
        """Whether it is for this process to bring the views level."""
        return True

    def catch_up(self, fresh: Sequence[DecodedEntry] = ()) -> int:
        """Bring the views level with the log and give their position.

        `fresh` are events that were just appended: they spare reading them again where the views stand right before
        them. Raises Unavailable; the views then stand where they stood.
        """
        with self._lock:
            try:
                return self._catch_up(fresh)
            except BaseException:
                self._forget(-1)
                raise

    def _catch_up(self, fresh: Sequence[DecodedEntry]) -> int:
        whole = True
        while True:
            with self._views.write() as writing:
                if (writing.generation, writing.position) != (self._generation, self._position):
                    self._load(writing)
                if not fresh or fresh[0].entry.position != writing.position + 1:
                    fresh, whole = (), False
                if not whole and len(fresh) < PAGE:
                    last = fresh[-1].entry.position if fresh else writing.position
                    fresh = [*fresh, *map(decode, self._log.read(last, PAGE - len(fresh)))]
                    whole = len(fresh) < PAGE
                if fresh:
                    self._write(writing, fresh[:PAGE])
                position = writing.position
            self._position = position
            done = position - fresh[0].entry.position + 1 if fresh else 0
            fresh = fresh[done:]
            if not fresh and whole:
                return position
            time.sleep(BETWEEN_TURNS)

    def _forget(self, position: int) -> None:
        self._position = position
        self._folds: OrderedDict[str, DevelopmentFold] = OrderedDict()
        self._actors = Actors()
        self._merges = Merges()
        self._head = EMPTY_HEAD

    def _load(self, writing: ViewsWriting) -> None:
        self._forget(writing.position)
        self._generation = writing.generation
        self._actors.load(writing.actors())
        self._merges = Merges(writing.merges())
        self._head = writing.head() or EMPTY_HEAD

    def _write(self, writing: ViewsWriting, page: Sequence[DecodedEntry]) -> None:
        """Fold as many of the page as one turn allows, at least one."""
        touched: dict[str, DevelopmentFold] = {}
        turn = time.monotonic() + LONGEST_TURN
        for item in page:
            entry, event = item.entry, item.event
            if isinstance(event, ACTOR_EVENTS):
                self._drain(writing, touched)
                self._actor(writing, Recorded(entry.position, entry.version, entry.recorded_at, event))
            else:
                touched[entry.stream] = self._develop(writing, entry.stream, recorded_of(item))
            for kind, text in mentions(event):
                writing.mention(kind, text, entry.position)
            self._head = head(self._head, item.leaf())
            writing.chain(entry.position, self._head)
            writing.position = entry.position
            if time.monotonic() > turn:
                break
            if len(touched) == HANDED_ON:
                self._drain(writing, touched)
        self._drain(writing, touched)
        self._actors.settle()
        while len(self._folds) > FOLDS:
            self._folds.popitem(last=False)

    def _develop(self, writing: ViewsWriting, stream: str, recorded: Recorded[DevelopmentEvent]) -> DevelopmentFold:
        if recorded.version == 1:
            fold = self._folds[stream] = DevelopmentFold()
            writing.development(recorded.position, recorded.event.development)
        else:
            fold = self._fold(stream, recorded.position - 1)
        fold.advance(recorded, self._actors.survivor)
        return fold

    def _drain(self, writing: ViewsWriting, touched: dict[str, DevelopmentFold]) -> None:
        for stream, fold in touched.items():
            writing.rows(fold.dev, stream.partition("/")[2], fold.drain())
        touched.clear()

    def _actor(self, writing: ViewsWriting, recorded: Recorded[ActorEvent]) -> None:
        changed = self._actors.apply(recorded)
        for actor in changed:
            writing.actor(recorded.position, actor, self._actors.standing)
        ids = merged(changed)
        if not ids:
            return
        self._merges.add(recorded.position, ids)
        for stream in writing.mentioning(ids):
            fold = self._fold(stream, recorded.position - 1)
            fold.merge(recorded.position, ids, self._actors.survivor)
            self._drain(writing, {stream: fold})

    def _fold(self, stream: str, upto: int) -> DevelopmentFold:
        fold = self._folds.get(stream)
        if fold is None:
            fold = self._folds[stream] = self._refold(stream, upto)
        self._folds.move_to_end(stream)
        return fold

    def _refold(self, stream: str, upto: int) -> DevelopmentFold:
        history = [recorded_of(decode(entry)) for entry in self._log.stream(stream, upto)]
        fold = fold_stream(history, self._merges, upto)
        for row in fold.drain():
            row.keep()
        return fold
