"""From the events of one development to the rows that answer for it at every cut of both clocks."""

from __future__ import annotations

from collections.abc import Iterable

from domain.clocks import BEFORE, Instant
from domain.entries import learn
from domain.events import DevelopmentAmended, DevelopmentEvent, Recorded
from domain.fold import Survivor
from domain.knowledge import Step, Unfolding
from domain.plane import Canvas, Intervals, Plane, Row
from domain.projections import PROJECTIONS
from domain.projections.entries import EntryFact
from domain.projections.mentions import claimed_by_source, named_by


class DevelopmentFold:
    """Folds one stream, event by event in order of position; `drain` gives the rows that changed."""

    def __init__(self) -> None:
        self._history: list[Recorded[DevelopmentEvent]] = []
        self._plane = Plane()
        self._unfolding: Unfolding | None = None
        self._latest: Instant = BEFORE

    def advance(self, recorded: Recorded[DevelopmentEvent], survivor: Survivor) -> None:
        """Take the next event of the stream; `survivor` knows the merges recorded before it."""
        self._history.append(recorded)
        self._plane.at = recorded.position
        if isinstance(recorded.event, DevelopmentAmended):
            self._redraw(survivor)
            return
        if self._unfolding is None:
            self._unfolding = Unfolding(self._history, survivor)
            self._step(next(self._unfolding))
            return
        learned = learn(recorded)
        if learned.known_from >= self._latest:
            self._step(self._unfolding.learn_next(learned, survivor))
        else:
            self._redraw(survivor)

    def merge(self, position: int, merged: Iterable[str], survivor: Survivor) -> None:
        """At this position these ids became another actor's; the rows change where events of the stream name one."""
        named = {
            name
            for recorded in self._history
            for name in (*named_by(recorded.event), *claimed_by_source(recorded.event))
        }
        if not named.isdisjoint(merged):
            self._plane.at = position
            self._redraw(survivor)

    @property
    def dev(self) -> int:
        """The position of the stream's first event: what its rows are numbered by."""
        return self._history[0].position

    def drain(self) -> list[Row]:
        """The rows drawn or changed since the last time."""
        return self._plane.drain()

    def _step(self, step: Step) -> None:
        _tell(self._plane, step)
        self._latest = step.known_from

    def _redraw(self, survivor: Survivor) -> None:
        self._unfolding = Unfolding(self._history, survivor)
        intervals = Intervals()
        for recorded in self._history:
            if isinstance(recorded.event, DevelopmentAmended):
                intervals.put(BEFORE, "entry", recorded.position, EntryFact(recorded, stands=None))
        for step in self._unfolding:
            _tell(intervals, step)
            self._latest = step.known_from
        self._plane.redraw(intervals.all())


def _tell(canvas: Canvas, step: Step) -> None:
    for projection in PROJECTIONS:
        projection.tell(canvas, step)
