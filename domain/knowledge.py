"""What a development is, as of X, recorded by `at`: the one definition of "as of".

Given the events of one stream recorded by a position, `domain.entries` reads them as amended, and an `Unfolding` learns
the entries in the order in which the public did. Whatever becomes known at one instant is learned together and begins a
`Version`, which lasts until the next. `domain.standing` decides which entries stand, `domain.fold` what they amount to.
The views store what this module computes; no other code decides it.

The field calls this a bitemporal model: `known_from` is its valid axis (here: the public's knowledge), the log position
its transaction axis (Snodgrass, *Developing Time-Oriented Database Applications in SQL*, 1999).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from domain.clocks import BEFORE, Instant, Knowledge
from domain.entries import Learned, entries
from domain.events import TELLING, DevelopmentAmended, DevelopmentEvent, DevelopmentReported, Recorded
from domain.fold import Fold, Survivor, Version
from domain.standing import Verdicts


def versions(history: Sequence[Recorded[DevelopmentEvent]], survivor: Survivor) -> list[Version]:
    """Every version that the log of this stream makes visible, in order; each lasts until the next begins.

    Before the first of them the development is not known. `history` is non-empty, in order of position, and opens
    with DevelopmentReported.
    """
    return [step.version for step in Unfolding(history, survivor) if step.version is not None]


class Step(NamedTuple):
    """One instant at which something became known.

    `version` is the version that begins there, None while nothing that tells of the development is known. `flips` are
    the entries whose standing the instant decided: those learned, and those withdrawn or reinstated.
    """

    known_from: Instant
    learned: tuple[Learned, ...]
    version: Version | None
    flips: tuple[tuple[Learned, bool], ...]


class Unfolding(Iterator[Step]):
    """Learns the entries of one stream in the order of knowledge, one instant at a time."""

    def __init__(self, history: Sequence[Recorded[DevelopmentEvent]], survivor: Survivor) -> None:
        read = entries(history)
        self._survivor = survivor
        self._first = _reported(read[0])
        self._amendments = len(history) - len(read)
        self._instants = groupby(
            sorted(read, key=lambda learned: learned.order), key=lambda learned: learned.known_from
        )
        self._known: dict[str, Learned] = {}
        self._first_known: Instant | None = None
        self._verdicts = Verdicts()
        self._fold = Fold(self._first, survivor)
        self._events = self._amendments
        self._recorded_at = _last_amended(history) if self._amendments else None
        self._flips: list[tuple[Learned, bool]] = []
        self._begins = Knowledge(BEFORE, BEFORE)

    def __next__(self) -> Step:
        known_from, together = next(self._instants)
        return self._learn(known_from, tuple(together))

    def learn_next(self, learned: Learned, survivor: Survivor) -> Step:
        """Learn an entry that was appended in order: known no earlier than all before it, and no amendment.

        What is known at the instant of the last step joins it: the version that begins there is another one then.
        """
        self._survivor = self._fold.survivor = survivor
        return self._learn(learned.known_from, (learned,))

    def _learn(self, known_from: Instant, together: tuple[Learned, ...]) -> Step:
        self._flips = []
        possibly_from = min([learned.possibly_from for learned in together])
        if known_from == self._begins.known_from:
            possibly_from = min(possibly_from, self._begins.possibly_from)
        self._begins = Knowledge(known_from, possibly_from)
        self._events += len(together)
        latest = together[-1].recorded_at
        self._recorded_at = latest if self._recorded_at is None else max(self._recorded_at, latest)
        dated = False
        for learned in together:
            if isinstance(learned.event, TELLING):
                self._known[learned.event.id] = learned
                self._first_known = known_from if self._first_known is None else self._first_known
            else:
                self._verdicts.hear(learned)
                dated = True
        if dated:
            self._refold(together)
        else:
            for learned in together:
                self._tell(learned)
        return Step(known_from, together, self._version(), tuple(self._flips))

    def _version(self) -> Version | None:
        if self._first_known is None:
            return None
        return self._fold.version(
            known_from=self._begins.known_from,
            possibly_from=self._begins.possibly_from,
            first_known=self._first_known,
            events=self._events,
            recorded_at=self._recorded_at,
        )

    def _tell(self, learned: Learned) -> None:
        stands = self._verdicts.stands(learned)
        self._fold.tell(learned, stands=stands)
        self._flips.append((learned, stands))

    def _refold(self, together: tuple[Learned, ...]) -> None:
        before = self._fold.standing
        fresh = {learned.event.id for learned in together}
        self._fold = Fold(self._first, self._survivor)
        for learned in sorted(self._known.values(), key=lambda known: known.order):
            stands = self._verdicts.stands(learned)
            self._fold.tell(learned, stands=stands)
            if learned.event.id in fresh or stands != (learned.event.id in before):
                self._flips.append((learned, stands))


def _last_amended(history: Sequence[Recorded[DevelopmentEvent]]) -> Instant:
    return max(recorded.recorded_at for recorded in history if isinstance(recorded.event, DevelopmentAmended))


def _reported(learned: Learned) -> DevelopmentReported:
    assert isinstance(learned.event, DevelopmentReported)
    return learned.event
