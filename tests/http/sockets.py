"""A server of this event loop on a socket, and requests as bytes."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.http.front import Application
from service.http.protocol import Protocol

ACCEPT = "application/json"
DATE = re.compile(rb"date: [^\r]+\r\n")


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def listening(
    app: Application, protocol: type[HttpToolsProtocol] = Protocol, timeout_keep_alive: int = 5
) -> AsyncIterator[int]:
    """The port of the application on a server of this event loop."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        config = uvicorn.Config(
            app,
            http=protocol,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=timeout_keep_alive,
        )
        server = Server(config)
        serving = asyncio.create_task(server.serve(sockets=[opened]))
        await server.ready.wait()
        yield int(opened.getsockname()[1])
        server.should_exit = True
        await serving


def request(path: str, *fields: str, version: str = "1.1", method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: asof", f"Accept: {ACCEPT}", *fields, "", ""]).encode()


async def answers(port: int, sent: bytes, count: int) -> list[tuple[bytes, bytes]]:
    """Heads without dates, and bodies, to what is sent at once on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    got = []
    for _ in range(count):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert DATE.search(head)
        length = re.search(rb"content-length: (\d+)", head)
        is_bare = head.startswith(b"HTTP/1.1 304")
        got.append((DATE.sub(b"", head), await reader.readexactly(0 if is_bare or not length else int(length[1]))))
    writer.close()
    return got
