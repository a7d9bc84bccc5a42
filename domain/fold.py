"""What the known entries of a development amount to, told one after the other in the order of knowledge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

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


class Fold:
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
        self,
        *,
        known_from: Instant,
        possibly_from: Instant,
        first_known: Instant,
        events: int,
        recorded_at: Instant | None,
    ) -> Version:
        """What everything told so far amounts to."""
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
