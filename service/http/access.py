"""The access log: a line for every request, written together with those that came about the same time.

A line of its own for each, by way of `logging`, takes a fifth of the time of a short answer. So lines are made by one
formatting, and handed to the stream a few times a second; who stops the service gets them all, who kills it loses the
last quarter of a second.
"""

from __future__ import annotations

import asyncio
import time
from typing import TextIO

from service.http.request_line import RequestLine

TOGETHER_SECONDS = 0.25
MOST_LINES = 1_000
"""Lines that are not kept back any longer."""


class AccessLog:
    """Lines `TIME INFO asof.access CLIENT "METHOD TARGET HTTP/VERSION" STATUS BYTES MILLISECONDS` to a stream.

    BYTES are those of the body as sent. For one event loop.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._second = 0
        self._time = ""

    def note(self, line: RequestLine, status: int, size: int, seconds: float) -> None:
        """A request was answered."""
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._time = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        host, port = line.client or ("-", 0)
        self._lines.append(
            f"{self._time},{int((now - second) * 1_000):03d} INFO asof.access {host}:{port}"
            f' "{line.method} {line.target.decode("ascii", "backslashreplace")} HTTP/{line.version}"'
            f" {status} {size} {seconds * 1_000:.1f}ms\n"
        )
        if len(self._lines) >= MOST_LINES:
            self.write()
        elif len(self._lines) == 1:
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self.write)

    def write(self) -> None:
        """Hand on what is there."""
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write("".join(lines))
            self._stream.flush()
