"""Processes that help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOLDING = """
import sys
from contextlib import contextmanager
from service.processes.worker_pool import hold

@contextmanager
def opened():
    try:
        yield "open"
    finally:
        print("late" if sys.is_finalizing() else "closed")

print(hold(opened()))
"""


def test_what_a_process_holds_is_closed_before_it_ends() -> None:
    ended = subprocess.run([sys.executable, "-c", HOLDING], cwd=ROOT, check=True, capture_output=True, text=True)
    assert (ended.stdout.split(), ended.stderr) == (["open", "closed"], "")
