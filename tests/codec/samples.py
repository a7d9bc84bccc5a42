"""Small documents to vary: `reported(headline="x")` is a valid DevelopmentReported with another headline."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

ABSENT: Any = object()
"""As a value: leave the field out."""


def _with(members: Json, more: Json) -> Json:
    return {key: value for key, value in {**members, **more}.items() if value is not ABSENT}


def report(**more: Any) -> Json:
    return _with({"source": "Reuters", "reported": "2025-07-12"}, more)


def figure(**more: Any) -> Json:
    return _with({"metric": "killed", "point": 10}, more)


def reported(**more: Any) -> Json:
    event = {"type": "DevelopmentReported", "id": "e1", "development": "d", "headline": "H", "kind": "event"}
    return _with({**event, "occurred": "2025-07-01", "actors": [], "report": report()}, more)


def corroborated(**more: Any) -> Json:
    return _with({"type": "DevelopmentCorroborated", "id": "e2", "development": "d", "report": report()}, more)


def confirmed(**more: Any) -> Json:
    event = {"type": "DevelopmentConfirmed", "id": "e3", "development": "d", "by": "Åland"}
    return _with({**event, "report": report()}, more)


def denied(**more: Any) -> Json:
    return confirmed(type="DevelopmentDenied", **more)


def corrected(**more: Any) -> Json:
    event = {"type": "DevelopmentCorrected", "id": "e4", "development": "d", "changes": {"headline": "H1"}}
    return _with({**event, "reason": "r", "report": report()}, more)


def withdrawn(**more: Any) -> Json:
    event = {"type": "ReportWithdrawn", "id": "e5", "development": "d", "withdraws": ["e1"], "reason": "r"}
    return _with({**event, "report": report()}, more)


def reinstated(**more: Any) -> Json:
    event = {"type": "ReportReinstated", "id": "e6", "development": "d", "reinstates": ["e1"], "reason": "r"}
    return _with({**event, "report": report()}, more)


def amended(**more: Any) -> Json:
    event = {"type": "DevelopmentAmended", "id": "e7", "development": "d", "changes": {"headline": "H1"}}
    return _with({**event, "reason": "r"}, more)


def registered(**more: Any) -> Json:
    return _with({"type": "ActorRegistered", "id": "e8", "actor": "aland", "name": "Åland", "kind": "state"}, more)


def renamed(**more: Any) -> Json:
    return _with({"type": "ActorRenamed", "id": "e9", "actor": "aland", "name": "Ahvenanmaa"}, more)


def alias_added(**more: Any) -> Json:
    return _with({"type": "ActorAliasAdded", "id": "e10", "actor": "aland", "alias": "Aland"}, more)


def affiliated(**more: Any) -> Json:
    return _with({"type": "ActorAffiliated", "id": "e11", "actor": "lavrov", "with": "Russia"}, more)


def actor_amended(**more: Any) -> Json:
    return _with({"type": "ActorAmended", "id": "e12", "actor": "a", "changes": {"name": "A"}, "reason": "r"}, more)


def merged(**more: Any) -> Json:
    return _with({"type": "ActorMerged", "id": "e13", "actor": "bland", "into": "Aland"}, more)


EVERY_TYPE = (
    reported(),
    corroborated(),
    confirmed(),
    denied(),
    corrected(),
    withdrawn(),
    reinstated(),
    amended(),
    registered(),
    renamed(),
    alias_added(),
    affiliated(),
    actor_amended(),
    merged(),
)
