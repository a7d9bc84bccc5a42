"""One form for documents that say the same: no null where null means missing, no 1.0 and no -0.0 where 1 and 0 do."""

from __future__ import annotations

from typing import Any

Json = Any
Members = dict[str, Json]


def normalised(document: Members) -> Members:
    """The wire of a valid event: nulls left out, numbers with no fraction as ints.

    Directly in `changes`, and in the `report` of an amendment, a null clears and is kept; deeper down it means missing
    there too. The document stays as it is and shares no object with the wire, but for lists of texts. Doing it twice is
    doing it once.
    """
    wire = _whole(document, "expected_version")
    _description(wire)
    report = wire.get("report")
    if report is not None:
        wire["report"] = report = report.copy() if wire["type"] == "DevelopmentAmended" else _copy(report)
        if report.get("quote"):
            report["quote"] = _copy(report["quote"])
        if report.get("figures"):
            report["figures"] = [_whole(figure, "low", "high", "point") for figure in report["figures"]]
    changes = wire.get("changes")
    if changes is not None:
        wire["changes"] = changes = changes.copy()
        _description(changes)
    return wire


def _description(members: Members) -> None:
    actors = members.get("actors")
    if actors:
        members["actors"] = [_copy(listed) for listed in actors]
    place = members.get("place")
    if place is not None:
        members["place"] = _whole(place, "latitude", "longitude")


def _copy(members: Members) -> Members:
    if None in members.values():
        return {key: value for key, value in members.items() if value is not None}
    return members.copy()


def _whole(members: Members, *keys: str) -> Members:
    copy = _copy(members)
    for key in keys:
        value = copy.get(key)
        if type(value) is float and value.is_integer():
            copy[key] = int(value)
    return copy
