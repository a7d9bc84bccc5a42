"""The README is true: its commands run, its answers are the ones it shows, and it names everything there is."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from benchmarks.server import free_port
from domain.events import ACTOR_EVENTS, DEVELOPMENT_EVENTS
from domain.projections import PROJECTIONS
from service.cli.command import FAMILIES
from service.http.routes import log, reading

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
Command = tuple[str, str]
"""A command and the comment behind it, which shows its answer."""


def commands(block: str) -> list[Command]:
    """The commands of a block; one may go over several lines inside quotes."""
    found: list[Command] = []
    pending = ""
    for line in block.splitlines():
        if line.startswith("#") and not pending:
            command, shown = found.pop()
            found.append((command, shown + line.removeprefix("# ")))
            continue
        pending += line + "\n"
        if pending.count("'") % 2 == 0:
            found.append((pending.strip(), ""))
            pending = ""
    assert not pending
    return found


COMMANDS = [command for block in BLOCKS for command in commands(block)]
CURLS = [command for command in COMMANDS if command[0].startswith("curl")]
ASOFS = [command for command, _ in COMMANDS if command.startswith("asof")]


@contextmanager
def running(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "service.cli", *arguments], cwd=cwd, env=environment())
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def environment() -> dict[str, str]:
    # Somebody's own machine, where goldens may be made.
    return {**{name: text for name, text in os.environ.items() if name != "CI"}, "PYTHONPATH": str(ROOT)}


def until_ready(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with running("demo", "--port", str(port), cwd=tmp_path_factory.mktemp("demo")):
        url = f"http://127.0.0.1:{port}"
        until_ready(url)
        yield url


@pytest.mark.parametrize("command", CURLS, ids=lambda command: command[0][:100])
def test_a_curl_of_the_readme_is_answered_as_it_shows(demo: str, command: Command) -> None:
    line, shown = command
    words = shlex.split(line)
    (url,) = [word for word in words if word.startswith(ADDRESS)]
    data = words[words.index("-d") + 1] if "-d" in words else None
    headers = dict(words[n + 1].split(": ") for n, word in enumerate(words) if word == "-H")
    answer = httpx.request("POST" if data else "GET", url.replace(ADDRESS, demo), content=data, headers=headers)
    assert answer.is_success
    for part in filter(None, (part.strip(" .]}") for part in shown.split("..."))):
        assert part in answer.text


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "service").symlink_to(ROOT / "service")
    ran = [command for command in ASOFS if not command.startswith("asof serve")]
    for command in ran:
        arguments = [sys.executable, "-m", "service.cli", *shlex.split(command)[1:]]
        assert subprocess.run(arguments, cwd=tmp_path, env=environment(), check=False).returncode == 0
    assert (tmp_path / "again.ndjson").read_bytes() == (ROOT / "service" / "story" / "log.ndjson").read_bytes()


def test_the_workflow_of_the_readme_runs() -> None:
    (workflow,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(workflow.splitlines()) <= 10
    make, check = re.findall(r"- run: (.*)", workflow)
    assert subprocess.run(["make", "--dry-run", *make.split()[1:]], cwd=ROOT, capture_output=True, check=True).stdout
    command = [sys.executable, "-m", "service.cli", *check.split()[1:-2]]
    ran = subprocess.run(command, cwd=ROOT, env={**environment(), "CI": "true"}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_readme_serves_a_store(tmp_path: Path) -> None:
    (command,) = [command for command in ASOFS if command.startswith("asof serve")]
    port = str(free_port())
    with running(*shlex.split(command.replace("8000", port))[1:], cwd=tmp_path):
        until_ready(f"http://127.0.0.1:{port}")
    assert (tmp_path / "asof.db").exists()


@pytest.mark.parametrize("name", [event.__name__ for event in (*DEVELOPMENT_EVENTS, *ACTOR_EVENTS)])
def test_every_type_of_event_is_named(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", [command.name for family in FAMILIES.values() for command in family])
def test_every_command_is_named(name: str) -> None:
    assert re.search(rf"`(asof )?{name}`|asof {name} ", README)


@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_every_projection_is_named(name: str) -> None:
    assert name in README


@pytest.mark.parametrize(
    "path",
    sorted({route.path for r in (log.router, reading.router) for route in r.routes if isinstance(route, APIRoute)}),
)
def test_every_route_is_named(path: str) -> None:
    path = path.replace(":path}", "}")
    _, last = re.sub(r"\{\w+\}", "{}", path).rsplit("/", 1)
    named = re.sub(r"\{\w+\}", "{}", README)
    assert path in README or f"`/{last}`" in named or f"/{last}`" in named


def test_every_relative_link_and_folder_of_the_readme_is_there() -> None:
    for folder in re.findall(r"`([\w/]+/)`", README):
        assert any((inside / folder).is_dir() for inside in (ROOT, ROOT / "adapters", ROOT / "service")), folder
