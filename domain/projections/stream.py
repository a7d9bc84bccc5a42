"""From the events of one development to the rows that answer for it at every cut of both clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.clocks import BEFORE, Instant
from domain.entries import learn
from domain.events import DevelopmentAmended, DevelopmentEvent, Recorded
from domain.fold import Survivor
from domain.knowledge import Step, Unfolding, unfolded
from domain.plane import Canvas, Intervals, Plane, Row
from domain.projections import PROJECTIONS
from domain.projections.entries import EntryFact
from domain.projections.mentions import claimed_by_source, named_by
from domain.projections.merges import Merges, survivors


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
        learned = learn(recorded)
        if self._unfolding is None:
            self._unfolding = Unfolding(learned, survivor, ())
        if learned.known_from >= self._latest:
            self._step(self._unfolding.learn_next(learned, survivor))
        else:
            self._redraw(survivor)

    def merge(self, position: int, merged: Iterable[str], survivor: Survivor) -> None:
        """At this position these ids became another actor's; the rows change where events of the stream name one."""
        if not _names(self._history).isdisjoint(merged):
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
        self._unfolding, steps = unfolded(self._history, survivor)
        intervals = Intervals()
        for recorded in self._history:
            if isinstance(recorded.event, DevelopmentAmended):
                intervals.put(BEFORE, "entry", recorded.position, EntryFact(recorded, stands=None))
        for step in steps:
            _tell(intervals, step)
            self._latest = step.known_from
        self._plane.redraw(intervals.all())


def fold_stream(history: Sequence[Recorded[DevelopmentEvent]], merges: Merges, upto: int) -> DevelopmentFold:
    """Fold a stream from its first event: the same rows under the same numbers as event by event.

    `history` is non-empty, in order of position, and ends at `upto` or before it; merges up to `upto` concern it too.
    """
    fold = DevelopmentFold()
    merged: dict[str, str] = {}
    survivor = survivors(merged)
    concerning = merges.concerning(_names(history), upto) if merges else []
    for recorded in history:
        while concerning and concerning[0][0] < recorded.position:
            position, more = concerning.pop(0)
            merged |= more
            survivor = survivors(merged)
            fold.merge(position, more, survivor)
        fold.advance(recorded, survivor)
    for position, more in concerning:
        merged |= more
        fold.merge(position, more, survivors(merged))
    return fold


def _names(history: Iterable[Recorded[DevelopmentEvent]]) -> set[str]:
    """Every id that the events name, sources that may be one included."""
    return {name for recorded in history for name in (*named_by(recorded.event), *claimed_by_source(recorded.event))}


def _tell(canvas: Canvas, step: Step) -> None:
    for projection in PROJECTIONS:
        projection.tell(canvas, step)
