"""A store of every kind, a clock that tests set, and a client that asks the application in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from service.compose import Services, services
from service.http.app import create_app
from tests.http.clock import SetClock
from tests.http.wires import registered
from tests.stores import STORES


@pytest.fixture
def clock() -> SetClock:
    return SetClock("2025-12-01T00:00:00Z")


@pytest.fixture(params=["sqlite-memory", "postgres"])
def store(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> Iterator[Services]:
    with services(STORES[request.param](tmp_path / "store"), clock=clock) as opened:
        yield opened


@pytest.fixture
async def client(store: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(store), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
        yield asking


@pytest.fixture
async def aland(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a store that knows the actor `aland`."""
    answer = await client.post("/v1/events", json=registered("aland", id="reg-aland"))
    assert answer.status_code == 201
    return client
