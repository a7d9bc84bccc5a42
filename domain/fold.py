"""What the known entries of a development amount to, told one after the other in the order of knowledge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from domain.clocks import Instant
from domain.entries import Learned, overlay
from domain.events import (
    Description,
    DevelopmentConfirmed,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentDenied,
    DevelopmentReported,
    Entry,
    Figure,
    Listed,
)

Status = Literal["retracted", "disputed", "confirmed", "denied", "corroborated", "reported"]
Stance = Literal["confirms", "denies"]
Survivor = Callable[[str], str]
"""The actor that an id or a name used like one stands for, after the merges recorded by then."""


class StandingFigure(NamedTuple):
    """A figure that stands, whose claim it is and which entry brought it; `place` is its index in that report."""

    figure: Figure
    claimant: str
    source: Learned
    place: int


class Version(NamedTuple):
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


class Fold:
    """The known entries, told in the order of knowledge."""

    def __init__(self, first: DevelopmentReported, survivor: Survivor) -> None:
        self._development = first.development
        self.survivor = survivor
        self._describe(first.description, first.id)
        self._figures: dict[tuple[str, str, str | None], StandingFigure] = {}
        self._stances: dict[str, Stance] = {}
        self._sources: dict[str, None] = {}
        self._attributed: dict[str, None] = {}
        self.standing: set[str] = set()

    def tell(self, learned: Learned, *, stands: bool) -> None:
        """The next known entry that tells of the development, and whether it stands."""
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
        self, known_from: Instant, possibly_from: Instant, first_known: Instant, events: int, recorded_at: Instant
    ) -> Version:
        """What everything told so far amounts to."""
        timelines = [listed.actor for listed in self._description.actors]
        timelines += self._stances
        timelines += self._attributed
        return Version(
            self._development,
            known_from,
            possibly_from,
            first_known,
            self._description,
            self._description_from,
            self._status(),
            tuple(self._sources),
            tuple(self._figures.values()),
            tuple(self._stances.items()),
            tuple(dict.fromkeys(timelines)),
            events,
            recorded_at,
        )

    def _describe(self, description: Description, by_entry: str) -> None:
        """Take the description, with survivors for actors; the same object where nobody was merged."""
        listed = self._survivors(description.actors)
        self._description = description if listed == description.actors else description._replace(actors=listed)
        self._description_from = by_entry

    def _take_stance(self, event: Entry) -> str | None:
        if not isinstance(event, DevelopmentConfirmed | DevelopmentDenied):
            return None
        by = self.survivor(event.by)
        self._stances.pop(by, None)
        self._stances[by] = "confirms" if isinstance(event, DevelopmentConfirmed) else "denies"
        return by

    def _survivors(self, actors: tuple[Listed, ...]) -> tuple[Listed, ...]:
        survivor = self.survivor
        for listed in actors:
            if survivor(listed.actor) != listed.actor:
                return tuple(dict.fromkeys([Listed(survivor(actor), role) for actor, role in actors]))
        return actors

    def _status(self) -> Status:
        if not self.standing:
            return "retracted"
        if self._stances:
            stances = set(self._stances.values())
            if len(stances) > 1:
                return "disputed"
            return "confirmed" if "confirms" in stances else "denied"
        return "corroborated" if len(self._sources) > 1 else "reported"
