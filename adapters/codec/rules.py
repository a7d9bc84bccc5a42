"""What an event must keep to beyond the shape of its fields: rules between fields and within lists.

Every rule takes any JSON and tells only of what has the shape it speaks of, so that all faults of a document can be
told at once. Lists that are too long as such are not looked through. A null is a missing field. Pointers begin at the
event.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from adapters.codec.fields import LIST_LENGTH, WITHDRAWN_LENGTH
from domain.refusals import Fault

Found = list[Fault]
Json = Any

_FIGURE = ("metric", "low", "high", "point", "unit", "as_at", "claimed_by", "note")
_ORDER = (("low", "high", "low"), ("low", "point", "point"), ("point", "high", "point"))


def rule_faults(document: dict[str, Json]) -> list[Fault]:
    """Every rule of its type that the document breaks; nothing for a type that there is not."""
    found: Found = []
    rule = _RULES.get(document["type"])
    if rule is not None:
        rule(document, found)
    return found


def _reported(event: dict[str, Json], found: Found) -> None:
    if event.get("occurred") is None and event.get("occurred_text") is None:
        found.append(Fault("/occurred", "is required where there is no occurred_text: a date or an interval of them"))
    _listed(event.get("actors"), "/actors", found)
    _distinct(event.get("topics"), "/topics", found)
    _figures(event.get("report"), found)


def _corroborated(event: dict[str, Json], found: Found) -> None:
    _changes(event.get("changes"), found)
    _figures(event.get("report"), found)


def _stance(event: dict[str, Json], found: Found) -> None:
    _figures(event.get("report"), found)


def _corrected(event: dict[str, Json], found: Found) -> None:
    report = event.get("report")
    if event.get("changes") is None and isinstance(report, dict) and not report.get("figures"):
        found.append(Fault("/changes", "is required where the report brings no figures: what was told differently"))
    _changes(event.get("changes"), found)
    _figures(report, found)


def _withdrawn(event: dict[str, Json], found: Found) -> None:
    _distinct(event.get("withdraws"), "/withdraws", found)


def _reinstated(event: dict[str, Json], found: Found) -> None:
    _distinct(event.get("reinstates"), "/reinstates", found)


def _amended(event: dict[str, Json], found: Found) -> None:
    changes, report = event.get("changes"), event.get("report")
    if changes is None and report is None:
        found.append(Fault("/changes", "an amendment needs changes, or report, or both"))
    if report == {}:
        found.append(Fault("/report", "is empty; accepted: one or more fields of a report"))
    _changes(changes, found)
    _figures(report, found)


def _registered(event: dict[str, Json], found: Found) -> None:
    _distinct(event.get("aliases"), "/aliases", found)


def _actor_amended(event: dict[str, Json], found: Found) -> None:
    changes = event.get("changes")
    if changes == {}:
        found.append(Fault("/changes", "is empty; accepted: one or more of name, kind, aliases"))
    if isinstance(changes, dict):
        _distinct(changes.get("aliases"), "/changes/aliases", found)


def _changes(changes: Json, found: Found) -> None:
    if not isinstance(changes, dict):
        return
    if not changes:
        found.append(Fault("/changes", "is empty; accepted: one or more fields of the description, such as headline"))
    if changes.get("occurred", ...) is None and changes.get("occurred_text", ...) is None:
        found.append(Fault("/changes/occurred", "occurred and occurred_text cannot both be cleared; give one of them"))
    _listed(changes.get("actors"), "/changes/actors", found)
    _distinct(changes.get("topics"), "/changes/topics", found)


def _figures(report: Json, found: Found) -> None:
    figures = report.get("figures") if isinstance(report, dict) else None
    if not figures or not isinstance(figures, list) or len(figures) > LIST_LENGTH:
        return
    for index, figure in enumerate(figures):
        if isinstance(figure, dict):
            _figure(figure, f"/report/figures/{index}", found)
    if len(figures) > 1:
        _no_doubles([_content(figure) for figure in figures], "/report/figures", found)


def _figure(figure: dict[str, Json], pointer: str, found: Found) -> None:
    get = figure.get
    missing = [get("low"), get("point"), get("high")].count(None)
    if missing == len(_ORDER):
        found.append(Fault(pointer, "a figure needs one or more of low, high and point"))
    elif missing < len(_ORDER) - 1:
        for lesser, greater, where in _ORDER:
            if _exceeds(get(lesser), get(greater)):
                detail = f"{lesser} {get(lesser)} is above {greater} {get(greater)}; accepted: low <= point <= high"
                found.append(Fault(f"{pointer}/{where}", detail))
                return


def _exceeds(lesser: Json, greater: Json) -> bool:
    return isinstance(lesser, int | float) and isinstance(greater, int | float) and lesser > greater


def _content(figure: Json) -> Hashable:
    if not isinstance(figure, dict):
        return object()
    return (figure.get("approximate") or False, *map(figure.get, _FIGURE))


def _listed(actors: Json, pointer: str, found: Found) -> None:
    if isinstance(actors, list) and 1 < len(actors) <= LIST_LENGTH:
        keys = [(a.get("actor"), a.get("role")) if isinstance(a, dict) else object() for a in actors]
        _no_doubles(keys, pointer, found)


def _distinct(texts: Json, pointer: str, found: Found) -> None:
    if isinstance(texts, list) and 1 < len(texts) <= WITHDRAWN_LENGTH:
        _no_doubles(texts, pointer, found)


def _no_doubles(keys: list[Any], pointer: str, found: Found) -> None:
    try:
        if len(set(keys)) == len(keys):
            return
    except TypeError:
        keys = [key if _hashable(key) else object() for key in keys]
    first: dict[Hashable, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            found.append(Fault(f"{pointer}/{index}", f"stands in the list already, at {first[key]}; give it once"))


def _hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


_RULES: dict[str, Callable[[dict[str, Json], Found], None]] = {
    "DevelopmentReported": _reported,
    "DevelopmentCorroborated": _corroborated,
    "DevelopmentConfirmed": _stance,
    "DevelopmentDenied": _stance,
    "DevelopmentCorrected": _corrected,
    "ReportWithdrawn": _withdrawn,
    "ReportReinstated": _reinstated,
    "DevelopmentAmended": _amended,
    "ActorRegistered": _registered,
    "ActorAmended": _actor_amended,
}
