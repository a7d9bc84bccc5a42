"""Appending: what a client proposes is let in whole or refused whole, and what was acknowledged is on disk.

A batch is judged inside the log's session, so nothing can come between the judgement and the append.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, cast

from domain.actor import Actors
from domain.events import ACTOR_EVENTS, DevelopmentEvent, Recorded
from domain.ports import Clock, EventLog, Ids, LogSession, Unavailable, Views
from domain.refusals import Refusal
from domain.streams import stream_of_wire
from service.judge import Judgement, Placed, Proposal, Surroundings
from service.project import Projector, Told, told

STREAMS = 1_024
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a request: where each event stands, the registrations made on the way included.

    `first` is where the first proposal stands. `stored` tells whether anything new was stored, `visible` whether every
    read that follows sees it.
    """

    position: int
    events: tuple[Placed, ...]
    first: Placed
    stored: bool
    visible: bool


class Rehearse(Protocol):
    """Judges a batch, and raises what `Appender.append` would raise."""

    def __call__(self, proposals: Sequence[Proposal], *, register_actors: bool = False) -> None:
        """Judge."""


class _Rehearsed(Exception):  # noqa: N818 (the way out of a session that stores nothing)
    pass


class Appender:
    """The one door into the log. Thread-safe; several processes may each have one."""

    def __init__(self, log: EventLog, views: Views, projector: Projector, clock: Clock, ids: Ids) -> None:
        self._log = log
        self._views = views
        self._projector = projector
        self._clock = clock
        self._ids = ids
        self._lock = threading.Lock()
        self._position = -1
        self._actors = Actors()
        self._histories: OrderedDict[str, list[Recorded[DevelopmentEvent]]] = OrderedDict()

    def append(self, proposals: Sequence[Proposal], *, register_actors: bool = False, wait: bool = True) -> Appended:
        """Append the proposals (at least one), all or nothing, durably; with `wait` they are visible on return.

        Raises a `domain.refusals.Refusal` with pointers that begin at the proposals' own, or `Unavailable`; the store
        is then as it was. Events that were appended before with the same content are answered again, not stored again.
        """
        with self._lock:
            try:
                judgement, first = self._append(proposals, register_actors=register_actors)
            except Refusal:
                raise
            except BaseException:
                self._forget()
                raise
            self._keep(judgement)
        visible = not judgement.fresh or (wait and self._show(judgement.fresh))
        return Appended(
            position=max(placed.position for placed in judgement.placed),
            events=tuple(judgement.placed),
            first=first,
            stored=bool(judgement.fresh),
            visible=visible,
        )

    @contextmanager
    def rehearsal(self) -> Iterator[Rehearse]:
        """Judge batches one after the other as if each had been appended, and store none of them."""

        def rehearse(proposals: Sequence[Proposal], *, register_actors: bool = False) -> None:
            judgement = Judgement(self._surroundings(session, proposals, register_actors=register_actors))
            judgement.take_all(proposals)
            if judgement.fresh:
                session.append(judgement.entries(), judgement.fresh[0].entry.recorded_at)

        with self._lock, suppress(_Rehearsed):
            try:
                with self._log.session() as session:
                    self._follow(session)
                    yield rehearse
                    raise _Rehearsed
            finally:
                self._forget()

    def _append(self, proposals: Sequence[Proposal], *, register_actors: bool) -> tuple[Judgement, Placed]:
        with self._log.session() as session:
            self._follow(session)
            mark = self._actors.mark()
            judgement = Judgement(self._surroundings(session, proposals, register_actors=register_actors))
            try:
                first = judgement.take_all(proposals)[0]
                if judgement.fresh:
                    session.append(judgement.entries(), judgement.fresh[0].entry.recorded_at)
            except Refusal:
                self._actors.rollback(mark)
                raise
        return judgement, first

    def _surroundings(
        self, session: LogSession, proposals: Sequence[Proposal], *, register_actors: bool
    ) -> Surroundings:
        wires = [proposal.wire for proposal in proposals]
        return Surroundings(
            head=session.head,
            recorded_at=max(self._clock.now(), session.head.recorded_at or 0),
            actors=self._actors,
            by_id=session.by_id([wire["id"] for wire in wires if "id" in wire]),
            versions=session.versions(list({stream_of_wire(wire) for wire in wires})),
            history=lambda stream: self._history(session, stream),
            before=lambda entry, count: session.read(entry.position - count - 1, count),
            ids=self._ids,
            register_actors=register_actors,
        )

    def _follow(self, session: LogSession) -> None:
        """Take what others have appended since: their actors, and the streams that are not as they were."""
        if self._position < 0:
            self._load()
        while self._position < session.head.position:
            for entry in session.read(self._position, PAGE):
                self._histories.pop(entry.stream, None)
                event = told(entry).event if entry.stream.startswith("actor/") else None
                if isinstance(event, ACTOR_EVENTS):
                    self._actors.apply(Recorded(entry.position, entry.version, entry.recorded_at, event))
                self._position = entry.position
        self._actors.settle()

    def _load(self) -> None:
        with self._views.snapshot() as snapshot:
            self._actors.load(snapshot.register())
            self._position = snapshot.head.position

    def _history(self, session: LogSession, stream: str) -> Sequence[Recorded[DevelopmentEvent]]:
        kept = self._histories.get(stream)
        if kept is not None:
            return kept
        return [
            Recorded(entry.position, entry.version, entry.recorded_at, cast("DevelopmentEvent", told(entry).event))
            for entry in session.stream(stream)
        ]

    def _keep(self, judgement: Judgement) -> None:
        self._actors.settle()
        if judgement.fresh:
            self._position = judgement.fresh[-1].entry.position
        for stream, history in judgement.histories.items():
            self._histories[stream] = history
            self._histories.move_to_end(stream)
        while len(self._histories) > STREAMS:
            self._histories.popitem(last=False)

    def _show(self, fresh: Sequence[Told]) -> bool:
        """What is durable stays acknowledged, even where the views cannot be written now; they catch up later."""
        try:
            self._projector.catch_up(fresh)
        except Unavailable:
            return False
        return True

    def _forget(self) -> None:
        self._position = -1
        self._actors = Actors()
        self._histories = OrderedDict()
