"""The store is looked at once for all that a turn of the event loop reads, and anew for whatever is read later."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Hashable
from pathlib import Path

import httpx
import pytest

from service.compose import services
from service.http.access import AccessLog
from service.http.app import create_app
from service.http.turn import Turn
from tests.http.sockets import answers, listening, request
from tests.http.wires import corroborated, registered, reported
from tests.service.proposals import proposed

PATH = "/v1/developments"
CONNECTIONS = 5


class Looking:
    """What is looked at, and how often."""

    def __init__(self) -> None:
        self.state = self.times = 0

    def __call__(self) -> Hashable:
        self.times += 1
        return self.state


async def test_a_turn_shares_its_first_look_and_the_next_looks_anew() -> None:
    looking = Looking()
    turn = Turn(looking)
    first = turn.number()
    turn.shared = True
    assert (turn.state(), turn.state(), looking.times, turn.number()) == (0, 0, 1, first)
    looking.state = 1
    assert turn.state() == 0
    await asyncio.sleep(0)
    assert (turn.number() != first, turn.state(), looking.times) == (True, 1, 2)


async def test_who_does_not_share_looks_each_time() -> None:
    looking = Looking()
    turn = Turn(looking)
    turn.number()
    turn.shared = True
    turn.state()
    turn.shared = False
    looking.state = 1
    assert (turn.state(), turn.state(), looking.times) == (1, 1, 3)


async def test_connections_that_are_read_in_one_turn_share_a_look_and_requests_behind_the_first_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services(f"sqlite:///{tmp_path}/store.db") as store, services(f"sqlite:///{tmp_path}/store.db") as other:
        app = create_app(store, AccessLog(io.StringIO()))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://asof") as client:
            await client.post("/v1/events", json=[registered("aland"), reported()])
        looks: list[int] = []
        look = app.state.turn._look  # noqa: SLF001 (how often it is called)

        def looking() -> Hashable:
            looks.append(1)
            state: Hashable = look()
            return state

        monkeypatch.setattr(app.state.turn, "_look", looking)
        async with listening(app) as port:
            await answers(port, request(PATH), 1)
            opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
            await asyncio.sleep(0.1)
            looks.clear()
            for _, writer in opened:
                writer.write(request(PATH))
            heads = [await reader.readuntil(b"\r\n\r\n") for reader, _ in opened]
            assert (len(set(heads)), heads[0][:15], len(looks)) == (1, b"HTTP/1.1 200 OK", 1)
            for _, writer in opened:
                writer.close()
            looks.clear()
            behind = await answers(port, 3 * request(PATH), 3)
            assert (len(set(behind)), len(looks)) == (1, 3)
            other.appender.append(proposed(corroborated()))
            assert (await answers(port, request(PATH), 1))[0] not in behind
