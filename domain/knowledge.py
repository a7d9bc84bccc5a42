"""What a development is, as of X, recorded by `at`: the one definition of "as of".

Given the events of one stream recorded by a position, `domain.entries` reads them as amended, and an `Unfolding` learns
the entries in the order in which the public did. Whatever becomes known at one instant is learned together and begins a
`Version`, which lasts until the next. `domain.standing` decides which entries stand, `domain.fold` what they amount to.
The views store what this module computes; no other code decides it.

The field calls this a bitemporal model: `known_from` is its valid axis (here: the public's knowledge), the log position
its transaction axis (Snodgrass, *Developing Time-Oriented Database Applications in SQL*, 1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from domain.clocks import AFTER, BEFORE, Instant
from domain.entries import Learned, entries
from domain.events import TELLING, DevelopmentAmended, DevelopmentEvent, DevelopmentReported, Recorded
from domain.fold import Fold, Survivor, Version
from domain.standing import Verdicts


def versions(history: Sequence[Recorded[DevelopmentEvent]], survivor: Survivor) -> list[Version]:
    """Every version that the log of this stream makes visible, in order; each lasts until the next begins.

    Before the first of them the development is not known. `history` is non-empty, in order of position, and opens
    with DevelopmentReported.
    """
    _, steps = unfolded(history, survivor)
    return [step.version for step in steps if step.version is not None]


Flip = tuple[Learned, bool]
"""An entry, and whether it stands now."""


class Step(NamedTuple):
    """One instant at which something became known.

    `version` is the version that begins there, None while nothing that tells of the development is known. `flips` are
    the entries whose standing the instant decided: those learned, and those withdrawn or reinstated.
    """

    known_from: Instant
    learned: tuple[Learned, ...]
    version: Version | None
    flips: tuple[Flip, ...]


class Unfolding:
    """What the public has learned of one stream so far: it learns on in the order of knowledge."""

    def __init__(self, first: Learned, survivor: Survivor, amendments: Sequence[Recorded[DevelopmentEvent]]) -> None:
        """`first` is the first entry as it reads with the amendments, which are all there are in the stream."""
        self._survivor = survivor
        self._first = _reported(first)
        self._known: dict[str, Learned] = {}
        self._first_known: Instant | None = None
        self._verdicts = Verdicts()
        self._fold = Fold(self._first, survivor)
        self._events = len(amendments)
        self._recorded_at = max([recorded.recorded_at for recorded in amendments], default=BEFORE)
        self._known_from = self._possibly_from = BEFORE

    def learn_all(self, read: Iterable[Learned]) -> Iterator[Step]:
        """Learn entries in whatever order, one instant at a time."""
        in_order = sorted(read, key=lambda learned: learned.order)
        for known_from, together in groupby(in_order, key=lambda learned: learned.known_from):
            yield self._learn(known_from, tuple(together))

    def learn_next(self, learned: Learned, survivor: Survivor) -> Step:
        """Learn an entry that was appended in order: known no earlier than all before it, and no amendment.

        What is known at the instant of the last step joins it: the version that begins there is another one then.
        """
        self._survivor = self._fold.survivor = survivor
        return self._learn(learned.known_from, (learned,))

    def _learn(self, known_from: Instant, together: tuple[Learned, ...]) -> Step:
        if known_from != self._known_from:
            self._known_from, self._possibly_from = known_from, AFTER
        self._events += len(together)
        dated = False
        for learned in together:
            self._possibly_from = min(self._possibly_from, learned.possibly_from)
            self._recorded_at = max(self._recorded_at, learned.recorded_at)
            if isinstance(learned.event, TELLING):
                self._known[learned.event.id] = learned
                self._first_known = known_from if self._first_known is None else self._first_known
            else:
                self._verdicts.hear(learned)
                dated = True
        flips = self._refold(together) if dated else tuple([self._tell(learned) for learned in together])
        return Step(known_from, together, self._version(), flips)

    def _version(self) -> Version | None:
        if self._first_known is None:
            return None
        return self._fold.version(
            self._known_from, self._possibly_from, self._first_known, self._events, self._recorded_at
        )

    def _tell(self, learned: Learned) -> Flip:
        stands = self._verdicts.stands(learned)
        self._fold.tell(learned, stands=stands)
        return learned, stands

    def _refold(self, together: tuple[Learned, ...]) -> tuple[Flip, ...]:
        before = self._fold.standing
        fresh = {learned.event.id for learned in together}
        self._fold = Fold(self._first, self._survivor)
        told = [self._tell(learned) for learned in sorted(self._known.values(), key=lambda known: known.order)]
        return tuple(
            (learned, stands)
            for learned, stands in told
            if learned.event.id in fresh or stands != (learned.event.id in before)
        )


def unfolded(history: Sequence[Recorded[DevelopmentEvent]], survivor: Survivor) -> tuple[Unfolding, Iterator[Step]]:
    """An `Unfolding` of the history and the iterator that feeds it: exhaust that before anything else is learned."""
    read = entries(history)
    amendments = [recorded for recorded in history if isinstance(recorded.event, DevelopmentAmended)]
    unfolding = Unfolding(read[0], survivor, amendments)
    return unfolding, unfolding.learn_all(read)


def _reported(learned: Learned) -> DevelopmentReported:
    assert isinstance(learned.event, DevelopmentReported)
    return learned.event
