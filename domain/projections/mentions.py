"""What an event names: so that the log can be asked for the events of an actor or a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from domain.events import (
    ACTOR_EVENTS,
    ActorAffiliated,
    ActorMerged,
    Changes,
    DevelopmentAmended,
    DevelopmentConfirmed,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentDenied,
    DevelopmentEvent,
    DevelopmentReported,
    Event,
    Figure,
)

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,126}[a-z0-9])?")
"""A source of the shape of an actor's id may be an actor: it counts as one where it claims a figure."""


def mentions(event: Event) -> Iterator[tuple[str, str]]:
    """`("actor", id)` and `("topic", slug)` for everything the event names, as stored; some may come twice.

    `("claimant", source)` for a source of the shape of an actor's id, which counts as one where it claims a figure.
    """
    if isinstance(event, ACTOR_EVENTS):
        yield ("actor", event.actor)
        if isinstance(event, ActorAffiliated):
            yield ("actor", event.with_actor)
        if isinstance(event, ActorMerged):
            yield ("actor", event.into)
        return
    yield from (("actor", actor) for actor in named_by(event))
    yield from (("claimant", source) for source in claimed_by_source(event))
    if isinstance(event, DevelopmentReported):
        yield from (("topic", topic) for topic in event.description.topics)
    yield from (("topic", topic) for topic in _changes(event).get("topics") or ())


def named_by(event: DevelopmentEvent) -> Iterator[str]:
    """Every actor id that the event names."""
    if isinstance(event, DevelopmentAmended):
        yield from _named_in_report(event.report.get("attributed_to"), event.report.get("figures") or ())
    else:
        yield from _named_in_report(event.report.attributed_to, event.report.figures)
    if isinstance(event, DevelopmentReported):
        yield from (listed.actor for listed in event.description.actors)
    if isinstance(event, DevelopmentConfirmed | DevelopmentDenied):
        yield event.by
    yield from (listed.actor for listed in _changes(event).get("actors", ()))


def claimed_by_source(event: DevelopmentEvent) -> Iterator[str]:
    """The source, where it may count as an actor: where it has the shape of an actor's id."""
    source = event.report.get("source") if isinstance(event, DevelopmentAmended) else event.report.source
    if source is not None and _ID.fullmatch(source):
        yield source


def _named_in_report(attributed_to: str | None, figures: Iterable[Figure]) -> Iterator[str]:
    if attributed_to is not None:
        yield attributed_to
    yield from (figure.claimed_by for figure in figures if figure.claimed_by is not None)


def _changes(event: DevelopmentEvent) -> Changes:
    if isinstance(event, DevelopmentCorroborated | DevelopmentCorrected | DevelopmentAmended):
        return event.changes
    return Changes()
