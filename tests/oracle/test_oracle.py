"""The service answers as the brute-force oracle does: random histories, both clocks, every store, however written.

ASOF_ORACLE_HISTORIES says how many histories of each kind, of which a store that is dear to make gets a part; what
fails names its seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import edtf
from service.rebuilding import bulk_load
from tests.oracle import material
from tests.oracle.asking import ORDERS, Questions, cuts, filters
from tests.oracle.histories import history
from tests.oracle.lists import Filters
from tests.oracle.register import Event
from tests.oracle.service import Asked, asked
from tests.stores import KEPT, STORES

HISTORIES = int(os.environ.get("ASOF_ORACLE_HISTORIES", "40"))
DEAR = {"postgres": 4}
"""Of so many histories one is asked of the store."""
CUTS = 3
SHARES = 4
"""The histories of a test are shared among that many cases, which may run side by side."""


def seeds(store: str, first: int, histories: int = HISTORIES, share: int = 0, shares: int = 1) -> range:
    return range(first + share, first + max(histories // DEAR.get(store, 1), shares), shares)


def drawn(seed: int) -> tuple[Random, list[Event]]:
    random = Random(seed)
    return random, history(random, random.randint(8, 28))


def compare(service: Asked, random: Random, log: list[Event], told: str) -> None:
    """Every kind of question at a few cuts of both clocks."""
    moments = cuts(log)
    for _ in range(CUTS):
        questions = Questions(service, log, random.randint(1, len(log)), random.choice(moments), told)
        questions.everything(random)
        asking = random.choice((Filters(), filters(random)))
        questions.changes_since(random.choice([moment for moment in moments if moment is not None]), asking)
        questions.changes_from(random.randint(0, questions.at), asking)


def batches(random: Random, log: list[Event]) -> Iterator[list[Event]]:
    """The log as it could have been appended: what was recorded at one instant in one or several batches."""
    for _, together in groupby(log, key=lambda event: event["recorded_at"]):
        pending = list(together)
        while pending:
            size = random.randint(1, len(pending))
            yield pending[:size]
            del pending[:size]


def whole_list(random: Random) -> Filters:
    """Everything in one list."""
    return random.choice(
        (
            Filters(actor=(random.choice(material.ACTORS),)),
            Filters(topic=random.choice(material.TOPICS)),
            Filters(source=random.choice(material.SOURCES)),
            Filters(metric=random.choice(material.METRICS)),
        )
    )


def append(service: Asked, batch: list[Event]) -> None:
    service.clock.instant = edtf.single(batch[0]["recorded_at"]).begins
    answer = service.post([{key: value for key, value in event.items() if key != "recorded_at"} for event in batch])
    assert answer.status_code == 201, answer.text


def append_all(service: Asked, told: list[list[Event]]) -> None:
    for batch in told:
        append(service, batch)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("store", STORES)
def test_a_restored_log_is_answered_as_the_oracle_answers(store: str, share: int, tmp_path: Path) -> None:
    for seed in seeds(store, 0, share=share, shares=SHARES):
        random, log = drawn(seed)
        with asked(STORES[store](tmp_path / str(seed))) as service:
            service.restore(log)
            compare(service, random, log, f"seed {seed}")


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("store", STORES)
def test_a_log_appended_in_batches_of_any_size_is_answered_as_the_oracle_answers(
    store: str, share: int, tmp_path: Path
) -> None:
    for seed in seeds(store, 10_000, share=share, shares=SHARES):
        random, log = drawn(seed)
        with asked(STORES[store](tmp_path / str(seed))) as service:
            for batch in batches(random, log):
                append(service, batch)
            compare(service, random, log, f"seed {seed}")


@pytest.mark.parametrize("store", KEPT)
def test_what_is_asked_between_appends_is_answered_as_the_oracle_answers(store: str, tmp_path: Path) -> None:
    for seed in seeds(store, 60_000, HISTORIES // 2):
        random, log = drawn(seed)
        with asked(KEPT[store](tmp_path / str(seed))) as service:
            stored = 0
            for batch in batches(random, log):
                append(service, batch)
                stored += len(batch)
                if random.random() < 1 / 2:
                    at = random.choice((stored, random.randint(1, stored)))
                    moment = random.choice(cuts(log[:stored]))
                    Questions(service, log[:stored], at, moment, f"seed {seed}").everything(random)


@pytest.mark.parametrize("store", KEPT)
def test_a_log_restored_in_part_and_then_appended_to_is_answered_as_the_oracle_answers(
    store: str, tmp_path: Path
) -> None:
    for seed in seeds(store, 20_000, HISTORIES // 4):
        random, log = drawn(seed)
        first = random.randint(1, len(log) - 1)
        with asked(KEPT[store](tmp_path / str(seed))) as service:
            service.restore(log[:first])
        with asked(KEPT[store](tmp_path / str(seed))) as service:
            for batch in batches(random, log[first:]):
                append(service, batch)
            compare(service, random, log, f"seed {seed}")


@pytest.mark.parametrize("store", STORES)
def test_views_built_anew_answer_as_the_oracle_answers_whatever_was_appended_meanwhile(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in seeds(store, 50_000, HISTORIES // 2):
        random, log = drawn(seed)
        first = random.randint(1, len(log))
        monkeypatch.setattr(bulk_load, "STRETCH", random.randint(1, 12))
        with asked(STORES[store](tmp_path / str(seed))) as service:
            service.restore(log[:first])
            service.rebuild_while(partial(append_all, service, list(batches(random, log[first:]))))
            service.rebuild_while(bool)
            compare(service, random, log, f"seed {seed}")


@pytest.mark.parametrize("store", STORES)
def test_a_list_asked_for_as_of_one_date_after_another_is_answered_as_the_oracle_answers(
    store: str, tmp_path: Path
) -> None:
    for seed in seeds(store, 70_000):
        random, log = drawn(seed)
        moments = cuts(log)[1:]
        with asked(STORES[store](tmp_path / str(seed))) as service:
            service.restore(log)
            for _ in range(3):
                at = random.choice((None, len(log), random.randint(1, len(log))))
                listed = random.choice((Filters(), *map(whole_list, 4 * [random])))
                of = random.choice((None, *material.ACTORS))
                order, limit = random.choice(ORDERS), random.choice((1, 2, 3, 1000))
                first = random.randrange(len(moments))
                some = moments[first : first + 8]
                for moment in random.choices(some, k=20):
                    questions = Questions(service, log, at or len(log), moment, f"seed {seed}", pinned=at is not None)
                    questions.timeline(random, listed if of is None else Filters(), order, of, limit)


@pytest.mark.parametrize("store", STORES)
def test_what_is_pinned_is_the_same_bytes_after_every_later_append(store: str, tmp_path: Path) -> None:
    for seed in seeds(store, 30_000, HISTORIES // 4):
        random, log = drawn(seed)
        with asked(STORES[store](tmp_path / str(seed))) as service:
            pinned: dict[str, bytes] = {}
            at = 0
            for batch in batches(random, log):
                append(service, batch)
                at += len(batch)
                for path in ("/v1/state", "/v1/developments", "/v1/actors", "/v1/figures", "/v1/developments/d"):
                    answer = service.ask(path, at=at)
                    if answer.status_code == 200:
                        pinned[f"{path}?at={at}"] = answer.content
            for url, content in pinned.items():
                path, _, position = url.partition("?at=")
                assert service.ask(path, at=position).content == content, f"seed {seed} {url}"


@pytest.mark.parametrize("store", STORES)
def test_a_refused_batch_leaves_log_and_answers_as_they_were(store: str, tmp_path: Path) -> None:
    for seed in seeds(store, 40_000, HISTORIES // 4):
        random, log = drawn(seed)
        with asked(STORES[store](tmp_path / str(seed))) as service:
            service.restore(log)
            service.clock.instant = edtf.single(log[-1]["recorded_at"]).begins
            before = service.ask("/v1/state").content, service.log()
            bad = {"type": "DevelopmentDenied", "development": "nobody-told", "by": "aland"}
            fine = {"type": "ActorRegistered", "actor": "fresh", "name": "Fresh", "kind": "other"}
            refused = service.post([fine, {**bad, "report": {"source": "S", "reported": "2025-01"}}])
            assert refused.status_code == 409
            assert (service.ask("/v1/state").content, service.log()) == before, f"seed {seed}"
            assert service.post([fine]).status_code == 201
            compare(service, random, log, f"seed {seed}")


@settings(max_examples=HISTORIES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False), size=st.integers(4, 9))
def test_the_smallest_history_that_is_answered_otherwise_is_found(random: Random, size: int) -> None:
    log = history(random, size)
    with asked() as service:
        service.restore(log)
        Questions(service, log, len(log), random.choice(cuts(log))).everything(random)
