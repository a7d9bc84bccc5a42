"""Many clients at once over HTTP/1.1, each with a connection of its own, light enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

HEAD = (
    "POST {target} HTTP/1.1\r\nHost: asof\r\n"
    "Content-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Load:
    """What became of a load: requests a second, and the seconds that each took, in no order."""

    rate: float
    seconds: list[float]


def post(url: str, bodies: Sequence[bytes], clients: int, headers: str = "") -> Load:
    """Post all of the JSON bodies by so many clients, with further header lines.

    Raises AssertionError for an answer that is not 200, 201 or 202.
    """
    return asyncio.run(_post(url, bodies, clients, headers))


async def _post(url: str, bodies: Sequence[bytes], clients: int, headers: str) -> Load:
    address = urlsplit(url)
    requests = [HEAD.format(target=address.path, headers=headers, length=len(body)).encode() + body for body in bodies]
    left = iter(requests)
    seconds: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(
        *(_client(str(address.hostname), int(address.port or 80), left, seconds) for _ in range(clients))
    )
    return Load(len(requests) / (time.perf_counter() - began), seconds)


async def _client(host: str, port: int, left: Iterator[bytes], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for request in left:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            seconds.append(time.perf_counter() - began)
            assert head[9:12] in (b"200", b"201", b"202"), (head, body)
    finally:
        writer.close()
