"""What random histories are made of: few of everything, so that they collide."""

from __future__ import annotations

from random import Random
from typing import Any

from domain import edtf
from domain.clocks import Instant, show
from tests.oracle.stream import instant

SECOND = 1_000_000
DAY = 86_400 * SECOND
BEGIN = instant("2025-07-02T10:00:00Z")
"""When the first event is recorded; reports are dated around it."""

ACTORS = ("aland", "bland", "cland", "dland")
DEVELOPMENTS = ("d", "g", "h")
NAMES = ("Aland", "ALAND", "aland", "\u00c5land", "A\u030aland", "Bland", "North Aland", "Stra\u00dfe", "STRASSE")
HEADLINES = ("Talks begin", "talks END", "Shells hit Stra\u00dfe", "A\u030aland denies", "Talks, again")
SUMMARIES = ("in Kursk", "Bland spoke first", "strasse and talks")
KINDS = ("event", "statement", "assessment", "plan", "forecast")
TOPICS = ("north", "south")
ROLES = (None, "subject", "speaker")
PLACES = ({"name": "Kursk"}, {"name": "North Sea", "country": "GB", "latitude": 54.5, "longitude": 3})
SOURCES = ("Reuters", "AFP", "aland", "bland", "reuters")
METRICS = ("killed", "wounded")
UNITS = (None, None, "people")
PHRASES = ("over the weekend", "soon")
TITLES = (None, "minister", "envoy")
DATES = (
    "2025-06-28",
    "2025-06-30",
    "2025-07-01",
    "2025-07-02",
    "2025-07-03",
    "2025-07-04?",
    "2025-06",
    "2025-07~",
    "2025",
    "2024%",
    "2025-34",
    "2025-35",
    "2025-06-2X",
    "2025-07-0X",
    "2025-0X",
    "2025-XX",
    "202X",
    "2025-06-30T23:59:59.999999Z",
    "2025-07-01T00:00:00Z",
    "2025-07-01T00:00:00.000001Z",
    "2025-07-02T09:00:00+09:00",
    "2025-07-02T10:00:00Z",
    "2025-07-03T00:00:00Z",
)
SPANS = (
    *DATES,
    "2025-07-01/2025-07-03",
    "2025-06/2025-07-02",
    "2025-07/..",
    "2025-07-03/",
    "../2025-06",
    "/2025-07-01",
    "2025-07-02T10:00:00Z/..",
    "2025-12",
    "9999",
)
STEPS = (0, 0, 0, 1, SECOND, 6 * 3600 * SECOND, DAY)


def date_by(random: Random, now: Instant) -> str:
    """A date that has begun, or begins within the clock skew that is let through."""
    if random.random() < 0.1:
        return str(show(now + random.choice((-1, 0, 120 * SECOND))))
    return random.choice([date for date in DATES if edtf.single(date).begins <= now])


def listing(random: Random, actors: list[str]) -> list[dict[str, Any]]:
    """A list of actors, each once in each role."""
    chosen = {(random.choice(actors), random.choice(ROLES)) for _ in range(random.randint(0, 3))} if actors else set()
    pairs = sorted(chosen, key=str)
    random.shuffle(pairs)
    return [{"actor": actor, "role": role} if role else {"actor": actor} for actor, role in pairs]


def description(random: Random, actors: list[str]) -> dict[str, Any]:
    """A whole description, without what is missing."""
    given = {
        "headline": random.choice(HEADLINES),
        "summary": random.choice((None, *SUMMARIES)),
        "kind": random.choice(KINDS),
        **random.choice((_when(random), {"occurred": random.choice(SPANS)})),
        "actors": listing(random, actors),
        "place": random.choice((None, None, *PLACES)),
        "topics": random.sample(TOPICS, random.randint(0, 2)),
    }
    return {name: value for name, value in given.items() if value is not None}


def _when(random: Random) -> dict[str, Any]:
    """One of the two dates or both; the one that is not given is cleared where that says anything."""
    occurred, phrase = random.choice(SPANS), random.choice(PHRASES)
    return random.choice(
        (
            {"occurred": occurred, "occurred_text": None},
            {"occurred": None, "occurred_text": phrase},
            {"occurred": occurred, "occurred_text": phrase},
        )
    )


def changes(random: Random, actors: list[str]) -> dict[str, Any]:
    """Some parts of a description, at least one; None clears."""
    parts: dict[str, Any] = {
        "headline": random.choice(HEADLINES),
        "summary": random.choice((None, *SUMMARIES)),
        "kind": random.choice(KINDS),
        "occurred": random.choice(SPANS),
        "actors": listing(random, actors),
        "place": random.choice((None, *PLACES)),
        "topics": random.choice((None, [], list(TOPICS), [random.choice(TOPICS)])),
    }
    chosen = random.sample(sorted(parts), random.randint(1, 3))
    given = {name: parts[name] for name in chosen}
    return {**given, **_when(random)} if "occurred" in given and random.random() < 0.5 else given


def figure(random: Random, actors: list[str]) -> dict[str, Any]:
    """A figure; zero is a number like any other."""
    low, high = sorted((random.randint(0, 3), random.randint(0, 3)))
    given = {
        "metric": random.choice(METRICS),
        **random.choice(
            ({"point": low}, {"low": low}, {"high": high}, {"low": low, "point": low + 0.5, "high": high + 1})
        ),
        "approximate": random.choice((None, False, True)),
        "unit": random.choice(UNITS),
        "as_at": random.choice((None, None, *SPANS)),
        "claimed_by": random.choice((None, None, *actors)),
        "note": random.choice((None, None, "preliminary")),
    }
    return {name: value for name, value in given.items() if value is not None}


def figures(random: Random, actors: list[str]) -> list[dict[str, Any]]:
    """Up to three figures, none of them twice: what is not approximate may say so or not."""
    found: list[dict[str, Any]] = []
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        one = figure(random, actors)
        if all({"approximate": False} | one != {"approximate": False} | other for other in found):
            found.append(one)
    return found


def report(random: Random, actors: list[str], now: Instant, *, counting: bool) -> dict[str, Any]:
    """A report; `counting` says whether it may bring figures."""
    given = {
        "source": random.choice(SOURCES),
        "reported": date_by(random, now),
        "attributed_to": random.choice((None, None, *actors)),
        "url": random.choice((None, None, "https://example.org/a")),
        "grade": random.choice((None, "B2", "C")),
        "quote": random.choice((None, None, {"exact": "so it is"}, {"exact": "no", "suffix": "!"})),
        "figures": figures(random, actors) if counting else None,
    }
    return {name: value for name, value in given.items() if value not in (None, [])}


def report_changes(random: Random, actors: list[str], now: Instant, *, counting: bool) -> dict[str, Any]:
    """Some parts of a report, at least one; None clears."""
    parts: dict[str, Any] = {
        "source": random.choice(SOURCES),
        "attributed_to": random.choice((None, *actors)),
        "url": random.choice((None, "https://example.org/b")),
        "grade": random.choice((None, "A1")),
        "quote": random.choice((None, {"exact": "so it was"})),
    }
    if counting:
        parts["figures"] = random.choice((None, figures(random, actors) or None))
    given = {name: parts[name] for name in random.sample(sorted(parts), random.randint(0, 2))}
    return {**given, "reported": date_by(random, now)} if not given or random.random() < 0.5 else given
