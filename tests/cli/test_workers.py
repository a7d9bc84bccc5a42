"""asof serve with several processes: they answer on one socket, are replaced, and end together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from benchmarks.server import free_port
from tests.http.wires import registered, reported

ROOT = Path(__file__).parents[2]
SECONDS = 30.0


@dataclass
class Served:
    """`asof serve` as a process: what it says, and how it is reached."""

    url: str
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def workers(self) -> list[int]:
        """The processes that have begun to answer, those that ended as well."""
        return [int(pid) for line in self.lines for pid in re.findall(r"Started server process \[(\d+)\]", line)]

    def until(self, *, said: str, times: int = 1) -> None:
        late = time.monotonic() + SECONDS
        while sum(said in line for line in self.lines) < times:
            assert time.monotonic() < late, self.lines
            time.sleep(0.02)


@contextmanager
def serving(store: str, *arguments: str) -> Iterator[Served]:
    port = str(free_port())
    command = [sys.executable, "-m", "service.cli", "serve", "--store", store, "--port", port, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        served = Served(f"http://127.0.0.1:{port}", process)

        def collect() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                served.lines.append(line)

        threading.Thread(target=collect, daemon=True).start()
        try:
            served.until(said="asof serves")
            yield served
        finally:
            process.terminate()
            process.wait(SECONDS)


def post(url: str, *events: dict[str, object]) -> httpx.Response:
    return httpx.post(f"{url}/v1/events", json=list(events), timeout=SECONDS)


def test_what_one_of_several_processes_appended_all_of_them_answer(postgres: str) -> None:
    with serving(postgres, "--workers", "3") as served:
        assert len(served.workers()) == 3
        assert post(served.url, registered("aland")).status_code == 201
        for number in range(20):
            assert post(served.url, reported(f"d-{number}")).status_code == 201
            assert httpx.get(f"{served.url}/v1/developments/d-{number}").status_code == 200
        measured = httpx.get(f"{served.url}/metrics").text
        assert 'asof_http_requests_total{method="POST",route="/v1/events",status="201"} 21.0' in measured
        assert "asof_views_lag_events 0.0" in measured
    assert served.process.returncode == 0


def test_a_process_that_was_killed_is_replaced_and_nothing_that_was_acknowledged_is_lost(postgres: str) -> None:
    with serving(postgres, "--workers", "2") as served:
        post(served.url, registered("aland"))
        for number, worker in enumerate(served.workers()):
            os.kill(worker, signal.SIGKILL)
            served.until(said="Started server process", times=3 + number)
            assert post(served.url, reported(f"d-{number}")).status_code == 201
        assert httpx.get(f"{served.url}/v1/log").json()["position"] == 3
        assert httpx.get(f"{served.url}/readyz").json()["lag"] == 0


def test_no_process_outlives_the_one_that_began_it(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path}/asof.db", "--workers", "2") as served:
        served.process.kill()
        late = time.monotonic() + SECONDS
        while any(is_there(worker) for worker in served.workers()):
            assert time.monotonic() < late
            time.sleep(0.05)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_store_that_cannot_be_used_is_told_once(tmp_path: Path) -> None:
    command = ["serve", "--workers", "2", "--store", f"sqlite:///{tmp_path}/nowhere/asof.db", "--port", "0"]
    ran = subprocess.run(
        [sys.executable, "-m", "service.cli", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (ran.returncode, len(ran.stderr.splitlines())) == (3, 1)


@pytest.mark.parametrize("workers", ["0", "65", "many"])
def test_how_many_processes_there_may_be(workers: str) -> None:
    environment = {**os.environ, "ASOF_WORKERS": workers}
    ran = subprocess.run(
        [sys.executable, "-m", "service.cli", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (ran.returncode, "ASOF_WORKERS" in ran.stderr) == (2, True)
