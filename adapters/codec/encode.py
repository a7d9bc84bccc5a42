"""Events, and the parts that answers show, as JSON-able dicts.

`…_of` renders a part of the domain with all its keys, null where there is nothing, as answers show it. `wire_of`
renders an event in its wire form, where what is missing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never, cast

import orjson

from adapters.codec.normal import normalised
from domain.events import (
    ACTOR_EVENTS,
    ActorAffiliated,
    ActorAliasAdded,
    ActorAmended,
    ActorChanges,
    ActorEvent,
    ActorMerged,
    ActorRegistered,
    ActorRenamed,
    Changes,
    Description,
    DevelopmentAmended,
    DevelopmentConfirmed,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentDenied,
    DevelopmentReported,
    Entry,
    Event,
    Figure,
    Listed,
    Place,
    Quote,
    Report,
    ReportChanges,
    ReportReinstated,
    ReportWithdrawn,
)

Json = dict[str, Any]


def listed_of(listed: Listed) -> Json:
    """An actor in a list."""
    return {"actor": listed.actor, "role": listed.role}


def place_of(place: Place) -> Json:
    """Where it happened."""
    return {
        "name": place.name,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def quote_of(quote: Quote) -> Json:
    """The words themselves."""
    return {"exact": quote.exact, "prefix": quote.prefix, "suffix": quote.suffix}


def figure_of(figure: Figure) -> Json:
    """A figure as its report tells it."""
    return {
        "metric": figure.metric,
        "low": figure.low,
        "high": figure.high,
        "point": figure.point,
        "approximate": figure.approximate,
        "unit": figure.unit,
        "as_at": figure.as_at,
        "claimed_by": figure.claimed_by,
        "note": figure.note,
    }


def report_of(report: Report) -> Json:
    """A report with its figures."""
    return {
        "source": report.source,
        "reported": report.reported,
        "url": report.url,
        "attributed_to": report.attributed_to,
        "grade": report.grade,
        "quote": quote_of(report.quote) if report.quote else None,
        "figures": [figure_of(figure) for figure in report.figures],
    }


def changes_of(changes: Changes | ReportChanges | ActorChanges) -> Json:
    """The parts that were given, no others, with all keys within them; null where a part was cleared."""
    given = cast("Mapping[str, Any]", changes)
    return {key: _PARTS[key](value) if key in _PARTS and value is not None else value for key, value in given.items()}


_PARTS: dict[str, Callable[[Any], Any]] = {
    "actors": lambda actors: [listed_of(listed) for listed in actors],
    "place": place_of,
    "topics": list,
    "aliases": list,
    "quote": quote_of,
    "figures": lambda figures: [figure_of(figure) for figure in figures],
}


def wire_of(event: Event) -> Json:
    """The wire of an event: `decode.event_of` gives the event back.

    A list that is empty is left out where it may be.
    """
    return normalised({"type": type(event).__name__, "id": event.id, **_members(event)})


def _members(event: Event) -> Json:
    if isinstance(event, DevelopmentAmended):
        return {
            "development": event.development,
            "amends": event.amends,
            "changes": changes_of(event.changes) or None,
            "report": changes_of(event.report) or None,
            "reason": event.reason,
        }
    if isinstance(event, ACTOR_EVENTS):
        return {"actor": event.actor, **_told_of_actor(event)}
    report = report_of(event.report)
    report["figures"] = report["figures"] or None
    return {"development": event.development, **_told(event), "report": report}


def _told_of_actor(event: ActorEvent) -> Json:
    match event:
        case ActorRegistered():
            return {"name": event.name, "kind": event.kind, "aliases": list(event.aliases) or None}
        case ActorRenamed():
            return {"name": event.name}
        case ActorAliasAdded():
            return {"alias": event.alias}
        case ActorAffiliated():
            return {"with": event.with_actor, "title": event.title, "period": event.period}
        case ActorAmended():
            return {"changes": changes_of(event.changes), "reason": event.reason}
        case ActorMerged():
            return {"into": event.into}
        case _:
            assert_never(event)


def _told(entry: Entry) -> Json:
    """What an entry tells beside its report."""
    match entry:
        case DevelopmentReported():
            return _description(entry.description)
        case DevelopmentCorroborated():
            return {"changes": changes_of(entry.changes) or None}
        case DevelopmentConfirmed() | DevelopmentDenied():
            return {"by": entry.by}
        case DevelopmentCorrected():
            return {"changes": changes_of(entry.changes) or None, "reason": entry.reason}
        case ReportWithdrawn():
            withdraws = "*" if entry.withdraws is None else list(entry.withdraws)
            return {"withdraws": withdraws, "reason": entry.reason}
        case ReportReinstated():
            return {"reinstates": list(entry.reinstates), "reason": entry.reason}
        case _:
            assert_never(entry)


def _description(told: Description) -> Json:
    return {
        "headline": told.headline,
        "summary": told.summary,
        "kind": told.kind,
        "occurred": told.occurred,
        "occurred_text": told.occurred_text,
        "actors": [listed_of(listed) for listed in told.actors],
        "place": place_of(told.place) if told.place else None,
        "topics": list(told.topics) or None,
    }


def body_of(wire: Mapping[str, Any]) -> bytes:
    """The bytes to store: JSON in UTF-8, type, id and stream first, the rest in the order in which it was sent."""
    stream = "development" if "development" in wire else "actor"
    return orjson.dumps({"type": wire["type"], "id": wire["id"], stream: wire[stream], **wire})
