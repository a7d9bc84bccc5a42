"""A service of its own process, as users start it, or another application beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
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
        return self._mb("VmRSS")

    def private_mb(self) -> float:
        """Resident memory without the pages of files, which are the system's to take back."""
        return self._mb("RssAnon")

    def _mb(self, what: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith(what))
        return int(kilobytes) / 1024

    def cpu_seconds(self) -> float:
        """Time on a processor so far, of all its threads."""
        of_process = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(of_process[11]) + int(of_process[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Path | str, cpus: Collection[int] = ()) -> Iterator[Server]:
    """`asof serve` of a file, or of a store by its URL, on a free port of loopback, stopped on leaving."""
    url = f"sqlite:///{store}" if isinstance(store, Path) else store
    with running(["service.cli", "serve", "--store", url, "--port"], "/readyz", cpus) as server:
        yield server


@contextmanager
def running(module: Sequence[str], path: str, cpus: Collection[int] = ()) -> Iterator[Server]:
    """A module of Python with arguments, the last of them a free port, until it answers the path; stopped on leaving.

    With `cpus` it runs on these alone, all of its threads.
    """
    port = free_port()
    command = [sys.executable, "-m", *module, str(port)]
    with _on(cpus):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}{path}")
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


@contextmanager
def _on(cpus: Collection[int]) -> Iterator[None]:
    """What is started inside runs on these CPUs: a process inherits those of who starts it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(cpus) or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _wait(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError(url)
