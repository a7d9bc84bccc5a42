"""A wire to an event. The wire is trusted: checked before, or read from the log, where nothing else gets in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import orjson

from adapters.upcasts import upcast
from domain.events import (
    ActorAffiliated,
    ActorAliasAdded,
    ActorAmended,
    ActorChanges,
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

Wire = Mapping[str, Any]

_listed = lru_cache(maxsize=65_536)(Listed)
"""The same few actors are listed again and again; they are immutable, so one object serves."""


class UnknownType(ValueError):  # noqa: N818 (named for what it says)
    """The wire has a type, or a version of one, that this program does not know."""


def event_of(wire: Wire) -> Event:
    """The event that a wire tells, in whatever shape it was written (`adapters.upcasts`); it has its `id`.

    What is missing is None, False or empty. Raises UnknownType.
    """
    tell = _EVENTS.get(wire["type"])
    if tell is None:
        wire = upcast(wire)
        tell = _EVENTS.get(wire["type"])
        if tell is None:
            raise UnknownType(f"the event type {wire['type']!r} is not known to this program")
    return tell(wire)


def event_from_body(body: bytes) -> Event:
    """The event of stored bytes."""
    return event_of(orjson.loads(body))


def _report(wire: Wire) -> Report:
    get = wire.get
    return Report(
        wire["source"],
        wire["reported"],
        get("url"),
        get("attributed_to"),
        get("grade"),
        _quote(get("quote")),
        _figures(get("figures")),
    )


def _figures(wires: list[Wire] | None) -> tuple[Figure, ...]:
    return tuple([_figure(wire) for wire in wires]) if wires else ()


def _figure(wire: Wire) -> Figure:
    get = wire.get
    return Figure(
        wire["metric"],
        get("low"),
        get("high"),
        get("point"),
        get("approximate") or False,
        get("unit"),
        get("as_at"),
        get("claimed_by"),
        get("note"),
    )


def _quote(wire: Wire | None) -> Quote | None:
    return Quote(wire["exact"], wire.get("prefix"), wire.get("suffix")) if wire else None


def _place(wire: Wire | None) -> Place | None:
    if not wire:
        return None
    get = wire.get
    return Place(wire["name"], get("country"), get("latitude"), get("longitude"))


def _actors(wires: list[Wire]) -> tuple[Listed, ...]:
    return tuple([_listed(wire["actor"], wire.get("role")) for wire in wires])


def _texts(texts: list[str] | None) -> tuple[str, ...]:
    return tuple(texts) if texts else ()


def _description(wire: Wire) -> Description:
    get = wire.get
    return Description(
        wire["headline"],
        get("summary"),
        wire["kind"],
        get("occurred"),
        get("occurred_text"),
        _actors(wire["actors"]),
        _place(get("place")),
        _texts(get("topics")),
    )


_CHANGED: dict[str, Callable[[Any], Any]] = {
    "actors": _actors,
    "place": _place,
    "topics": _texts,
    "aliases": _texts,
    "quote": _quote,
    "figures": _figures,
}


def _changed(wire: Wire | None) -> dict[str, Any]:
    """The given parts, as the domain holds them; null is kept, and is no alias."""
    if not wire:
        return {}
    return {
        key: _CHANGED[key](value) if key in _CHANGED and (value is not None or key == "aliases") else value
        for key, value in wire.items()
    }


def _changes(wire: Wire | None) -> Changes:
    return cast("Changes", _changed(wire))


def _reported(wire: Wire) -> DevelopmentReported:
    return DevelopmentReported(wire["id"], wire["development"], _description(wire), _report(wire["report"]))


def _corroborated(wire: Wire) -> DevelopmentCorroborated:
    return DevelopmentCorroborated(
        wire["id"], wire["development"], _changes(wire.get("changes")), _report(wire["report"])
    )


def _confirmed(wire: Wire) -> DevelopmentConfirmed:
    return DevelopmentConfirmed(wire["id"], wire["development"], wire["by"], _report(wire["report"]))


def _denied(wire: Wire) -> DevelopmentDenied:
    return DevelopmentDenied(wire["id"], wire["development"], wire["by"], _report(wire["report"]))


def _corrected(wire: Wire) -> DevelopmentCorrected:
    changes = _changes(wire.get("changes"))
    return DevelopmentCorrected(wire["id"], wire["development"], changes, wire["reason"], _report(wire["report"]))


def _withdrawn(wire: Wire) -> ReportWithdrawn:
    withdraws = None if wire["withdraws"] == "*" else tuple(wire["withdraws"])
    return ReportWithdrawn(wire["id"], wire["development"], withdraws, wire["reason"], _report(wire["report"]))


def _reinstated(wire: Wire) -> ReportReinstated:
    reinstates = tuple(wire["reinstates"])
    return ReportReinstated(wire["id"], wire["development"], reinstates, wire["reason"], _report(wire["report"]))


def _amended(wire: Wire) -> DevelopmentAmended:
    report = cast("ReportChanges", _changed(wire.get("report")))
    changes = _changes(wire.get("changes"))
    return DevelopmentAmended(wire["id"], wire["development"], wire.get("amends"), changes, report, wire["reason"])


def _registered(wire: Wire) -> ActorRegistered:
    return ActorRegistered(wire["id"], wire["actor"], wire["name"], wire["kind"], _texts(wire.get("aliases")))


def _renamed(wire: Wire) -> ActorRenamed:
    return ActorRenamed(wire["id"], wire["actor"], wire["name"])


def _alias_added(wire: Wire) -> ActorAliasAdded:
    return ActorAliasAdded(wire["id"], wire["actor"], wire["alias"])


def _affiliated(wire: Wire) -> ActorAffiliated:
    return ActorAffiliated(wire["id"], wire["actor"], wire["with"], wire.get("title"), wire.get("period"))


def _actor_amended(wire: Wire) -> ActorAmended:
    return ActorAmended(wire["id"], wire["actor"], cast("ActorChanges", _changed(wire["changes"])), wire["reason"])


def _merged(wire: Wire) -> ActorMerged:
    return ActorMerged(wire["id"], wire["actor"], wire["into"])


_EVENTS: dict[str, Callable[[Wire], Event]] = {
    "DevelopmentReported": _reported,
    "DevelopmentCorroborated": _corroborated,
    "DevelopmentConfirmed": _confirmed,
    "DevelopmentDenied": _denied,
    "DevelopmentCorrected": _corrected,
    "ReportWithdrawn": _withdrawn,
    "ReportReinstated": _reinstated,
    "DevelopmentAmended": _amended,
    "ActorRegistered": _registered,
    "ActorRenamed": _renamed,
    "ActorAliasAdded": _alias_added,
    "ActorAffiliated": _affiliated,
    "ActorAmended": _actor_amended,
    "ActorMerged": _merged,
}
