"""A store that cannot be used answers 503, loses nothing, and serves again when it can be."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from adapters.sqlite.database import Database
from domain.ports import Unavailable
from service import stores
from service.compose import Services, services
from service.http import lifespan
from service.http.app import create_app
from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(stores, "Database", partial(Database, busy_seconds=0.2))
    with services(f"sqlite:///{path}", clock=clock) as opened:
        yield opened


async def test_a_locked_store_refuses_appends_reads_on_and_takes_them_later(
    aland: httpx.AsyncClient, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = await aland.post("/v1/events", json=reported(id="e1"))
    assert (refused.status_code, refused.json()["code"]) == (503, "store-unavailable")
    assert refused.headers["retry-after"] == "1"
    assert (await aland.get("/v1/log")).json()["position"] == 1
    other.execute("ROLLBACK")
    other.close()
    assert (await aland.post("/v1/events", json=reported(id="e1"))).status_code == 201


async def test_a_full_disk_refuses_what_it_cannot_hold_and_keeps_what_it_held(
    aland: httpx.AsyncClient, path: Path, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await aland.post("/v1/events", json=reported())
    await fill(aland, store, monkeypatch)
    with sqlite3.connect(path) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (await aland.get("/v1/developments/d")).status_code == 200
    assert (await aland.get("/v1/developments/large")).status_code == 404


async def fill(client: httpx.AsyncClient, store: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writers' connections have as many pages as the file has already, and append more than fit."""
    database = store.log._database  # type: ignore[attr-defined]  # noqa: SLF001 (a disk cannot be filled from outside)
    for durable in (True, False):
        with database.write(durable=durable) as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
    refused = await client.post("/v1/events", json=reported("large", summary="x" * 10_000, topics=["t"]))
    assert refused.status_code == 503


@pytest.mark.parametrize("path_of", ["missing/store.db", "."])
def test_a_store_that_cannot_be_opened_says_which_and_why(tmp_path: Path, path_of: str) -> None:
    with pytest.raises(Unavailable, match=str(tmp_path)), services(f"sqlite:///{tmp_path}/{path_of}"):
        pass


@pytest.mark.parametrize("url", ["", "asof.db", "sqlite:", "sqlite:/asof.db", "mysql://localhost/asof"])
def test_a_url_that_names_no_store_is_refused_with_those_that_do(url: str) -> None:
    with pytest.raises(stores.NoSuchStore, match="accepted: sqlite:///FILE"), services(url):
        pass


async def test_an_unready_service_says_so(aland: httpx.AsyncClient, store: Services) -> None:
    store.log.close()
    answer = await aland.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert (await aland.get("/v1/state")).status_code == 503
    assert (await aland.get("/healthz")).status_code == 200


async def test_a_fault_inside_tells_nothing_but_an_id_that_is_in_the_log(
    store: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(store.views), "snapshot", lambda _: broken())
    transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as client:
        answer = await client.get("/v1/state")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.json()["id"] in caplog.text


async def test_views_that_cannot_be_written_leave_the_append_durable_and_answer_202(
    aland: httpx.AsyncClient, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await aland.post("/v1/events", json=[registered("bland"), reported()])
    with monkeypatch.context() as broken:
        broken.setattr(type(store.views), "write", unavailable)
        answer = await aland.post("/v1/events", json=corroborated())
        assert answer.status_code == 202
        assert (await aland.get("/readyz")).json()["lag"] == 1
    assert (await aland.post("/v1/events", json=corroborated(source="TASS"))).status_code == 201
    assert (await aland.get("/v1/developments/d")).json()["sources"] == 3


async def test_who_keeps_the_views_level_goes_on_behind_any_fault(
    store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def faulty(*_: object) -> None:
        asked.append(1)
        raise RuntimeError

    monkeypatch.setattr(lifespan, "SECONDS", 0.01)
    monkeypatch.setattr(type(store.views), "snapshot", faulty)
    async with lifespan.levelling(store)(FastAPI()):
        late = time.monotonic() + 10
        while len(asked) < 3:
            assert time.monotonic() < late
            await asyncio.sleep(0.01)


def unavailable(*_: object) -> None:
    raise Unavailable("no room for views")
