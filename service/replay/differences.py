"""What differs between goldens and what a log comes to now: who, when, which field, and the first event of it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

from service.replay.fields import differences
from service.replay.golden import EVENTS, SUMMARY, Event, Golden, texts
from service.replay.views import Checkpoint, View

SECTIONS = ("developments", "figures", "actors", "state")
NAMED = 5
FIELDS = 12
"""Fields of one answer that are told."""


def of_heads(golden: Golden, now: Golden) -> Iterator[str]:
    """The first event that is not the one it was."""
    for was, became in zip(golden.events, now.events, strict=False):
        if was.head != became.head:
            renamed = "" if was.id == became.id else f", which was {was.id}"
            yield f"the first event that is not the one it was: {_told(became)}{renamed}"
            return


def of_projections(golden: Golden, now: Golden) -> Iterator[str]:
    """Which projections differ, for whom, and from which event on."""
    for name in sorted(golden.projections.keys() | now.projections.keys()):
        was, became = golden.projections.get(name), now.projections.get(name)
        if was == became:
            continue
        if was is None or became is None:
            yield f"{name}: the {'program' if became is None else 'golden'} does not have this projection"
        elif was.version != became.version:
            yield f"{name}: the golden is of version {was.version}, this program has version {became.version}"
        else:
            count = f"{was.facts:,} facts" + ("" if was.facts == became.facts else f" are now {became.facts:,}")
            yield f"{name}: {count}; differs for {_some(_actors(golden, now, name)) or 'no actor'}"
    first = next((b for a, b in zip(golden.events, now.events, strict=False) if a.facts != b.facts), None)
    if first is not None:
        yield f"first event that differs: {_told(first)}"


def of_answers(golden: Golden, now: Golden) -> Iterator[str]:
    """Which answers differ at which checkpoint, field by field, and right after which event."""
    for checkpoint, was in golden.answers.items():
        yield from of_views(checkpoint, was, now.answers[checkpoint], golden.events, now.events)
    for first in _first_answers(golden.events, now.events):
        yield f"right after {_told(first)}: the answer about {first.stream} differs"


def of_views(checkpoint: Checkpoint, was: View, became: View, events: list[Event], now: list[Event]) -> Iterator[str]:
    """Field by field; with the first event of what it concerns after which the API's answer about it differs."""
    for section in SECTIONS:
        for name in sorted(was[section].keys() | became[section].keys()):
            one, other = was[section].get(name), became[section].get(name)
            if one == other:
                continue
            concerns, streams = _concerns(section, name, was, became)
            first = next(_first_answers(events, now, streams), None)
            since = "" if first is None else f"; first event that differs: {_told(first)}"
            yield f"{concerns}, {checkpoint.name}: {_fields(name, one, other)}{since}"


def diff(golden: Golden, now: Golden, folder: Path) -> str:
    """A unified diff of the answers."""
    was, became = texts(golden), texts(now)
    names = sorted(name for name in {**was, **became} if name not in (SUMMARY, EVENTS))
    return "".join(line for name in names for line in _diff(was.get(name, ""), became.get(name, ""), folder / name))


def _diff(was: str, became: str, path: Path) -> Iterator[str]:
    lines = (was.splitlines(keepends=True), became.splitlines(keepends=True))
    return unified_diff(*lines, f"{path} (golden)", f"{path} (replayed)", n=3)


def _concerns(section: str, name: str, was: View, became: View) -> tuple[str, set[str] | None]:
    """Whom it concerns, a development the actors in whose timelines it stands; and which streams, None for any."""
    if section == "developments":
        owners = [actor for actor in sorted(was["actors"] | became["actors"]) if name in _timeline(actor, was, became)]
        return _some(owners) or "no actor", {f"development/{name}"}
    if section == "figures":
        return section, {
            f"development/{view['figures'][name]['development']}" for view in (was, became) if name in view["figures"]
        }
    if section == "actors":
        return name, {f"actor/{name}", *(f"development/{each}" for each in _timeline(name, was, became))}
    return section, None


def _timeline(actor: str, *views: View) -> list[str]:
    return [each for view in views for each in view["actors"].get(actor, {}).get("timeline", ())]


def _fields(name: str, one: Any, other: Any) -> str:
    if one is None or other is None:
        return f"{name}: {'is new' if one is None else 'is gone'}"
    found = list(differences(one, other))
    more = len(found) - FIELDS
    return f"{name}: {'; '.join(found[:FIELDS])}" + (f"; and {more} more" if more > 0 else "")


def _first_answers(was: list[Event], now: list[Event], streams: set[str] | None = None) -> Iterator[Event]:
    for one, other in zip(was, now, strict=False):
        if one.answer != other.answer and (streams is None or other.stream in streams):
            yield other
            return


def _actors(golden: Golden, now: Golden, projection: str) -> list[str]:
    return [
        actor
        for actor in sorted(golden.actors.keys() | now.actors.keys())
        if golden.actors.get(actor, {}).get(projection) != now.actors.get(actor, {}).get(projection)
    ]


def _told(event: Event) -> str:
    return f"position {event.position}, {event.id}"


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
