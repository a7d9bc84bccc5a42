"""A service of its own process, as users start it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A running service: where it answers and the id of its process."""

    url: str
    pid: int

    def resident_mb(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Path | str) -> Iterator[Server]:
    """`asof serve` of a file, or of a store by its URL, on a free port of loopback, stopped on leaving."""
    port = free_port()
    url = f"sqlite:///{store}" if isinstance(store, Path) else store
    command = [sys.executable, "-m", "service.cli", "serve", "--store", url, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def _wait(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError(url)
