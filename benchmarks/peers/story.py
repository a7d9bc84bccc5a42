"""The story that every store is told: the corpus on two clocks that go apart.

What `benchmarks.corpus` tells is reported day by day. Here one report in eight reaches the log late, by up to 60 days,
so that what was known as of a date and what was recorded by a position are different questions. Every event is recorded
at a moment of its own: stores that know no positions are asked as of that moment instead.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from benchmarks import corpus
from benchmarks.corpus import Json

LATE = 1 / 8
LATEST_DAYS = 60
DAY = timedelta(days=1)
_HOUR = timedelta(hours=6)


class Told(NamedTuple):
    """An event of a development: its position in the log, when it was recorded, when it is known from.

    That is the end of the day on which it was reported.
    """

    position: int
    recorded: datetime
    known: datetime
    event: Json


def story(count: int, actors: int = corpus.ACTORS) -> Iterator[Told]:
    """The events in order of recording, those of one development in the corpus's order; behind the registrations."""
    for position, (day, event) in enumerate(_entered(count, actors), actors + 1):
        known = _day(event["report"]["reported"]) + DAY
        yield Told(position, day + DAY + _HOUR + timedelta(microseconds=position), known, event)


def lines(count: int, actors: int = corpus.ACTORS) -> Iterator[Json]:
    """The same as lines of an export, the registrations of the actors before them."""
    for position, event in enumerate(corpus.registrations(actors), 1):
        recorded = corpus.FIRST_DAY + timedelta(microseconds=position)
        yield _line(position, recorded, event)
    for told in story(count, actors):
        yield _line(told.position, told.recorded, told.event)


def names_of(event: Json) -> list[str]:
    """Whom an event names, each once."""
    named = [listed["actor"] for listed in event.get("actors", ())]
    named += [event.get("by"), event["report"].get("attributed_to")]
    return [actor for actor in dict.fromkeys(named) if actor is not None]


def text_of(event: Json) -> str:
    """What a first report is found by: headline, summary, place, the names of its actors."""
    names = [f"Actor {listed['actor'].removeprefix('actor-')}" for listed in event["actors"]]
    return " ".join((event["headline"], event["summary"], event["place"]["name"], *names))


def claimant_of(event: Json) -> str:
    """Whose claim its figures are."""
    claimed: str = event["report"].get("attributed_to") or event.get("by") or event["report"]["source"]
    return claimed


def _entered(count: int, actors: int) -> Iterator[tuple[datetime, Json]]:
    """(day of recording, event) in order; of one day in that of the corpus; none overtakes one of its development."""
    chance = random.Random(13)
    held: dict[str, datetime] = {}
    waiting: list[tuple[datetime, int, Json]] = []
    for number, event in enumerate(corpus.events(count, actors=actors)):
        reported = _day(event["report"]["reported"])
        while waiting and waiting[0][0] < reported:
            yield _next(waiting)
        late = chance.randint(1, LATEST_DAYS) if chance.random() < LATE else 0
        due = max(reported + late * DAY, held.get(event["development"], reported))
        if due > reported:
            held[event["development"]] = due
        heapq.heappush(waiting, (due, number, event))
    while waiting:
        yield _next(waiting)


def _next(waiting: list[tuple[datetime, int, Json]]) -> tuple[datetime, Json]:
    day, _, event = heapq.heappop(waiting)
    return day, event


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _line(position: int, recorded: datetime, event: Json) -> Json:
    return {"position": position, "recorded_at": recorded.isoformat().replace("+00:00", "Z"), **event}
