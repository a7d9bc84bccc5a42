"""Schemathesis finds nothing: what the document accepts is accepted, the rest is refused, every answer conforms."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.server import serving
from service.compose import services
from service.story import lines

ROOT = Path(__file__).parents[2]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a service of its own process that holds the story."""
    store = tmp_path / "store.db"
    with services(f"sqlite:///{store}") as opened:
        opened.restorer.restore(lines())
    with serving(store) as server:
        yield server.url


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        (["--exclude-method=POST", "--max-examples=25"], 2_000),
        (["--include-method=POST", "--phases=examples,fuzzing", "--max-examples=60"], 60),
        (["--include-method=POST", "--phases=coverage", "--mode=negative"], 5_000),
        (["--phases=stateful", "--max-examples=20"], 50),
    ],
    ids=["reads", "appends", "appends that are refused", "one after another"],
)
def test_schemathesis_finds_nothing(
    address: str, arguments: list[str], least: int, record_property: Callable[[str, object], None]
) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json", "--checks=all", "--seed=1"]
    command += ["--generation-database=none", "--no-color", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (counted,) = re.findall(r"(\d+) generated, (\d+) passed", run.stdout)
    generated, passed = map(int, counted)
    record_property("counted", f"{passed} of {generated} requests passed")
    assert generated == passed > least
