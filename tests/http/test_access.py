"""The access log: a line for every request, whatever answers it."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from service.compose import services
from service.http import access
from service.http.access import AccessLog
from service.http.app import create_app
from tests.http.wires import registered

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO asof\.access 127\.0\.0\.1:123"
    r' "(?P<request>[^"]*) HTTP/1\.1" (?P<status>\d{3}) (?P<size>\d+) \d+\.\dms\n'
)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> AccessLog:
    return AccessLog(stream)


@pytest.fixture
async def client(log: AccessLog) -> AsyncIterator[httpx.AsyncClient]:
    with services("sqlite://") as store:
        transport = httpx.ASGITransport(create_app(store, log), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as asking:
            yield asking


def told(stream: io.StringIO) -> list[tuple[str, str]]:
    found = [LINE.fullmatch(line) for line in stream.getvalue().splitlines(keepends=True)]
    assert None not in found, stream.getvalue()
    return [(line["request"], line["status"]) for line in found if line]


async def test_every_request_has_its_line_in_order(
    client: httpx.AsyncClient, log: AccessLog, stream: io.StringIO
) -> None:
    await client.post("/v1/events", json=registered("aland"))
    for _ in range(2):
        await client.get("/v1/log?at=1")
    await client.head("/v1/actors/%C3%A5land?as_of=2025")
    await client.get("/nowhere")
    await client.put("/v1/log")
    log.write()
    assert told(stream) == [
        ("POST /v1/events", "201"),
        ("GET /v1/log?at=1", "200"),
        ("GET /v1/log?at=1", "200"),
        ("HEAD /v1/actors/%C3%A5land?as_of=2025", "404"),
        ("GET /nowhere", "404"),
        ("PUT /v1/log", "405"),
    ]


async def test_the_size_is_that_of_the_body_as_sent(
    client: httpx.AsyncClient, log: AccessLog, stream: io.StringIO
) -> None:
    asked = [client.get("/openapi.json", headers={"Accept-Encoding": "gzip"}), client.get("/nowhere")]
    answers = [await each for each in asked]
    log.write()
    lines = [LINE.fullmatch(line) for line in stream.getvalue().splitlines(keepends=True)]
    assert [line and line["size"] for line in lines] == [answer.headers["content-length"] for answer in answers]


async def test_lines_are_written_soon_without_being_asked_for(
    client: httpx.AsyncClient, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "TOGETHER_SECONDS", 0.01)
    await client.get("/healthz")
    assert not stream.getvalue()
    await asyncio.sleep(0.5)
    assert told(stream) == [("GET /healthz", "200")]


async def test_many_lines_are_not_kept_back(
    client: httpx.AsyncClient, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "MOST_LINES", 3)
    for _ in range(4):
        await client.get("/healthz")
    assert len(told(stream)) == 3


async def test_nothing_that_is_sent_begins_a_line_of_its_own(
    client: httpx.AsyncClient, log: AccessLog, stream: io.StringIO
) -> None:
    await client.get("/v1/actors/a%0A2026-01-01%20INFO%20forged?as_of=%0D%0A%1B%5B")
    log.write()
    assert len(stream.getvalue().splitlines()) == 1
