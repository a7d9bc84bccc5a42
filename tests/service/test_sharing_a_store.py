"""Several services, threads and processes on one store: each sees what the others appended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ports import Unavailable
from domain.questions import Filters
from domain.refusals import ActorNameUnknown, DevelopmentExists, VersionConflict
from service.compose import Services, services
from service.reading import log
from service.reading.pins import When, pin
from tests.http.wires import corroborated, registered, reported
from tests.service.appending import append, shown
from tests.stores import KEPT

NOW = When(None, None, None)


@pytest.fixture(params=KEPT)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return KEPT[request.param](tmp_path / "shared")


@pytest.fixture
def two(store: str) -> Iterator[tuple[Services, Services]]:
    with services(store) as one, services(store) as other:
        yield one, other


def test_what_one_service_appends_the_other_builds_on(two: tuple[Services, Services]) -> None:
    one, other = two
    append(one, registered("aland"), reported("d"))
    append(other, corroborated("d"), reported("g"))
    append(one, {"type": "ActorRenamed", "actor": "aland", "name": "New Land"}, corroborated("g"))
    append(other, reported("h", actors=[{"actor": "New Land"}]))
    assert shown(one, "h")["actors"][0]["name"] == "New Land"
    assert shown(one, "d")["status"] == shown(other, "g")["status"] == "corroborated"


def test_what_one_service_appended_the_other_refuses_to_append_again(two: tuple[Services, Services]) -> None:
    one, other = two
    append(one, registered("aland"), reported("d"))
    with pytest.raises(DevelopmentExists):
        append(other, reported("d"))
    with pytest.raises(VersionConflict):
        append(other, corroborated("d", expected_version=0))
    append(one, corroborated("d"))
    append(other, corroborated("d", expected_version=2))


def test_a_refused_batch_leaves_no_actor_behind_in_memory(two: tuple[Services, Services]) -> None:
    one, _ = two
    with pytest.raises(ActorNameUnknown):
        append(one, registered("aland"), reported("d", actors=[{"actor": "nobody"}]))
    with pytest.raises(ActorNameUnknown):
        append(one, reported("d"))


def test_threads_append_at_once_and_every_event_is_stored_once_and_visible(store: str) -> None:
    def write(number: int) -> None:
        for event in range(20):
            append(
                opened, reported(f"d-{number}-{event}", id=f"e-{number}-{event}"), corroborated(f"d-{number}-{event}")
            )

    with services(store) as opened:
        append(opened, registered("aland"))
        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with opened.views.snapshot() as snapshot:
            assert snapshot.head.position == 1 + 6 * 20 * 2
            assert (
                len(snapshot.page(Filters(), "occurred", pin(snapshot, When(None, None, None)).cut, 1_000, None)) == 120
            )


def test_a_store_opened_again_is_level_and_answers_the_same(store: str) -> None:
    with services(store) as first:
        append(first, registered("aland"), reported("d"), corroborated("d"))
        before = shown(first, "d")
    with services(store) as again:
        assert shown(again, "d") == before


def test_views_that_fell_behind_are_brought_level_when_the_store_is_opened(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise Unavailable("no room for views")

    with services(store) as first:
        append(first, registered("aland"), reported("d"))
        # Whoever projects: the one that appends, or beside it the one that follows the log.
        monkeypatch.setattr(type(first.views), "write", unavailable)
        # Who had begun before has ended now.
        with pytest.raises(Unavailable, match="no room for views"):
            first.projector.catch_up()
        append(first, corroborated("d"))
        assert shown(first, "d")["status"] == "reported"
    monkeypatch.undo()
    with services(store) as again:
        assert shown(again, "d")["status"] == "corroborated"


def test_the_chain_does_not_depend_on_who_projected_what(two: tuple[Services, Services]) -> None:
    one, other = two
    append(one, registered("aland"), reported("d"))
    append(other, corroborated("d"))
    append(one, corroborated("d", source="TASS"))
    with one.views.snapshot() as snapshot, other.views.snapshot() as same:
        assert log.head(snapshot, pin(snapshot, NOW)).body == log.head(same, pin(same, NOW)).body
