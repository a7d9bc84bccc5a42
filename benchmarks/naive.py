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
