"""What a development is, as of X, recorded by `at`: the one definition of "as of".

Given the events of one stream recorded by a position, `entries` reads them as amended, and an `Unfolding` learns the
entries in the order in which the public did. Whatever becomes known at one instant is learned together and begins a
`Version`, which lasts until the next. The views store what this module computes; no other code decides it.

The field calls this a bitemporal model: `known_from` is its valid axis (here: the public's knowledge), the log position
its transaction axis (Snodgrass, *Developing Time-Oriented Database Applications in SQL*, 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from domain import edtf
from domain.clocks import Instant, knowledge
from domain.events import (
    TELLING,
    Changes,
    Dating,
    Description,
    DevelopmentAmended,
    DevelopmentConfirmed,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentDenied,
    DevelopmentEvent,
    DevelopmentReported,
    Entry,
    Figure,
    Listed,
    Recorded,
    Report,
    ReportReinstated,
    ReportWithdrawn,
    Telling,
)

Status = Literal["retracted", "disputed", "confirmed", "denied", "corroborated", "reported"]
Stance = Literal["confirms", "denies"]
Survivor = Callable[[str], str]
"""The actor that an id or a name used like one stands for, after the merges recorded by then."""


@dataclass(frozen=True, slots=True)
class Learned:
    """An entry as it reads with the amendments of its log, and when it became known."""

    position: int
    version: int
    recorded_at: Instant
    known_from: Instant
    possibly_from: Instant
    amended: bool
    event: Entry

    @property
    def order(self) -> tuple[Instant, int]:
        """The order of knowledge."""
        return (self.known_from, self.position)


@dataclass(frozen=True, slots=True)
class StandingFigure:
    """A figure that stands, whose claim it is and which entry brought it; `place` is its index in that report."""

    figure: Figure
    claimant: str
    source: Learned
    place: int


@dataclass(frozen=True, slots=True)
class Version:
    """What was known from `known_from` on, until the next version."""

    development: str
    known_from: Instant
    possibly_from: Instant
    first_known: Instant
    description: Description
    description_from: str
    status: Status
    sources: tuple[str, ...]
    figures: tuple[StandingFigure, ...]
    stances: tuple[tuple[str, Stance], ...]
    timelines: tuple[str, ...]
    events: int
    recorded_at: Instant


def entries(history: Iterable[Recorded[DevelopmentEvent]]) -> list[Learned]:
    """The entries of a stream in order of position, read with every amendment among them laid over them."""
    read: dict[str, Learned] = {}
    first = ""
    for recorded in history:
        event = recorded.event
        if isinstance(event, DevelopmentAmended):
            named = event.amends or first
            read[named] = _amend(read[named], event)
        else:
            first = first or event.id
            read[event.id] = _learned(recorded, event, amended=False)
    return list(read.values())


def versions(history: Sequence[Recorded[DevelopmentEvent]], survivor: Survivor) -> list[Version]:
    """Every version that the log of this stream makes visible, in order; each lasts until the next begins.

    Before the first of them the development is not known. `history` is non-empty, in order of position, and opens
    with DevelopmentReported.
    """
    return [step.version for step in Unfolding(history, survivor) if step.version is not None]


@dataclass(frozen=True, slots=True)
class Step:
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
        self._amended_at = max(
            (r.recorded_at for r in history if isinstance(r.event, DevelopmentAmended)), default=None
        )
        self._instants = groupby(
            sorted(read, key=lambda learned: learned.order), key=lambda learned: learned.known_from
        )
        self._known: dict[str, Learned] = {}
        self._first_known: Instant | None = None
        self._verdicts = _Verdicts()
        self._fold = _Fold(self._first, survivor)
        self._events = self._amendments
        self._recorded_at = self._amended_at
        self._flips: list[tuple[Learned, bool]] = []

    def __next__(self) -> Step:
        known_from, together = next(self._instants)
        return self._learn(known_from, tuple(together))

    def learn_next(self, learned: Learned, survivor: Survivor) -> Step:
        """Learn an entry that was appended in order: known later than all before it, and no amendment."""
        self._survivor = self._fold.survivor = survivor
        return self._learn(learned.known_from, (learned,))

    def _learn(self, known_from: Instant, together: tuple[Learned, ...]) -> Step:
        self._flips = []
        self._events += len(together)
        latest = max(learned.recorded_at for learned in together)
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
        return Step(known_from, together, self._version(known_from, together), tuple(self._flips))

    def _version(self, known_from: Instant, together: tuple[Learned, ...]) -> Version | None:
        if self._first_known is None:
            return None
        return self._fold.version(
            known_from=known_from,
            possibly_from=min(learned.possibly_from for learned in together),
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
        self._fold = _Fold(self._first, self._survivor)
        for learned in sorted(self._known.values(), key=lambda known: known.order):
            stands = self._verdicts.stands(learned)
            self._fold.tell(learned, stands=stands)
            if learned.event.id in fresh or stands != (learned.event.id in before):
                self._flips.append((learned, stands))


class _Verdicts:
    """Which entries stand: for each, the last known withdrawal or reinstatement that names it decides."""

    def __init__(self) -> None:
        self._heard = 0
        self._named: dict[str, tuple[int, bool]] = {}
        self._all_before: list[tuple[int, int]] = []

    def hear(self, learned: Learned) -> None:
        """In the order of knowledge."""
        self._heard += 1
        event = learned.event
        if isinstance(event, ReportReinstated):
            self._named.update((named, (self._heard, True)) for named in event.reinstates)
        elif isinstance(event, ReportWithdrawn) and event.withdraws is None:
            self._all_before.append((self._heard, learned.position))
        elif isinstance(event, ReportWithdrawn) and event.withdraws is not None:
            self._named.update((named, (self._heard, False)) for named in event.withdraws)

    def stands(self, learned: Learned) -> bool:
        heard, verdict = self._named.get(learned.event.id, (0, True))
        for all_heard, position in reversed(self._all_before):
            if all_heard < heard:
                break
            if position > learned.position:
                return False
        return verdict


class _Fold:
    """The known entries, told in the order of knowledge."""

    def __init__(self, first: DevelopmentReported, survivor: Survivor) -> None:
        self._development = first.development
        self.survivor = survivor
        self._description = first.description
        self._description_from = first.id
        self._listed = self._survivors(first.description.actors)
        self._figures: dict[tuple[str, str, str | None], StandingFigure] = {}
        self._stances: dict[str, Stance] = {}
        self._sources: dict[str, None] = {}
        self._attributed: dict[str, None] = {}
        self.standing: set[str] = set()

    def tell(self, learned: Learned, *, stands: bool) -> None:
        event = learned.event
        if isinstance(event, DevelopmentReported):
            self._describe(event.description, event.id)
        if not stands:
            return
        self.standing.add(event.id)
        if isinstance(event, DevelopmentCorroborated | DevelopmentCorrected) and event.changes:
            self._describe(overlay(self._description, event.changes), event.id)
        by = self._take_stance(event)
        self._sources[event.report.source] = None
        attributed_to = event.report.attributed_to
        if attributed_to is not None:
            self._attributed[self.survivor(attributed_to)] = None
        for place, figure in enumerate(event.report.figures):
            claimant = self.survivor(figure.claimed_by or attributed_to or by or event.report.source)
            standing = StandingFigure(figure, claimant, learned, place)
            key = (figure.metric, claimant, figure.as_at)
            self._figures.pop(key, None)
            self._figures[key] = standing

    def version(
        self,
        *,
        known_from: Instant,
        possibly_from: Instant,
        first_known: Instant,
        events: int,
        recorded_at: Instant | None,
    ) -> Version:
        assert recorded_at is not None
        timelines = {listed.actor: None for listed in self._listed}
        timelines.update(dict.fromkeys(self._stances))
        timelines.update(self._attributed)
        return Version(
            development=self._development,
            known_from=known_from,
            possibly_from=possibly_from,
            first_known=first_known,
            description=self._told(),
            description_from=self._description_from,
            status=self._status(),
            sources=tuple(self._sources),
            figures=tuple(self._figures.values()),
            stances=tuple(self._stances.items()),
            timelines=tuple(timelines),
            events=events,
            recorded_at=recorded_at,
        )

    def _describe(self, description: Description, by_entry: str) -> None:
        self._description = description
        self._description_from = by_entry
        self._listed = self._survivors(description.actors)

    def _told(self) -> Description:
        """The description with survivors for actors; the same object where nobody was merged."""
        if self._listed == self._description.actors:
            return self._description
        return replace(self._description, actors=self._listed)

    def _take_stance(self, event: Entry) -> str | None:
        if not isinstance(event, DevelopmentConfirmed | DevelopmentDenied):
            return None
        by = self.survivor(event.by)
        self._stances.pop(by, None)
        self._stances[by] = "confirms" if isinstance(event, DevelopmentConfirmed) else "denies"
        return by

    def _survivors(self, actors: tuple[Listed, ...]) -> tuple[Listed, ...]:
        return tuple(dict.fromkeys(Listed(self.survivor(listed.actor), listed.role) for listed in actors))

    def _status(self) -> Status:
        if not self.standing:
            return "retracted"
        stances = set(self._stances.values())
        if len(stances) > 1:
            return "disputed"
        if stances:
            return "confirmed" if "confirms" in stances else "denied"
        return "corroborated" if len(self._sources) > 1 else "reported"


def overlay(description: Description, changes: Changes) -> Description:
    """The description with the given parts replaced whole; None clears."""
    return replace(description, **changes)


def standing_ids(history: Sequence[Recorded[DevelopmentEvent]]) -> dict[str, bool]:
    """Every entry that tells of the development, and whether it stands once all that is recorded is known."""
    read = entries(history)
    verdicts = _Verdicts()
    for learned in sorted(read, key=lambda known: known.order):
        if not isinstance(learned.event, TELLING):
            verdicts.hear(learned)
    return {learned.event.id: verdicts.stands(learned) for learned in read if isinstance(learned.event, TELLING)}


def learn(recorded: Recorded[DevelopmentEvent]) -> Learned:
    """An entry as it stands in the log, not amended."""
    assert not isinstance(recorded.event, DevelopmentAmended)
    return _learned(recorded, recorded.event, amended=False)


def _learned(stored: Recorded[DevelopmentEvent] | Learned, event: Entry, *, amended: bool) -> Learned:
    known = knowledge(edtf.single(event.report.reported), stored.recorded_at)
    return Learned(
        position=stored.position,
        version=stored.version,
        recorded_at=stored.recorded_at,
        known_from=known.known_from,
        possibly_from=known.possibly_from,
        amended=amended,
        event=event,
    )


def _amend(learned: Learned, amendment: DevelopmentAmended) -> Learned:
    event = learned.event
    if amendment.changes:
        if isinstance(event, DevelopmentReported):
            event = replace(event, description=overlay(event.description, amendment.changes))
        elif isinstance(event, DevelopmentCorroborated | DevelopmentCorrected):
            event = replace(event, changes={**event.changes, **amendment.changes})
    if amendment.report:
        event = replace(event, report=replace(event.report, **amendment.report))
    return _learned(learned, event, amended=True)


def _reported(learned: Learned) -> DevelopmentReported:
    assert isinstance(learned.event, DevelopmentReported)
    return learned.event


__all__ = [
    "Dating",
    "Learned",
    "Report",
    "Stance",
    "StandingFigure",
    "Status",
    "Step",
    "Survivor",
    "Telling",
    "Unfolding",
    "Version",
    "entries",
    "learn",
    "overlay",
    "standing_ids",
    "versions",
]
