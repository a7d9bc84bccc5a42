"""A question in process: the timeline of an actor, 100 items, as of any date, at 10,000 and at 100,000 events."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from datetime import date, timedelta

import orjson

from benchmarks import corpus, naive
from benchmarks.report import Figure, at_most, below, median_of
from domain.questions import Filters
from service.appending.proposals import NDJSON, Body, proposals
from service.compose import Services, services
from service.reading import developments
from service.reading.answers import Page
from service.reading.cursors import Slice, start
from service.reading.pins import When

ROUNDS = 7
ASKED = 1_000
CHECKED = 25
SMALL, LARGE = 10_000, 100_000
LIMIT = 100
MOST_MS = 3.0
MOST_GROWTH = 1.5
Question = tuple[str, str]
"""An actor and the date as of which its timeline is asked for."""


def figures() -> list[Figure]:
    """The median milliseconds of a question, in rounds in turns; of questions that have a full page at either size."""
    with (
        tempfile.TemporaryDirectory() as directory,
        services(f"sqlite:///{directory}/small.db") as few,
        services(f"sqlite:///{directory}/large.db") as many,
    ):
        for store, size in ((few, SMALL), (many, LARGE)):
            fill(store, size)
            _check(store, size)
        asked = [question for question in questions(ASKED) if len(ask(few, question).items) == LIMIT]
        of_few, of_many = median_of(ROUNDS, lambda: _median_ms(few, asked), lambda: _median_ms(many, asked))
    return [
        below(f"timeline of {LIMIT} as of any date, {LARGE:,} events, p50", of_many, MOST_MS, "ms"),
        at_most(f"timeline as of any date, {LARGE:,} to {SMALL:,} events", of_many, of_few, "ms", MOST_GROWTH),
    ]


def questions(count: int) -> list[Question]:
    """Actors as often as they occur, dates evenly over the whole story."""
    chance = random.Random(11)
    actors = chance.choices(corpus.actor_names(), [1 / (rank + 1) for rank in range(corpus.ACTORS)], k=count)
    days = [corpus.FIRST_DAY.date() + timedelta(days=chance.randrange(30, corpus.DAYS)) for _ in range(count)]
    return [(actor, day.isoformat()) for actor, day in zip(actors, days, strict=True)]


def ask(store: Services, question: Question) -> Page:
    """What the route answers, without HTTP."""
    actor, as_of = question
    with store.views.snapshot() as snapshot:
        begin = start(snapshot, When(as_of, None, None), Slice(LIMIT, None), "", developments.KEY)
        return developments.page(snapshot, begin, Filters(actors=(actor,)), "occurred")


def fill(store: Services, size: int) -> None:
    """Append so many events of the corpus, and its actors."""
    for documents in (corpus.registrations(), corpus.events(size)):
        for body in corpus.ndjson(documents, 1_000):
            store.appender.append(proposals(Body(body, NDJSON), None))


def _check(store: Services, size: int) -> None:
    """The answers are those of going through all the events."""
    told = list(corpus.events(size))
    for actor, as_of in questions(CHECKED):
        found = [orjson.loads(item)["development"] for item in ask(store, (actor, as_of)).items]
        assert found == naive.timeline(told, actor, date.fromisoformat(as_of))[:LIMIT], (actor, as_of)


def _median_ms(store: Services, asked: list[Question]) -> float:
    taken: list[float] = []
    for question in asked:
        began = time.perf_counter()
        ask(store, question)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1_000
