"""A command that is ended by a signal takes away what it had begun, and ends as one that was interrupted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, STORY

SECONDS = 30.0
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@contextmanager
def begun(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command that is at work: it has put something into its folder, which is also that of temporary files."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            until(lambda: any(folder.iterdir()))
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    late = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.02)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_replay_takes_its_copy_of_the_log_away(tmp_path: Path, number: signal.Signals) -> None:
    with begun(tmp_path, "replay", "-") as process:
        process.send_signal(number)
        assert (process.wait(SECONDS), process.communicate()[1].strip()) == (130, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_an_export_takes_its_unfinished_file_away(tmp_path: Path, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with begun(tmp_path, "export", str(tmp_path / "log.ndjson"), "--server", server) as process:
            process.send_signal(number)
            assert (process.wait(SECONDS), process.communicate()[1].strip()) == (130, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_from_the_beginning_interrupts_nothing(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with begun(tmp_path, "replay", "-") as process:
            process.send_signal(signal.SIGHUP)
            process.communicate(STORY.read_bytes(), SECONDS)
            assert process.returncode == 0
    finally:
        signal.signal(signal.SIGHUP, before)
