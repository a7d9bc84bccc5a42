"""Exports that are damaged, cut off, packed or none at all: what is told, and that nothing comes of them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import ALAND, HEAD, ROOT, STORY, lines, run

GOLDEN = str(ROOT / "tests" / "replay" / "golden" / "story")
PACKED = gzip.compress(STORY.read_bytes(), mtime=0)
READERS = {
    "verify": (),
    "restore": ("--store", "sqlite:///{}/restored.db"),
    "replay": (),
    "replay --check": ("--check", GOLDEN),
    "replay --update": ("--update", "--check", "{}/golden"),
    "replay --into": ("--into", "sqlite:///{}/into.db"),
}


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goldens are not made in CI."""
    for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def read(command: str, file: str, folder: Path, given: bytes | None = None) -> tuple[int, str]:
    arguments = [argument.format(folder) for argument in READERS[command]]
    result = run(command.partition(" ")[0], file, *arguments, given=given)
    return result.exit_code, result.output


def bent(old: bytes, new: bytes) -> bytes:
    story = STORY.read_bytes()
    assert old in story
    return story.replace(old, new, 1)


@pytest.mark.parametrize("command", [command for command in READERS if command != "verify"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (STORY.read_bytes()[:30_000], "position 72, line 72: no JSON: unexpected end of data: column 815"),
        (b"\n\n" + bent(b'"kind":', b'"type":1,"kind":'), "position 1, line 3: /type: the key 'type' stands twice"),
        (bent(b'"ActorRegistered"', b'"Actor"'), "position 1, line 1: /type: 'Actor' is no type of event"),
        (lines(ALAND), "position 1, line 1: an export says when each event was recorded"),
    ],
    ids=["cut off", "a doubled key behind blank lines", "an unknown type", "events to append"],
)
def test_a_line_that_is_none_of_an_export_is_told_once(command: str, given: bytes, told: str, tmp_path: Path) -> None:
    status, output = read(command, "-", tmp_path, given)
    assert (status, output.count("line "), output.count(told), output.count(told.rpartition(": ")[2])) == (1, 1, 1, 1)


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:9_000],
        lambda packed: packed[:-3],
        lambda packed: packed[:-6] + b"\0\0\0\0\0\0",
        lambda packed: STORY.read_bytes(),
        lambda packed: b"",
    ],
    ids=["cut off", "its end cut off", "another checksum", "not packed", "empty"],
)
def test_a_damaged_packed_export_is_a_finding(command: str, damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson.gz"
    file.write_bytes(damage(PACKED))
    status, output = read(command, str(file), tmp_path)
    assert (status, f"{file} is damaged" in output) == (1, True)


def test_a_damaged_packed_export_is_told_to_machines(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    file = tmp_path / "log.ndjson.gz"
    file.write_bytes(PACKED[:9_000])
    assert run("replay", str(file), "--check", GOLDEN, "--junit", str(junit)).exit_code == 1
    assert "is damaged at line" in junit.read_text("utf-8")


def test_of_packed_events_it_is_told_what_is_stored_already(tmp_path: Path) -> None:
    many = lines(*({**ALAND, "id": f"a{n}", "actor": f"aland-{n}", "name": f"Aland {n}"} for n in range(10_100)))
    file = tmp_path / "events.ndjson.gz"
    file.write_bytes(gzip.compress(many)[:-8])
    result = run("append", str(file), "--store", f"sqlite:///{tmp_path}/new.db")
    assert result.exit_code == 1
    assert result.stderr.endswith("; before that: 10,000 events stored\n")
    file.write_bytes(gzip.compress(lines(ALAND))[:-8])
    assert "; nothing is stored\n" in run("append", str(file), "--store", f"sqlite:///{tmp_path}/other.db").stderr


@pytest.mark.parametrize("command", READERS)
def test_what_comes_packed_on_standard_input_is_unpacked(command: str, tmp_path: Path) -> None:
    status, output = read(command, "-", tmp_path, PACKED)
    assert (status, HEAD in output) == (0, True)
