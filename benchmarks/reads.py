"""The other questions of a long story, in process on both stores, as of dates all over it and pinned: the worst ones.

State, the changes of a month, words that few, some and most texts have; and how far the slowest pages of a timeline lie
from the usual ones. A metric has a handful of claimants, as in stories: the state lists the latest figure of each.
ASOF_BENCH_EVENTS says how many events there are.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import chain

import orjson

from benchmarks import corpus, naive
from benchmarks.filled import filled
from benchmarks.questions import Question, ask, questions
from benchmarks.report import Figure, at_most, below
from domain.ports import Snapshot
from domain.questions import Filters
from service.compose import Services, services
from service.reading import developments
from service.reading.answers import One, Page
from service.reading.changes import Between, changes
from service.reading.cursors import Slice, start
from service.reading.pins import When, pin
from service.reading.state import state
from tests.postgres import Server

EVENTS = int(os.environ.get("ASOF_BENCH_EVENTS", "100000"))
CLAIMANTS = 5
ROUNDS = 9
LIMIT = 100
TIMELINES = 1_000
MONTH = timedelta(days=30)
DATES = {"early": 0.1, "middle": 0.5, "late": 0.9, "today": 1.0}
"""How far into the story."""
SOME, EACH = "cordon", 100
WORDS = {
    "few list by name": "03000",
    "a hundredth list by name": "00012",
    "a hundredth say": SOME,
    "most say": "convoy",
}
"""Words that few, about a hundredth and most of the developments have in their texts or their actors' names."""
STATE_MS, CHANGES_MS, WORDS_MS = 5.0, 20.0, 20.0
FAR = 10.0
_SHARED_BUFFERS = "1GB"

Ask = Callable[[Snapshot], One | Page]


def figures() -> list[Figure]:
    """Of both stores."""
    server = Server(fsync="on", shared_buffers=_SHARED_BUFFERS).create().start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            return [
                figure
                for name, store in (("embedded", f"sqlite:///{directory}/reads.db"), ("PostgreSQL", server.url))
                for figure in _of_store(name, store)
            ]
    finally:
        server.remove()


def told() -> chain[corpus.Json]:
    """The story."""
    events = corpus.saying(corpus.events(EVENTS), SOME, EACH)
    return chain(corpus.registrations(), corpus.claimed(events, CLAIMANTS))


def _of_store(name: str, url: str) -> list[Figure]:
    filled(url, told())
    with services(url) as store:
        _check(store)
        asked = [question for question in questions(TIMELINES) if len(ask(store, question).items) == LIMIT]
        usual, slowest = _timelines(store, asked)
        return [
            below(f"{name}, {EVENTS:,} events: the state, at the worst date", _worst(store, _state), STATE_MS, "ms"),
            below(f"{name}: the changes of a month", _worst(store, _changes), CHANGES_MS, "ms"),
            *(
                below(f"{name}: a word that {many}", _worst(store, partial(_words, word)), WORDS_MS, "ms")
                for many, word in WORDS.items()
            ),
            at_most(f"{name}: the 99th of 100 pages of timelines to the usual one", slowest, usual, "ms", FAR),
        ]


def _worst(store: Services, of: Callable[[When], Ask]) -> float:
    """The median milliseconds of a question at the date at which that is the most."""
    with store.views.snapshot() as snapshot:
        head = snapshot.head.position
    cuts = [When(_day(part), None, None) for part in DATES.values()]
    cuts += [When(_day(DATES["early"]), head // 2, None), When(_day(DATES["today"]), head // 10, None)]
    return max(_median_ms(store, of(when)) for when in cuts)


def _day(part: float) -> str:
    return (corpus.FIRST_DAY + timedelta(days=round(corpus.DAYS * part))).date().isoformat()


def _median_ms(store: Services, question: Ask) -> float:
    return statistics.median(_seconds(lambda: _answer(store, question)) for _ in range(ROUNDS)) * 1_000


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _answer(store: Services, question: Ask) -> One | Page:
    with store.views.snapshot() as snapshot:
        return question(snapshot)


def _state(when: When) -> Ask:
    return lambda snapshot: state(snapshot, pin(snapshot, when), Filters())


def _changes(when: When) -> Ask:
    assert when.as_of is not None
    earlier = (date.fromisoformat(when.as_of) - MONTH).isoformat()
    between = Between(earlier, when.as_of, None, None, When(None, when.at, None))
    return lambda snapshot: changes(snapshot, between, Slice(LIMIT, None), lambda _: Filters(), "").answer()


def _words(word: str, when: When) -> Ask:
    def asked(snapshot: Snapshot) -> Page:
        begin = start(snapshot, when, Slice(LIMIT, None), "", developments.KEY)
        return developments.page(snapshot, begin, Filters(words=(word,)), "-occurred")

    return asked


def _timelines(store: Services, asked: list[Question]) -> tuple[float, float]:
    """The median and the 99th percentile of pages of timelines, in milliseconds."""
    taken = [_seconds(partial(ask, store, question)) * 1_000 for question in asked]
    return statistics.median(taken), statistics.quantiles(taken, n=100)[-1]


def _check(store: Services) -> None:
    """The answers are those of going through all the events."""
    events = [event for event in told() if event["type"] != "ActorRegistered"]
    for day in map(_day, DATES.values()):
        as_of, when = date.fromisoformat(day), When(day, None, None)
        known = naive.known(events, as_of)
        counted = orjson.loads(_one(_answer(store, _state(when))).body)["counts"]["kind"]
        assert counted == Counter(event["kind"] for event in known.values()), day
        new = sorted(known.keys() - naive.known(events, as_of - MONTH).keys())[:LIMIT]
        changed = [orjson.loads(item) for item in _page(_answer(store, _changes(when))).items]
        assert [item["development"] for item in changed if item["change"] == "learned"] == new, day
        for word in WORDS.values():
            found = [orjson.loads(item)["development"] for item in _page(_answer(store, _words(word, when))).items]
            assert found == naive.saying(known, word)[:LIMIT], (day, word)


def _one(answer: One | Page) -> One:
    assert isinstance(answer, One)
    return answer


def _page(answer: One | Page) -> Page:
    assert isinstance(answer, Page)
    return answer
