"""Questions are put to a hot standby: what it shows, what it waits for, and what happens while it lags or is gone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest

from service.compose import Services, services
from service.http.app import create_app
from service.rebuilding.rebuild import rebuild
from service.stores import open_for_rebuild
from tests.http.wires import registered, reported
from tests.postgres import Server


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    primary = Server().create().start()
    standby = Server(hot_standby_feedback="on").copy_of(primary).start()
    yield primary, standby
    standby.remove()
    primary.remove()


@pytest.fixture
def standby(servers: tuple[Server, Server]) -> Server:
    return servers[1]


@pytest.fixture
def store(servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr("service.projecting.shared.COPY_PATIENCE", 1.0)
    primary, standby = servers
    with psycopg.connect(primary.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    with services(primary.url, reads=standby.url) as opened:
        follow(primary, standby)
        yield opened


def follow(primary: Server, standby: Server) -> None:
    """Wait until the standby has what the primary has, the new tables too."""
    with (
        psycopg.connect(primary.url, autocommit=True) as one,
        psycopg.connect(standby.url, autocommit=True) as other,
    ):
        (written,) = one.execute("SELECT pg_current_wal_lsn()::text").fetchall()[0]
        while not other.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (written,)).fetchall()[0][0]:
            time.sleep(0.02)


@pytest.fixture
async def client(store: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
        answer = await asking.post("/v1/events", json=registered("aland"))
        assert answer.status_code in {201, 202}
        assert (await asking.get("/v1/log?min_position=1")).json()["position"] == 1
        yield asking


def replay(standby: Server, *, goes_on: bool) -> None:
    with psycopg.connect(standby.url, autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_resume()" if goes_on else "SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        while connection.execute(paused.encode()).fetchone() != (not goes_on,):
            pass


async def test_what_was_appended_shows_on_the_standby_when_it_is_acknowledged(client: httpx.AsyncClient) -> None:
    for number in range(20):
        appended = await client.post("/v1/events", json=reported(f"d-{number}"))
        assert appended.status_code == 201
        shown = await client.get(f"/v1/developments/d-{number}")
        assert shown.status_code == 200
        assert shown.json()["at"] == appended.json()["position"]


async def test_views_that_are_rebuilt_show_on_the_standby_as_they_were(
    client: httpx.AsyncClient, store: Services, servers: tuple[Server, Server]
) -> None:
    for number in range(5):
        await client.post("/v1/events", json=reported(f"d-{number}"))
    before = (await client.get("/v1/developments")).json()
    with open_for_rebuild(servers[0].url) as (log, views):
        assert rebuild(log, views) == 6
    assert (await client.get("/v1/developments?min_position=6")).json() == before
    appended = await client.post("/v1/events", json=reported("d-5"))
    assert (appended.status_code, appended.json()["position"]) == (201, 7)
    assert (await client.get("/v1/developments/d-5")).json()["at"] == 7


async def test_while_the_standby_lags_appends_are_durable_and_answers_tell_where_they_stand(
    client: httpx.AsyncClient, standby: Server
) -> None:
    replay(standby, goes_on=False)
    try:
        appended = await client.post("/v1/events", json=reported("d"))
        assert (appended.status_code, appended.json()["position"]) == (202, 2)
        late = await client.get("/v1/log?min_position=2", headers={"Prefer": "wait=0"})
        assert (late.status_code, late.json()["code"], late.headers["Retry-After"]) == (503, "views-behind", "1")
        anyway = await client.get("/v1/log", headers={"Prefer": "respond-async, wait=0"})
        assert (anyway.json()["position"], "Preference-Applied" in anyway.headers) == (1, False)
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["lag"]) == (503, 1)
        assert "asof_views_lag_events 1.0" in (await client.get("/metrics")).text
    finally:
        replay(standby, goes_on=True)
    assert (await client.get("/v1/log?min_position=2")).json()["position"] == 2
    assert (await client.get("/v1/developments/d?min_position=2")).json()["at"] == 2


@pytest.mark.parametrize("asked", ["wait", "wait=5", 'Wait="5"', "return=minimal, wait=5"])
async def test_who_prefers_to_wait_sees_all_that_is_in_the_log(client: httpx.AsyncClient, asked: str) -> None:
    await client.post("/v1/events", json=reported("d"), headers={"Prefer": "respond-async"})
    answer = await client.get("/v1/log", headers={"Prefer": asked})
    assert answer.json()["position"] == 2
    assert answer.headers["Preference-Applied"].startswith("wait")


async def test_a_position_that_the_log_does_not_have_is_not_waited_for(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/log?min_position=3")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "min_position")


async def test_without_the_standby_appends_are_durable_and_questions_wait_for_its_return(
    client: httpx.AsyncClient, standby: Server
) -> None:
    standby.stop("fast")
    try:
        answer = await client.get("/v1/log")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert (await client.post("/v1/events", json=reported("d"))).status_code == 202
    finally:
        standby.start()
    assert (await client.get("/v1/log?min_position=2")).json()["position"] == 2


async def test_a_service_may_begin_before_its_standby(servers: tuple[Server, Server]) -> None:
    primary, standby = servers
    standby.stop("fast")
    with services(primary.url, reads=standby.url) as opened:
        transport = httpx.ASGITransport(create_app(opened), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
            assert (await asking.get("/v1/log")).status_code == 503
            standby.start()
            assert (await asking.get("/v1/log", headers={"Prefer": "wait"})).status_code == 200
