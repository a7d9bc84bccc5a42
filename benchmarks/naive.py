"""The plain way to an answer: go through all events and keep what fits. For checking, not for speed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from benchmarks.corpus import Json


def timeline(events: Iterable[Json], actor: str, as_of: date) -> list[str]:
    """The developments on an actor's timeline by the end of a day, by occurred, then by id.

    For stories as `benchmarks.corpus` tells them: reported by the day and recorded afterwards, nothing withdrawn,
    corrected or amended.
    """
    occurred: dict[str, str] = {}
    standing: set[str] = set()
    for event in events:
        if date.fromisoformat(event["report"]["reported"]) > as_of:
            continue
        development = event["development"]
        occurred.setdefault(development, event.get("occurred", ""))
        named = [listed["actor"] for listed in event.get("actors", ())]
        named += [event.get("by"), event["report"].get("attributed_to")]
        if actor in named:
            standing.add(development)
    return sorted(standing, key=lambda development: (occurred[development], development))


def known(events: Iterable[Json], as_of: date) -> dict[str, Json]:
    """The developments known by the end of a day, by id, each with the event that opened it."""
    return {
        event["development"]: event
        for event in events
        if event["type"] == "DevelopmentReported" and date.fromisoformat(event["report"]["reported"]) <= as_of
    }


def saying(known: dict[str, Json], word: str) -> list[str]:
    """Those with a word in headline, summary or place, or in an actor's name, the last that occurred first."""
    names = {f"actor-{word}"}
    found = {
        development: event["occurred"]
        for development, event in known.items()
        if word in f"{event['headline']} {event['summary']} {event['place']['name']}".lower().replace(".", "").split()
        or not names.isdisjoint(listed["actor"] for listed in event["actors"])
    }
    by_id = sorted(found)
    return sorted(by_id, key=found.__getitem__, reverse=True)
