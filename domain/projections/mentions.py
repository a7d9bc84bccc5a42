"""What an event names: so that the log can be asked for the events of an actor or a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.events import (
    ACTOR_EVENTS,
    ActorAffiliated,
    ActorEvent,
    ActorMerged,
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

CHANGING = (DevelopmentCorroborated, DevelopmentCorrected, DevelopmentAmended)
"""The events that may bring changes of the description."""

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,126}[a-z0-9])?")
"""A source of the shape of an actor's id may be an actor: it counts as one where it claims a figure."""


def mentions(event: Event) -> list[tuple[str, str]]:
    """`("actor", id)` and `("topic", slug)` for everything the event names, as stored; some may come twice.

    `("claimant", source)` for a source of the shape of an actor's id, which counts as one where it claims a figure.
    """
    if isinstance(event, ACTOR_EVENTS):
        return [("actor", actor) for actor in _named_by_actor(event)]
    told = [("actor", actor) for actor in named_by(event)]
    told += [("claimant", source) for source in claimed_by_source(event)]
    told += [("topic", topic) for topic in _topics(event)]
    return told


def named_by(event: DevelopmentEvent) -> list[str]:
    """Every actor id that the event names."""
    if isinstance(event, DevelopmentAmended):
        named = _named_in_report(event.report.get("attributed_to"), event.report.get("figures") or ())
    else:
        named = _named_in_report(event.report.attributed_to, event.report.figures)
    if isinstance(event, DevelopmentReported):
        named += [listed.actor for listed in event.description.actors]
    elif isinstance(event, DevelopmentConfirmed | DevelopmentDenied):
        named.append(event.by)
    elif isinstance(event, CHANGING):
        named += [listed.actor for listed in event.changes.get("actors", ())]
    return named


def claimed_by_source(event: DevelopmentEvent) -> list[str]:
    """The source, where it may count as an actor: where it has the shape of an actor's id."""
    source = event.report.get("source") if isinstance(event, DevelopmentAmended) else event.report.source
    return [source] if source is not None and _ID.fullmatch(source) else []


def _named_by_actor(event: ActorEvent) -> list[str]:
    if isinstance(event, ActorAffiliated):
        return [event.actor, event.with_actor]
    if isinstance(event, ActorMerged):
        return [event.actor, event.into]
    return [event.actor]


def _named_in_report(attributed_to: str | None, figures: Iterable[Figure]) -> list[str]:
    named = [figure.claimed_by for figure in figures if figure.claimed_by is not None]
    return named if attributed_to is None else [attributed_to, *named]


def _topics(event: DevelopmentEvent) -> Iterable[str]:
    if isinstance(event, DevelopmentReported):
        return event.description.topics
    return (event.changes.get("topics") or ()) if isinstance(event, CHANGING) else ()
