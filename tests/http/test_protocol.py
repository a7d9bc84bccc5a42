"""Kept answers go straight to the socket, and nobody can tell: bytes, order, metrics, log are as by the long way."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from service.compose import services
from service.http import access, asking
from service.http.access import AccessLog
from service.http.app import create_app
from service.http.front import Application
from service.http.protocol import MOST_AT_ONCE, Protocol
from service.http.response_cache import Reply, ResponseCache
from service.http.validity_cache import ValidityCache
from tests.http.sockets import ACCEPT, DATE, answers, listening, request
from tests.http.wires import registered, reported

PATH = "/v1/developments?at=2"


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def app(lines: io.StringIO) -> AsyncIterator[Application]:
    """One that has the answer to PATH."""
    with services("sqlite://") as store:
        app = create_app(store, AccessLog(lines))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://asof") as client:
            await client.post("/v1/events", json=[registered("aland"), reported()])
            await client.get(PATH, headers={"Accept": ACCEPT, "Accept-Encoding": "identity"})
        yield app


async def test_the_answer_is_the_one_of_the_long_way(app: Application) -> None:
    told = []
    for protocol in (Protocol, HttpToolsProtocol):
        async with listening(app, protocol) as port:
            ((head, body),) = await answers(port, request(PATH, "Accept-Encoding: identity"), 1)
            tag = re.search(rb"etag: ([^\r]+)", head)
            assert tag
            same = await answers(port, request(PATH, f"If-None-Match: {tag[1].decode()}"), 1)
            told.append([(head, body), *same])
    assert told[0] == told[1]
    assert told[0][0][0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert told[0][1][0].startswith(b"HTTP/1.1 304 Not Modified\r\n")


def count_tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what passes a task from now on."""
    begun: list[str] = []
    start = HttpToolsProtocol._start_asgi_task  # noqa: SLF001 (what every other request goes by)

    def counted(connection: HttpToolsProtocol, cycle: RequestResponseCycle, app: Any) -> None:
        begun.append(cycle.scope["path"])
        start(connection, cycle, app)

    monkeypatch.setattr(HttpToolsProtocol, "_start_asgi_task", counted)
    return begun


async def test_kept_answers_pass_no_task(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = count_tasks(monkeypatch)
    async with listening(app) as port:
        await answers(port, request(PATH) + request("/v1/log") + request(PATH), 3)
        await answers(port, 3 * request(PATH), 3)
    assert begun == ["/v1/log", "/v1/developments"]


@pytest.fixture
async def of_file(tmp_path: Path, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    """One over a file, which can be read at once, that keeps no answer: every question is put."""
    monkeypatch.setattr(ResponseCache, "keep", lambda *_, **__: None)
    monkeypatch.setattr(ValidityCache, "note", lambda *_: False)
    with services(f"sqlite:///{tmp_path}/store.db") as store:
        app = create_app(store, AccessLog(lines))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://asof") as client:
            await client.post("/v1/events", json=[registered("aland"), registered("bland"), reported()])
        yield app


AT_ONCE = {
    "/v1/developments": 200,
    "/v1/developments?as_of=2000&limit=1": 200,
    "/v1/developments/nothing": 404,
    "/v1/developments?nothing=1": 422,
    "/v1/developments?at=99": 422,
    "/v1/actors/%41land": 308,
    "/v1/actors/bland": 200,
    "/v1/events/1": 200,
    "/v1/events/none": 422,
    "/v1/log": 200,
    "http://asof/v1/log": 200,
    "/v1/log?": 200,
    "/v1/developments?as_of=2000#there": 200,
}
BY_A_TASK = ("/v1/state", "/healthz", "/readyz", "/nowhere", "/v1/log?min_position=1", "/v1/changes?from=2000")


async def test_what_can_be_told_at_once_passes_no_task_and_reads_the_same(
    of_file: Application, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = count_tasks(monkeypatch)
    monkeypatch.setattr(access, "MOST_LINES", 1)
    lines.seek(0)
    told = []
    for protocol in (Protocol, HttpToolsProtocol):
        async with listening(of_file, protocol) as port:
            told.append([(await answers(port, request(path), 1))[0] for path in (*AT_ONCE, *BY_A_TASK)])
    assert told[0] == told[1]
    assert [int(head[9:12]) for head, _ in told[0]][: len(AT_ONCE)] == list(AT_ONCE.values())
    assert begun == [unquote(urlsplit(path).path) for path in (*BY_A_TASK, *AT_ONCE, *BY_A_TASK)]
    logged = [re.sub(r'^.*?"|[0-9.]+ms$', "", line) for line in lines.getvalue().splitlines()][-2 * len(told[0]) :]
    assert logged[: len(logged) // 2] == logged[len(logged) // 2 :]


async def test_what_has_to_be_waited_for_passes_a_task(of_file: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = count_tasks(monkeypatch)
    path = "/v1/developments"
    for sent in (request(path, "Prefer: wait=1"), request(path, "Accept-Encoding: gzip")):
        async with listening(of_file) as port:
            await answers(port, sent, 1)
    assert begun == [path, path]
    monkeypatch.setattr(asking, "LONGEST", 0)
    async with listening(of_file) as port:
        late = await answers(port, request(path), 1)
        assert late == await answers(port, request(path), 1)
    assert begun == 3 * [path]


async def test_what_could_not_be_told_at_once_was_put_once(
    of_file: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(asking, "_at_once", lambda *_, **__: None)
    note, noted = ValidityCache.note, []

    def watched(pages: ValidityCache, *question: Any) -> bool:
        noted.append(note(pages, *question))
        return noted[-1]

    monkeypatch.setattr(ValidityCache, "note", watched)
    async with listening(of_file) as port:
        for date in ("2000", "2001"):
            await answers(port, request(f"/v1/developments?as_of={date}"), 1)
    assert noted == [False, False, True, True]


async def test_who_asks_much_at_once_lets_others_have_their_turn(
    of_file: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = count_tasks(monkeypatch)
    async with listening(of_file) as port:
        await answers(port, 5 * request("/v1/log"), 5)
    assert 3 <= len(begun) <= 4


async def test_answers_come_in_the_order_of_their_questions(app: Application) -> None:
    paths = [PATH, "/v1/log", PATH, PATH, "/v1/developments?at=1", PATH]
    async with listening(app) as port:
        one_by_one = [(await answers(port, request(path), 1))[0] for path in paths]
        assert await answers(port, b"".join(map(request, paths)), len(paths)) == one_by_one


@pytest.mark.parametrize(
    "sent",
    [
        request(PATH, version="1.0"),
        request(PATH, "Connection: close"),
        request(PATH, "Content-Length: 2") + b"{}",
        request(PATH, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
        request(PATH, "Expect: 100-continue"),
        request(PATH, "Connection: Upgrade", "Upgrade: nothing"),
        request(PATH, method="HEAD"),
        request(PATH, "Accept-Encoding: gzip"),
        request(f"http://asof{PATH}"),
        request(f"{PATH}#there"),
    ],
)
async def test_what_is_unusual_is_answered_as_ever(app: Application, sent: bytes) -> None:
    got = []
    for protocol in (Protocol, HttpToolsProtocol):
        async with listening(app, protocol) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            got.append(b"")
            with suppress(TimeoutError):
                while part := await asyncio.wait_for(reader.read(65_536), 0.3):
                    got[-1] += DATE.sub(b"", part)
            writer.close()
    assert got[0] == got[1]
    assert b"HTTP/1.1 200 OK" in got[0]


async def test_who_does_not_read_is_not_written_to_without_end(app: Application) -> None:
    waiting = []

    class Watched(Protocol):
        def _write(self, reply: Reply) -> None:
            super()._write(reply)
            waiting.append(self.transport.get_write_buffer_size())

    many = 20_000
    async with listening(app, Watched) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(PATH) * many)
        await asyncio.sleep(0.5)
        assert len(waiting) < many
        for _ in range(many):
            await asyncio.wait_for(reader.readuntil(b"HTTP/1.1 200 OK\r\n"), 10)
        writer.close()
    assert max(waiting) < 100_000


async def test_a_request_behind_a_kept_answer_has_its_time(app: Application) -> None:
    async with listening(app, timeout_keep_alive=1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b"[]"
        behind = request("/v1/events", f"Content-Length: {len(body)}", "Content-Type: application/json", method="POST")
        writer.write(request(PATH) + behind)
        await asyncio.sleep(1.5)
        writer.write(body)
        told = await asyncio.wait_for(reader.readuntil(b"HTTP/1.1 422"), 5)
        assert told.startswith(b"HTTP/1.1 200 OK")
        writer.close()


@pytest.mark.parametrize("failing", ["tell", "at_once"])
async def test_a_fault_of_the_program_is_not_told_as_one_of_the_client(
    app: Application, failing: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("nobody listens")

    monkeypatch.setattr(app.front, failing, fail)
    async with listening(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(PATH))
        told = b""
        with suppress(TimeoutError):
            while part := await asyncio.wait_for(reader.read(65_536), 0.3):
                told += part
        writer.close()
    assert told.count(b"HTTP/1.1") == 1
    assert told.startswith(b"HTTP/1.1 200" if failing == "tell" else b"HTTP/1.1 500")
    assert "nobody listens" in caplog.text


async def test_others_have_their_turn_between_many_requests_of_one_connection(app: Application) -> None:
    at_once, in_a_row = [], 0

    class Watched(Protocol):
        def data_received(self, data: bytes) -> None:
            nonlocal in_a_row
            in_a_row = 0
            super().data_received(data)
            at_once.append(in_a_row)

        def _write(self, reply: Reply) -> None:
            nonlocal in_a_row
            in_a_row += 1
            super()._write(reply)

    async with listening(app, Watched) as port:
        assert len(await answers(port, 200 * request(PATH), 200)) == 200
    assert max(at_once) == MOST_AT_ONCE


async def test_every_request_is_counted_and_has_its_line(
    app: Application, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "MOST_LINES", 1)
    async with listening(app) as port:
        await answers(port, 2 * request(PATH) + request("/metrics"), 3)
        ((_, metrics),) = await answers(port, request("/metrics"), 1)
    counted = b'asof_http_requests_total{method="GET",route="/v1/developments",status="200"} 3.0'
    assert counted in metrics
    assert lines.getvalue().count(f'"GET {PATH} HTTP/1.1" 200 ') == 3
