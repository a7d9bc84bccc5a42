"""Several services on one PostgreSQL: one projects, all of them show what any of them appended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.postgres.database import Database
from adapters.postgres.duty import PostgresDuty
from domain.ports import Unavailable
from service.compose import Services, services
from service.projecting.shared import SharedProjector
from service.projecting.visibility import LOOK_SECONDS, Behind, Visibility
from service.stores import NoSuchStore
from tests.http.wires import corroborated, registered, reported
from tests.postgres import Server
from tests.service.appending import append, shown

SECONDS = 10.0


@pytest.fixture
def two(postgres: str) -> Iterator[tuple[Services, Services]]:
    with services(postgres) as one, services(postgres) as other:
        yield one, other


def projector_of(services: Services) -> SharedProjector:
    assert isinstance(services.projector, SharedProjector)
    return services.projector


def until_level(services: Services) -> None:
    services.visibility.wait(services.log.head().position, SECONDS)


def test_one_of_several_projects_and_what_any_appends_all_show(two: tuple[Services, Services]) -> None:
    one, other = two
    assert (projector_of(one).has_duty(), projector_of(other).has_duty()) == (True, False)
    append(one, registered("aland"), reported("d"))
    assert shown(other, "d")["status"] == "reported"
    append(other, corroborated("d"))
    assert shown(one, "d")["status"] == shown(other, "d")["status"] == "corroborated"


def test_appends_of_many_threads_in_two_services_are_all_shown_when_they_return(
    two: tuple[Services, Services],
) -> None:
    append(two[0], registered("aland"))
    failures: list[str] = []

    def write(by: Services, name: str) -> None:
        for number in range(10):
            append(by, reported(f"{name}-{number}"))
            for reader in two:
                with reader.views.snapshot() as snapshot:
                    if snapshot.dev(f"{name}-{number}") is None:
                        failures.append(f"{name}-{number}")

    threads = [threading.Thread(target=write, args=(two[n % 2], f"thread-{n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert two[0].log.head().position == 61


def test_what_another_appends_while_the_projecting_one_is_at_work_shows_as_soon_as_it_is_done(
    two: tuple[Services, Services],
) -> None:
    one, other = two
    append(one, registered("aland"))
    with ThreadPoolExecutor(1) as threads:
        with projector_of(one)._lock:  # noqa: SLF001 (as if it projected)
            waiting = threads.submit(append, other, reported("d"))
            with pytest.raises(Behind):
                other.visibility.wait(2, 0.2)
        assert waiting.result(SECONDS) == 2
    assert shown(one, "d")["status"] == "reported"


def test_whoever_follows_leaves_alone_what_the_appends_of_its_own_process_bring(two: tuple[Services, Services]) -> None:
    one, _ = two
    append(one, registered("aland"))
    busy = threading.Event()
    busy.set()
    projector_of(one)._busy = busy.is_set  # noqa: SLF001 (as if it appended without an end)
    time.sleep(2 * LOOK_SECONDS)  # whoever waited for commits looks again
    with one.log.session() as session:
        entry = one.log.read(0, 1)[0]
        session.restore([entry._replace(position=2, id="by-hand", stream="actor/b", version=1, body=B)])
    with pytest.raises(Behind):
        one.visibility.wait(2, 0.3)
    busy.clear()
    one.visibility.wait(2, SECONDS)


def test_where_the_projecting_service_ends_another_takes_over(postgres: str) -> None:
    with services(postgres) as one, services(postgres) as other:
        append(one, registered("aland"))
        projector_of(one).close()
        began = time.monotonic()
        append(other, reported("d"))
        assert time.monotonic() - began < SECONDS / 2
        assert projector_of(other).has_duty()
        assert shown(other, "d")["status"] == "reported"


def test_what_is_stored_without_its_service_seeing_it_is_projected_soon(two: tuple[Services, Services]) -> None:
    append(two[0], registered("aland"))
    with two[1].log.session() as session:
        entry = two[0].log.read(0, 1)[0]
        session.restore([entry._replace(position=2, id="by-hand", stream="actor/b", version=1, body=B)])
    two[0].visibility.wait(2, SECONDS)


B = b'{"type":"ActorRegistered","id":"by-hand","actor":"b","name":"B","kind":"state"}'


def test_without_anybody_who_projects_an_append_is_durable_and_does_not_wait_for_ever(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.projecting.shared.PATIENCE", 0.2)
    with services(postgres, projects=False) as alone:
        append(alone, registered("aland"))
        assert alone.log.head().position == 1
        with pytest.raises(Behind):
            alone.visibility.wait(1, 0.1)
        with services(postgres) as other:
            until_level(other)
        alone.visibility.wait(1, SECONDS)


def test_nobody_waits_again_before_views_that_stood_still_have_moved(postgres: str) -> None:
    with services(postgres, projects=False) as alone:
        showing = Visibility(alone.views, alone.visibility._following)  # noqa: SLF001
        with pytest.raises(Behind):
            showing.wait_unless_stuck(1, 0.1)
        began = time.monotonic()
        with pytest.raises(Behind):
            showing.wait_unless_stuck(1, SECONDS)
        assert time.monotonic() - began < SECONDS / 2


def test_only_postgres_has_copies(tmp_path: Path) -> None:
    with pytest.raises(NoSuchStore, match="copy"), services(f"sqlite:///{tmp_path}/a.db", reads="sqlite://"):
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server().create().start()
    yield server
    server.remove()


def test_a_duty_is_of_one_at_a_time_and_ends_with_its_connection(server: Server) -> None:
    one, other = Database(server.url, wait_seconds=1), Database(server.url, wait_seconds=1)
    first, second = PostgresDuty(one, "duty"), PostgresDuty(other, "duty")
    assert (first.taken(), second.taken(), first.taken()) == (True, False, True)
    first.leave()
    assert (second.taken(), first.taken()) == (True, False)
    server.stop()
    time.sleep(0.6)
    with pytest.raises(Unavailable):
        second.taken()
    server.start()
    assert (first.taken(), second.taken()) == (True, False)
    one.close()
    other.close()
