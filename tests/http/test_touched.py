"""A store that a tool for SQLite has written to: what it only stored in another way is read as before."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from service.compose import services
from service.http.app import create_app
from service.story import lines

NDJSON = "application/x-ndjson"
ASKED = (
    *("/v1/events?limit=1000", "/v1/events/28", "/v1/events?actor=russia", "/v1/events?stream=actor/nis", "/v1/log"),
    *("/v1/state", "/v1/developments", "/v1/actors", "/v1/figures", "/v1/changes?from=2024", "/v1/actors/nis"),
    *("/v1/changes?from_at=20", "/v1/developments/storm-shadow-strike-500", "/v1/figures/dprk-killed"),
    *("/v1/developments/storm-shadow-strike-500/history", "/v1/developments/dprk-losses-in-kursk/history"),
    *("/v1/actors/russia/timeline?affiliates=true", "/v1/developments?q=missile&at=90"),
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    with services(f"sqlite:///{tmp_path / 'story.db'}") as store:
        store.restorer.restore(lines())
    return tmp_path / "story.db"


@pytest.fixture
async def touched(written: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the story in a store in which every event has become a text."""
    with sqlite3.connect(written) as connection:
        assert connection.execute("UPDATE event SET state = CAST(state AS TEXT)").rowcount == 127
    connection.close()
    with services(f"sqlite:///{written}") as store:
        transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
            yield asking


@pytest.fixture
async def sound() -> AsyncIterator[httpx.AsyncClient]:
    with services("sqlite://") as store:
        store.restorer.restore(lines())
        transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
            yield asking


@pytest.mark.parametrize("accept", ["application/json", NDJSON])
async def test_an_event_that_was_stored_as_text_is_told_as_before(
    touched: httpx.AsyncClient, sound: httpx.AsyncClient, accept: str
) -> None:
    for address in ASKED:
        told, expected = [await asking.get(address, headers={"Accept": accept}) for asking in (touched, sound)]
        assert (told.status_code, told.content) == (expected.status_code, expected.content), address


async def test_a_stream_whose_events_became_text_goes_on(touched: httpx.AsyncClient) -> None:
    denial = {
        "type": "DevelopmentAmended",
        "id": "evt-touched",
        "development": "storm-shadow-strike-500",
        "changes": {"summary": "As it was."},
        "reason": "r",
    }
    assert (await touched.post("/v1/events", json=denial)).status_code == httpx.codes.CREATED
    assert (await touched.post("/v1/events", json=denial)).status_code == httpx.codes.OK
    known = next(dict(event) for number, event in lines() if number == 17)
    sent = {key: value for key, value in known.items() if key not in ("position", "recorded_at")}
    assert (await touched.post("/v1/events", json=sent)).status_code == httpx.codes.OK
