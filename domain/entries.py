"""The entries of a stream as they read: with the amendments of their log, and when each became known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from domain import edtf
from domain.clocks import Instant, knowledge
from domain.events import (
    Changes,
    Description,
    DevelopmentAmended,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentEvent,
    DevelopmentReported,
    Entry,
    Recorded,
)


class Learned(NamedTuple):
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


def overlay(description: Description, changes: Changes) -> Description:
    """The description with the given parts replaced whole; None clears."""
    topics = changes.get("topics", description.topics) or ()
    return description._replace(**{**changes, "topics": topics})  # type: ignore[arg-type]


def learn(recorded: Recorded[DevelopmentEvent]) -> Learned:
    """An entry as it stands in the log, not amended."""
    assert not isinstance(recorded.event, DevelopmentAmended)
    return _learned(recorded, recorded.event, amended=False)


def _learned(stored: Recorded[DevelopmentEvent] | Learned, event: Entry, *, amended: bool) -> Learned:
    known = knowledge(edtf.single(event.report.reported), stored.recorded_at)
    return Learned(
        stored.position, stored.version, stored.recorded_at, known.known_from, known.possibly_from, amended, event
    )


def _amend(learned: Learned, amendment: DevelopmentAmended) -> Learned:
    event = learned.event
    if amendment.changes:
        if isinstance(event, DevelopmentReported):
            event = replace(event, description=overlay(event.description, amendment.changes))
        elif isinstance(event, DevelopmentCorroborated | DevelopmentCorrected):
            event = replace(event, changes={**event.changes, **amendment.changes})
    if amendment.report:
        figures = amendment.report.get("figures", event.report.figures) or ()
        event = replace(event, report=event.report._replace(**{**amendment.report, "figures": figures}))  # type: ignore[arg-type]
    return _learned(learned, event, amended=True)
