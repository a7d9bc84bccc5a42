"""Synthetic stories of any size, the same for the same seed: actors of unequal weight, events of about 700 bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

Json = dict[str, Any]

ACTORS = 7_000
TOPICS = 200
SOURCES = 300
METRICS = 60
FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
DAYS = 3_650
WORDS = (
    *("ministry", "troops", "border", "talks", "convoy", "strike", "denies", "confirms"),
    *("sources", "region", "brigade", "winter", "statement", "visit", "summit", "agreement"),
    *("missile", "launch", "exercise", "parade", "shipment", "port", "rail", "bridge"),
    *("river", "coast", "village", "capital", "council", "sanctions"),
)


def actor_names(count: int = ACTORS) -> list[str]:
    """Ids of the actors, the heaviest first."""
    return [f"actor-{number:05d}" for number in range(count)]


def registrations(count: int = ACTORS) -> Iterator[Json]:
    """An ActorRegistered for each actor."""
    for number, actor in enumerate(actor_names(count)):
        yield {
            "type": "ActorRegistered",
            "id": f"reg-{number:05d}",
            "actor": actor,
            "name": f"Actor {number:05d}",
            "kind": "organisation",
        }


def events(count: int, *, seed: int = 7, actors: int = ACTORS, first: int = 0) -> Iterator[Json]:
    """`count` development events: two in three open a development, the rest corroborate, confirm or deny a recent one.

    Reports arrive in order of publication, day by day over ten years; occurred is up to 30 days earlier. Their numbers
    begin with `first`: events of other numbers have other ids.
    """
    chance = random.Random(seed)
    names = actor_names(actors)
    weights = [1 / (rank + 1) for rank in range(actors)]
    picks = iter(lambda: chance.choices(names, weights, k=4_096), None)
    drawn = (name for batch in picks for name in batch)
    recent: list[str] = []
    for number in range(first, first + count):
        day = FIRST_DAY + timedelta(days=(number - first) * DAYS // max(count, 1))
        if recent and chance.random() < 1 / 3:
            yield _further(chance, number, day, chance.choice(recent), drawn)
        else:
            development = f"{chance.choice(WORDS)}-{chance.choice(WORDS)}-{number:07d}"
            recent = [*recent[-200:], development]
            yield _first(chance, number, day, development, drawn)


def claimed(told: Iterator[Json], claimants: int) -> Iterator[Json]:
    """The same, each metric with so many claimants, as stories have them; else anybody claims anything."""
    for event in told:
        for figure in event["report"].get("figures", ()):
            number = int(figure["metric"].rpartition("-")[2]) * claimants + figure["point"] % claimants
            figure["claimed_by"] = f"actor-{number:05d}"
        yield event


def saying(told: Iterator[Json], word: str, each: int) -> Iterator[Json]:
    """The same, one development in so many with this word in its summary."""
    for number, event in enumerate(told):
        if event["type"] == "DevelopmentReported" and number % each == 0:
            event["summary"] += f" {word.capitalize()}."
        yield event


def _first(chance: random.Random, number: int, day: datetime, development: str, drawn: Iterator[str]) -> Json:
    listed = dict.fromkeys(islice(drawn, 2))
    return {
        "type": "DevelopmentReported",
        "id": f"evt-{number:08d}",
        "development": development,
        "headline": " ".join(chance.choices(WORDS, k=9)).capitalize(),
        "summary": " ".join(chance.choices(WORDS, k=22)).capitalize() + ".",
        "kind": chance.choice(("event", "event", "statement", "assessment", "plan")),
        "occurred": (day - timedelta(days=chance.randrange(30))).date().isoformat(),
        "actors": [{"actor": actor, "role": role} for actor, role in zip(listed, ("subject", "object"), strict=False)],
        "place": {"name": f"{chance.choice(WORDS)} region", "country": "RU", "latitude": 51.7, "longitude": 36.2},
        "topics": [f"topic-{chance.randrange(TOPICS):03d}"],
        "report": _report(chance, day, figures=chance.random() < 1 / 5),
    }


def _further(chance: random.Random, number: int, day: datetime, development: str, drawn: Iterator[str]) -> Json:
    kind = chance.choice(
        ("DevelopmentCorroborated", "DevelopmentCorroborated", "DevelopmentConfirmed", "DevelopmentDenied")
    )
    event: Json = {"type": kind, "id": f"evt-{number:08d}", "development": development}
    if kind != "DevelopmentCorroborated":
        event["by"] = next(drawn)
    event["report"] = _report(chance, day, figures=chance.random() < 1 / 3) | {"attributed_to": next(drawn)}
    return event


def _report(chance: random.Random, day: datetime, *, figures: bool) -> Json:
    report: Json = {
        "source": f"Source {chance.randrange(SOURCES):03d}",
        "reported": day.date().isoformat(),
        "url": f"https://example.org/{chance.getrandbits(64):016x}/{chance.choice(WORDS)}-{chance.choice(WORDS)}",
        "grade": "B2",
        "quote": {"exact": " ".join(chance.choices(WORDS, k=12))},
    }
    if figures:
        report["figures"] = [
            {"metric": f"metric-{chance.randrange(METRICS):02d}", "point": chance.randrange(10_000), "unit": "people"}
        ]
    return report


def ndjson(documents: Iterator[Json], size: int) -> Iterator[bytes]:
    """The documents as NDJSON bodies of `size` lines."""
    while batch := list(islice(documents, size)):
        yield b"".join(orjson.dumps(document) + b"\n" for document in batch)
