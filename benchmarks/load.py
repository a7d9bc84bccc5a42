"""How many GETs a server answers, asked by `wrk` where that is installed, else by a small client of its own.

`python -m benchmarks.load URL FILE SECONDS CLIENTS` is that client, in a process of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CLIENTS = 16
_SCRIPT = """
local requests, n = {}, 0
function init(args)
    for line in io.lines(args[1]) do
        local path, tag = line:match("^(%S+) ?(.*)$")
        local headers = {["Accept-Encoding"] = "identity"}
        if tag ~= "" then headers["If-None-Match"] = tag end
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
    n = tonumber(args[2])
end
function request()
    n = n + 1
    return requests[n % #requests + 1]
end
function done(summary, latency, requests)
    local e = summary.errors
    print("ANSWERS", summary.requests, e.connect + e.read + e.write + e.status + e.timeout)
end
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """A path with its query, and the ETag of the answer that is there already, where it is."""

    path: str
    if_none_match: str = ""

    def line(self) -> str:
        """As the clients read it from a file."""
        return f"{self.path} {self.if_none_match}".rstrip()


def answers(url: str, asks: Sequence[Ask], seconds: float, cpus: Collection[int] = ()) -> int:
    """Answers to many clients that go through the questions again and again for so long, from one of them on.

    Raises AssertionError for any answer of 400 or more.
    """
    with tempfile.TemporaryDirectory() as directory:
        lines, script = Path(directory) / "asks", Path(directory) / "asks.lua"
        lines.write_text("".join(f"{ask.line()}\n" for ask in asks), "utf-8")
        script.write_text(_SCRIPT, "utf-8")
        command = _command(url, lines, script, seconds)
        pinned = ["taskset", "-c", ",".join(map(str, cpus))] if cpus else []
        told = subprocess.run([*pinned, *command], check=True, capture_output=True, text=True).stdout
    line = next(line for line in told.splitlines() if line.startswith("ANSWERS"))
    _, answered, errors = line.split()
    assert int(errors) == 0, told
    return int(answered)


def _command(url: str, lines: Path, script: Path, seconds: float) -> list[str]:
    if (wrk := shutil.which("wrk")) is None:
        return [sys.executable, "-m", "benchmarks.load", url, str(lines), str(seconds), str(CLIENTS)]
    first = str(random.randrange(1_000_000))
    told = [wrk, "--threads", "1", "--connections", str(CLIENTS), "--duration", f"{seconds:.0f}s"]
    return [*told, "--script", str(script), url, "--", str(lines), first]


async def _ask(url: str, lines: list[str], seconds: float, clients: int) -> tuple[int, int]:
    address = urlsplit(url)
    requests = itertools.cycle([_request(*line.partition(" ")[::2]) for line in lines])
    for _ in range(random.randrange(len(lines))):
        next(requests)
    until = time.perf_counter() + seconds
    told = await asyncio.gather(
        *(_client(str(address.hostname), int(address.port or 80), requests, until) for _ in range(clients))
    )
    return sum(answered for answered, _ in told), sum(errors for _, errors in told)


def _request(path: str, if_none_match: str) -> bytes:
    given = f"If-None-Match: {if_none_match}\r\n" if if_none_match else ""
    return f"GET {path} HTTP/1.1\r\nHost: asof\r\nAccept-Encoding: identity\r\n{given}\r\n".encode()


async def _client(host: str, port: int, requests: Iterator[bytes], until: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    answered = errors = 0
    while time.perf_counter() < until:
        writer.write(next(requests))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"content-length:" in head:
            await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
        answered += 1
        errors += head[9:10] not in b"23"
    writer.close()
    return answered, errors


def _main(url: str, lines: str, seconds: str, clients: str) -> None:
    asked = _ask(url, Path(lines).read_text("utf-8").splitlines(), float(seconds), int(clients))
    print("ANSWERS", *asyncio.run(asked))


if __name__ == "__main__":
    _main(*sys.argv[1:])
