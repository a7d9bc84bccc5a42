"""Questions whose parts are remembered, at once or in a thread, are answered as where nothing is remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from adapters.views.cache import CONNECTIONS, Cache, Caches
from adapters.views.sqlite.views import SQLiteViews
from domain import edtf
from domain.clocks import AFTER, Cut
from domain.ports import Late
from domain.questions import Shown
from service import story
from service.compose import Services, services
from service.http import asking
from service.http.app import create_app
from service.http.front import Front
from service.http.response_cache import ResponseCache
from service.reading.developments import bodies
from service.reading.pins import Pin
from service.rebuilding.rebuild import rebuild
from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported
from tests.stores import KEPT

AFTER_THE_STORY = "2026-01-01T00:00:00Z"
PATHS = (
    "/v1/developments",
    "/v1/developments?order=-occurred&limit=3",
    "/v1/developments?order=-known&topic=kursk-incursion",
    "/v1/developments?actor=North%20Korea&q=troops",
    "/v1/developments/dprk-troops-fight-in-kursk",
    "/v1/developments/dprk-troops-fight-in-kursk/history",
    "/v1/actors/north-korea/timeline",
    "/v1/actors/north-korea/timeline?order=-known&affiliates=true",
    "/v1/actors/kim-jong-un",
    "/v1/actors/DPRK/timeline",
    "/v1/actors",
    "/v1/figures/dprk-killed",
    "/v1/events?after=3&limit=4",
    "/v1/log",
)
LATER = 2**60
CUTS = ("", "as_of=2024-11-01", "as_of=2025-04-27", "as_of=2025-06")


@pytest.fixture(params=KEPT.values(), ids=list(KEPT))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    at: Callable[[Path], str] = request.param
    return at(tmp_path / "at-once")


@pytest.fixture
def store(url: str) -> Iterator[Services]:
    with services(url, clock=SetClock(AFTER_THE_STORY)) as opened:
        yield opened


@pytest.fixture
async def client(store: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    # No answer is kept, so that every question is put.
    monkeypatch.setattr(ResponseCache, "keep", lambda *_, **__: None)
    transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
        yield asking


async def answers(client: httpx.AsyncClient) -> list[tuple[str, int, bytes, list[tuple[str, str]]]]:
    told = []
    for path in PATHS:
        for cut in CUTS:
            dated = cut and not path.startswith(("/v1/log", "/v1/events"))
            url = f"{path}{'&' if '?' in path else '?'}{cut}" if dated else path
            answer = await client.get(url)
            told.append((url, answer.status_code, answer.content, sorted(answer.headers.items())))
    return told


async def both(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """From what is remembered, the answers or what they are made of; then in threads that remember nothing."""
    remembered = [await answers(client) for _ in range(2)]
    with monkeypatch.context() as patched:
        patched.setattr(Front, "at_once", lambda *_: None)
        remembered += [await answers(client) for _ in range(2)]
        patched.setattr(asking, "_at_once", lambda *_, **__: None)
        patched.setattr(Caches, "of", lambda *_: None)
        anew = await answers(client)
    assert remembered == 4 * [anew]


async def test_the_answers_are_the_same_while_the_log_grows(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = ("position", "recorded_at")
    events = [{key: told for key, told in line.items() if key not in stamps} for _, line in story.lines()]
    for begin in range(0, len(events), 16):
        stored = await client.post("/v1/events", json=events[begin : begin + 16])
        assert stored.status_code == 201, stored.text
        await both(client, monkeypatch)


async def test_names_merges_and_amendments_are_seen_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [
        [registered("aland"), registered("bland"), reported("d"), reported("e")],
        corroborated("d", source="TASS"),
        {"type": "ActorRenamed", "actor": "aland", "name": "Cland"},
        {"type": "DevelopmentAmended", "development": "e", "reason": "typo", "changes": {"headline": "Other"}},
        {"type": "ActorMerged", "actor": "aland", "into": "bland"},
        {"type": "ReportWithdrawn", "development": "d", "withdraws": "*", "reason": "r",
         "report": {"source": "Reuters", "reported": "2025-08"}},
    ]  # fmt: skip
    seen = set()
    for step in steps:
        assert (await client.post("/v1/events", json=step)).status_code == 201
        told = [(await client.get("/v1/developments?as_of=2025-12")).content for _ in range(2)]
        assert told[0] == told[1]
        seen.add(told[0].replace(b'"at":', b""))
        await both(client, monkeypatch)
    assert len(seen) == len(steps)


async def test_what_is_remembered_is_told_of_earlier_positions_only_where_it_was_so(
    client: httpx.AsyncClient, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.restorer.restore(story.lines())
    renamed = {"type": "ActorRenamed", "actor": "north-korea", "name": "Korea, North"}
    merged = {"type": "ActorMerged", "actor": "kim-jong-un", "into": "north-korea"}
    late = {"type": "DevelopmentCorroborated", "id": "late", "development": "dprk-troops-fight-in-kursk",
            "report": {"source": "Late", "reported": "2024-12"}}  # fmt: skip
    for event in (late, renamed, merged, {**late, "id": "last", "report": {"source": "Last", "reported": "2025-12"}}):
        assert (await client.post("/v1/events", json=event)).status_code == 201
    positions = range(store.log.head().position, -1, -1)
    reported = {str(line.get("report", {}).get("reported", "2026")) for _, line in story.lines()}  # type: ignore[attr-defined]
    dates = sorted({edtf.single(date).ends for date in reported})[::4]

    def told(within: float | None) -> list[list[bytes]]:
        with store.views.snapshot(within) as snapshot:
            pins = (Pin(date, at, None, pinned=True) for date in dates for at in positions)
            return [bodies(snapshot, positions, pin) for pin in pins]

    remembered = told(5.0 if isinstance(store.views, SQLiteViews) else None)
    monkeypatch.setattr(Caches, "of", lambda *_, **__: None)
    assert remembered == told(None)


async def test_what_others_append_is_seen_at_once(
    client: httpx.AsyncClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/v1/events", json=[registered("aland"), reported("d")])
    await both(client, monkeypatch)
    with services(url, clock=SetClock(AFTER_THE_STORY)) as others:
        transport = httpx.ASGITransport(create_app(others))
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as other:
            await other.post("/v1/events", json=corroborated("d", source="TASS"))
    assert (await client.get("/v1/developments/d")).json()["status"] == "corroborated"
    assert (await client.get("/v1/developments")).json()["items"][0]["status"] == "corroborated"


def caches_of(store: Services) -> list[Cache]:
    views: Any = store.views
    return [views._cache] if isinstance(views, SQLiteViews) else list(views._caches._of.values())  # noqa: SLF001


def recalled(store: Services) -> set[tuple[bytes | None, ...]]:
    """What is told of a development from cache, by every connection that has one."""
    if isinstance(store.views, SQLiteViews):
        with store.views.snapshot(5.0) as snapshot:
            return {tuple(snapshot.recall([2], Cut(LATER, 2)) or ())}
    with ExitStack() as stack:
        # At once, so that each is of a connection of its own.
        several = [stack.enter_context(store.views.snapshot()) for _ in range(CONNECTIONS)]
        told = (snapshot.recall([2], Cut(LATER, 2)) for snapshot in several)
        return {tuple(one) for one in told if one is not None}


async def test_nothing_is_remembered_of_views_that_were_built_again(client: httpx.AsyncClient, store: Services) -> None:
    await client.post("/v1/events", json=[registered("aland"), reported("d")])
    first = (await client.get("/v1/developments")).content
    assert any(cache.recall([2], Cut(LATER, 2)) != [None] for cache in caches_of(store))
    rebuild(store.log, store.rebuildable)
    assert recalled(store) == {(None,)}
    assert (await client.get("/v1/developments")).content == first


async def test_who_is_late_is_answered_in_a_thread(
    client: httpx.AsyncClient, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/v1/events", json=[registered("aland"), reported("d")])
    asked = []
    snapshot = type(store.views).snapshot

    def late(self: object, within: float | None = None) -> object:
        asked.append(within)
        if within is not None:
            raise Late("no time")
        return snapshot(self)  # type: ignore[arg-type]  # it is the views' own

    monkeypatch.setattr(type(store.views), "snapshot", late)
    monkeypatch.setattr(asking, "FIRST_REST", 60.0)
    statuses = [(await client.get("/v1/developments")).status_code for _ in range(2)]
    # Others ask as well, but not at once.
    assert (statuses, asked.count(asking.HASTE)) == ([200, 200], 1)


def test_what_is_remembered_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.views.cache.BESIDE", 200)
    cache = Cache(most_bytes=10_000)
    for dev in range(100):
        cache.keep(0, [(dev, Shown(0, 10, 7, b"x" * 300)), (dev, Shown(10, 20, 8, b"y" * 300))])
    kept = [dev for dev in range(100) if cache.recall([dev], Cut(5, 7)) != [None]]
    assert kept == list(range(90, 100))
    assert cache.recall([99, 99, 99], Cut(10, 9)) == [b"y" * 300] * 3
    assert cache.recall([99, 98, 97], Cut(10, 7)) == [None] * 3
    cache.keep(0, [(99, Shown(20, AFTER, 8, b"z"))])
    assert cache.recall([99], Cut(AFTER, 9)) == [b"z"]


class Connection:
    """Whatever reads."""


def test_each_of_the_first_connections_has_a_cache_of_its_own_which_ends_with_it() -> None:
    caches = Caches()
    connections = [Connection() for _ in range(CONNECTIONS + 1)]
    of = [caches.of(connection) for connection in connections]
    assert (len({id(cache) for cache in of}), of[-1]) == (CONNECTIONS + 1, None)
    assert [caches.of(connection) for connection in connections] == of
    first = of[0]
    del connections[0]
    assert caches.of(connections[-1]) not in (None, first)


async def test_nothing_is_remembered_where_the_connections_were_lost(postgres: str) -> None:
    with services(postgres, clock=SetClock(AFTER_THE_STORY)) as store:
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking_:
            await asking_.post("/v1/events", json=[registered("aland"), reported("d")])
            before = (await asking_.get("/v1/developments")).content
            assert any(cache.recall([2], Cut(LATER, 2)) != [None] for cache in caches_of(store))
            with psycopg.connect(postgres, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'asof'")
            assert recalled(store) == {(None,)}
            assert (await asking_.get("/v1/developments")).content == before
