"""Requests that come while a commit runs are stored by the next one, and each is judged alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.clock import SystemClock
from adapters.ids import TimeOrderedIds
from domain.actor import Actors
from domain.ports import Unavailable
from domain.refusals import ActorNameUnknown, DevelopmentExists, DevelopmentUnknown, EventIdReused, VersionConflict
from service.appending import appender as appending
from service.appending.admission import Admission, Proposal
from service.appending.appender import Appended, Appender
from service.appending.capacity import Overloaded
from service.compose import Services, services
from service.http.app import create_app
from tests.http.wires import corroborated, registered, reported
from tests.service.gated_log import Gated
from tests.service.proposals import Event, proposed
from tests.stores import STORES

Outcome = Appended | BaseException


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    with services(STORES[request.param](tmp_path / "store")) as opened:
        yield opened


@pytest.fixture
def log(store: Services) -> Gated:
    return Gated(store.log)


@pytest.fixture
def appender(store: Services, log: Gated) -> Iterator[Appender]:
    opened = Appender(log, store.views, store.projector, SystemClock(), TimeOrderedIds())
    opened.append(proposed(registered("aland", id="reg-aland")))
    log.commits = 0
    yield opened
    log.gate.set()
    opened.close()


async def asked(appender: Appender, *requests: list[Event], **how: Any) -> list[asyncio.Task[Appended]]:
    """Requests that are on their way, in this order."""
    tasks = [asyncio.create_task(appender.append_soon(proposed(*request), **how)) for request in requests]
    await asyncio.sleep(0)
    return tasks


async def held_up(appender: Appender, log: Gated) -> asyncio.Task[Appended]:
    """A request that is being stored until the gate is opened."""
    log.gate.clear()
    log.at_the_gate.clear()
    (first,) = await asked(appender, [reported("first")])
    assert await asyncio.to_thread(log.at_the_gate.wait, 30)
    return first


async def together(appender: Appender, log: Gated, *requests: list[Event], **how: Any) -> list[Outcome]:
    """The outcomes of requests that all come while an event of their own development is being stored."""
    first = await held_up(appender, log)
    rest = await asked(appender, *requests, **how)
    log.gate.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


def places(outcome: Outcome) -> list[tuple[str, int, int]]:
    assert isinstance(outcome, Appended), outcome
    return [(placed.stream.partition("/")[2], placed.version, placed.position) for placed in outcome.events]


def names(store: Services) -> list[str]:
    return [entry.stream.partition("/")[2] for entry in store.log.read(0, 1_000)]


async def test_what_comes_while_a_commit_runs_is_stored_by_the_next_one_in_order(
    appender: Appender, log: Gated, store: Services
) -> None:
    outcomes = await together(appender, log, *([reported(f"d{n}")] for n in range(63)))
    assert log.commits == 2
    assert [places(outcome) for outcome in outcomes] == [[(f"d{n}", 1, 3 + n)] for n in range(63)]
    with store.views.snapshot() as snapshot:
        assert snapshot.head.position == 2 + 63


async def test_who_comes_alone_is_stored_alone_and_waits_for_nobody(appender: Appender, log: Gated) -> None:
    for n in range(3):
        appender.append(proposed(reported(f"thread-{n}")))
        await appender.append_soon(proposed(reported(f"task-{n}")))
        assert log.commits == 2 * (n + 1)


async def test_a_refusal_refuses_its_own_request_and_the_others_are_judged_by_what_was_let_in(
    appender: Appender, log: Gated, store: Services
) -> None:
    outcomes = await together(
        appender,
        log,
        [reported("d", id="e1")],
        [reported("d")],
        [corroborated("d", expected_version=1)],
        [reported("g"), corroborated("nobody-knows")],
        [corroborated("d", expected_version=1)],
        [corroborated("g")],
        [corroborated("d", id="e1")],
        [corroborated("d", expected_version=2)],
    )
    refused = {1: DevelopmentExists, 3: DevelopmentUnknown, 4: VersionConflict, 5: DevelopmentUnknown, 6: EventIdReused}
    assert {n: type(outcome) for n, outcome in enumerate(outcomes) if not isinstance(outcome, Appended)} == refused
    assert [places(outcomes[n]) for n in (0, 2, 7)] == [[("d", 1, 3)], [("d", 2, 4)], [("d", 3, 5)]]
    assert isinstance(outcomes[3], DevelopmentUnknown)
    assert outcomes[3].faults[0].pointer == "/1/development"
    assert names(store) == ["aland", "first", "d", "d", "d"]
    assert log.commits == 2


async def test_registrations_on_the_way_go_with_their_own_request_only(
    appender: Appender, log: Gated, store: Services
) -> None:
    outcomes = await together(
        appender,
        log,
        [reported("d", actors=[{"actor": "Gone"}]), corroborated("nobody-knows")],
        [reported("d", actors=[{"actor": "Kept"}])],
        [reported("g", actors=[{"actor": "kept"}, {"actor": "Other"}])],
        register_actors=True,
    )
    assert isinstance(outcomes[0], DevelopmentUnknown)
    assert places(outcomes[1]) == [("kept", 1, 3), ("d", 1, 4)]
    assert places(outcomes[2]) == [("other", 1, 5), ("g", 1, 6)]
    with pytest.raises(ActorNameUnknown):
        appender.append(proposed(reported("h", actors=[{"actor": "Gone"}])))
    assert names(store) == ["aland", "first", "kept", "d", "other", "g"]


async def test_the_same_event_sent_twice_at_once_is_stored_once_and_answered_twice(
    appender: Appender, log: Gated, store: Services
) -> None:
    event = reported("d", id="e1", actors=[{"actor": "Somebody"}, {"actor": "Another"}])
    outcomes = await together(appender, log, [event], [event], [event, corroborated("d")], register_actors=True)
    first, again, longer = outcomes
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert places(first) == places(again) == [("somebody", 1, 3), ("another", 1, 4), ("d", 1, 5)]
    assert (first.stored, again.stored, again.visible) == (3, 0, True)
    assert places(longer) == [*places(first), ("d", 2, 6)]
    assert len(names(store)) == 6


async def test_a_commit_that_fails_fails_all_of_its_requests_and_nothing_stays(
    appender: Appender, log: Gated, store: Services
) -> None:
    log.failing = True
    tasks = [await held_up(appender, log)]
    tasks += await asked(
        appender, [reported("d", actors=[{"actor": "New"}])], [corroborated("d")], register_actors=True
    )
    log.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert names(store) == ["aland"]
    log.failing = False
    with pytest.raises(ActorNameUnknown):
        appender.append(proposed(reported("d", actors=[{"actor": "New"}])))
    assert places(appender.append(proposed(reported("d")))) == [("d", 1, 2)]


async def test_a_fault_in_judging_one_request_is_its_own(
    appender: Appender, log: Gated, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Admission.take

    def stumble(admission: Admission, proposal: Proposal) -> object:
        if proposal.wire.get("development") == "stone":
            raise RuntimeError("a stone")
        return take(admission, proposal)

    monkeypatch.setattr(Admission, "take", stumble)
    outcomes = await together(
        appender, log, [reported("d")], [registered("bland"), reported("stone")], [registered("bland")]
    )
    assert isinstance(outcomes[1], RuntimeError)
    assert [places(outcomes[n]) for n in (0, 2)] == [[("d", 1, 3)], [("bland", 1, 4)]]


@pytest.mark.parametrize("named", ["Jane Doe", "ÅLAND"])
async def test_what_others_were_in_the_way_of_is_stored_as_it_was_sent_when_it_is_judged_again(
    appender: Appender, log: Gated, store: Services, named: str
) -> None:
    appender.append(proposed(registered("island", name="Åland")))
    sent = reported("d", id="e-1", actors=[{"actor": named}])
    log.contended = 1
    first = appender.append(proposed(sent), register_actors=True)
    assert log.contended == 0
    assert appender.append(proposed(sent), register_actors=True).events == first.events
    with store.views.snapshot() as snapshot:
        assert {actor.name for actor in snapshot.register()} >= {named if named == "Jane Doe" else "Åland"}


async def test_the_nearest_names_are_looked_up_while_others_append(
    appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearest, appended = Actors.nearest, []

    def slow(actors: Actors, names: Iterable[str]) -> dict[str, list[str]]:
        other = threading.Thread(target=lambda: appended.append(appender.append(proposed(registered("meanwhile")))))
        other.start()
        other.join(10)
        return nearest(actors, names)

    monkeypatch.setattr(Actors, "nearest", slow)
    with pytest.raises(ActorNameUnknown) as unknown:
        await appender.append_soon(proposed(reported("d", actors=[{"actor": "Alland"}])))
    assert (len(appended), unknown.value.nearest) == (1, {"Alland": ["Aland"]})


async def test_who_is_cancelled_before_being_judged_has_nothing_stored_and_keeps_nobody_waiting(
    appender: Appender, log: Gated, store: Services
) -> None:
    first = await held_up(appender, log)
    gone, kept = await asked(appender, [reported("gone")], [reported("kept")])
    gone.cancel()
    await asyncio.sleep(0)
    log.gate.set()
    await asyncio.gather(first, kept)
    assert names(store) == ["aland", "first", "kept"]


async def test_who_is_cancelled_while_being_stored_keeps_nobody_waiting(
    appender: Appender, log: Gated, store: Services
) -> None:
    first = await held_up(appender, log)
    first.cancel()
    log.gate.set()
    await appender.append_soon(proposed(reported("next")))
    assert names(store) == ["aland", "first", "next"]


async def test_more_than_may_wait_is_told_so_at_once_and_let_in_later(
    store: Services, log: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "WAITING", 3)
    appender = Appender(log, store.views, store.projector, SystemClock(), TimeOrderedIds())
    appender.append(proposed(registered("aland"), *(reported(f"large-{n}") for n in range(9))))
    log.gate.clear()
    tasks = await asked(appender, [reported("a")], [reported("b")], [reported("c")])
    for _ in range(3):
        with pytest.raises(Overloaded, match="at most 3"):
            await appender.append_soon(proposed(reported("d")))
    log.gate.set()
    await asyncio.gather(*tasks)
    for n in range(5):
        await appender.append_soon(proposed(reported(f"d{n}"), reported(f"g{n}"), reported(f"h{n}")))
    appender.close()


async def test_over_http_more_than_may_wait_is_answered_503_with_when_to_try_again(
    store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "WAITING", 2)
    log = Gated(store.log)
    appender = Appender(log, store.views, store.projector, SystemClock(), TimeOrderedIds())
    application = create_app(
        Services(log, store.views, store.visibility, store.projector, appender, store.restorer, store.rebuildable)
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://asof") as client:
        assert (await client.post("/v1/events", json=registered("aland"))).status_code == 201
        log.gate.clear()
        waiting = [asyncio.create_task(client.post("/v1/events", json=reported(f"d{n}"))) for n in range(5)]
        done, _ = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        log.gate.set()
        assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [201, 201, 503, 503, 503]
    appender.close()


async def test_who_asks_for_durable_only_is_answered_before_the_views_are_level(
    appender: Appender, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    catch_up = store.projector.catch_up

    def slowly(fresh: Any = ()) -> int:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(30)
        return catch_up(fresh)

    monkeypatch.setattr(store.projector, "catch_up", slowly)
    durable = await appender.append_soon(proposed(reported("d", id="e1")), wait=False)
    assert (durable.stored, durable.visible) == (1, False)
    again = asyncio.create_task(appender.append_soon(proposed(reported("d", id="e1"))))
    await asyncio.sleep(0.05)
    assert not again.done()
    release.set()
    told = await again
    assert (told.stored, told.visible, told.position) == (0, True, durable.position)


async def test_after_closing_nothing_is_taken_and_what_was_asked_is_answered(appender: Appender, log: Gated) -> None:
    tasks = [await held_up(appender, log), *await asked(appender, [reported("d")])]
    closing = asyncio.create_task(asyncio.to_thread(appender.close))
    await asyncio.sleep(0.05)
    log.gate.set()
    await closing
    assert [places(outcome)[0][0] for outcome in await asyncio.gather(*tasks)] == ["first", "d"]
    with pytest.raises(Unavailable, match="closed"):
        await appender.append_soon(proposed(reported("late")))
    with pytest.raises(Unavailable, match="closed"):
        appender.append(proposed(reported("late")))
