"""How long a person waits: for the help, and for the demo."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import httpx

from benchmarks.report import Figure, below
from benchmarks.server import free_port

ROUNDS = 7
HELP_SECONDS = 0.3
DEMO_SECONDS = 3.0


def figures() -> list[Figure]:
    """Medians over processes started anew."""
    return [
        below("asof --help", statistics.median(_help() for _ in range(ROUNDS)), HELP_SECONDS, "s"),
        below("asof demo, until it answers", statistics.median(_demo() for _ in range(ROUNDS)), DEMO_SECONDS, "s"),
    ]


def _help() -> float:
    began = time.perf_counter()
    printed = subprocess.run([sys.executable, "-m", "service.cli", "--help"], capture_output=True, check=True).stdout
    seconds = time.perf_counter() - began
    assert b"timeline" in printed
    return seconds


def _demo() -> float:
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "demo", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/v1/developments/dprk-troops-fight-in-kursk?as_of=2025-04-27"
        while time.perf_counter() - began < 10 * DEMO_SECONDS:
            try:
                answer = httpx.get(url)
            except httpx.TransportError:
                time.sleep(0.01)
                continue
            assert answer.json()["status"] == "disputed"
            return time.perf_counter() - began
        raise TimeoutError(url)
    finally:
        process.terminate()
        process.wait()
