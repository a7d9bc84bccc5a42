"""Streams that are closed and disks that are full: one line says so, and what does not need them goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ALAND, ROOT, STORY, asking, lines, run


@pytest.fixture
def story(tmp_path: Path) -> str:
    store = f"sqlite:///{tmp_path}/story.db"
    assert run("restore", str(STORY), "--store", store).exit_code == 0
    return store


def shell(command: str, store: str, before: str = "") -> subprocess.CompletedProcess[str]:
    arguments = ["bash", "-c", f"{before} {sys.executable} -m service.cli {command}"]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False, env=asking(store))


@pytest.mark.parametrize("command", ["log", "log --json", "export -", "timeline", "--help", "--version", "verify"])
def test_a_closed_standard_output_is_told(command: str, story: str) -> None:
    ran = shell(f"{command} >&-", story)
    assert (ran.returncode, ran.stderr) == (3, "Error: standard output is closed\n")


@pytest.mark.parametrize("command", ["append -", "import -", "restore -", "verify -", "replay -"])
def test_a_closed_standard_input_is_told(command: str, tmp_path: Path) -> None:
    ran = shell(f"{command} <&-", f"sqlite:///{tmp_path}/new.db")
    assert (ran.returncode, ran.stderr) == (3, "Error: standard input is closed\n")
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_a_service_tells_its_own_reason(story: str, tmp_path: Path) -> None:
    many = [{**ALAND, "id": f"a{n}", "actor": f"aland-{n}", "name": f"Aland {n}"} for n in range(5_000)]
    (tmp_path / "many.ndjson").write_bytes(lines(*many))
    ran = shell(f"append {tmp_path}/many.ndjson", story, before="ulimit -f 1000;")
    assert ran.returncode == 3
    assert re.fullmatch(r"Error: .*story\.db.*\(SQLITE_.*\)\n", ran.stderr)
    assert shell("log", story).stdout.startswith("position 127 ")


def test_what_needs_no_stream_runs_without(story: str, tmp_path: Path) -> None:
    assert shell(f"export {tmp_path}/log.ndjson <&- >&- 2>&-", story).returncode == 0
    assert (tmp_path / "log.ndjson").read_bytes() == STORY.read_bytes()
    ran = shell("development nope 2>&-", story)
    assert (ran.returncode, ran.stdout) == (1, "")
