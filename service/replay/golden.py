"""What a log answered when somebody looked: a folder of files to keep beside it, under version control.

`golden.json` has the head of the log, the digests of every projection and actor, and the checkpoints; `events.ndjson` a
line per event: the head of the chain there, the digest of what it changed, and of what the API said about its subject
right after it; `answers/` a file per checkpoint with the answers, of which each holds only what differs from the one
before (null: no longer there).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from service.replay.digests import OfProjection
from service.replay.views import Checkpoint, View

FORMAT = 1
SUMMARY, EVENTS, ANSWERS = "golden.json", "events.ndjson", "answers"


class Unusable(Exception):  # noqa: N818 (named for what it says)
    """There are no goldens there, or they cannot be read."""


class Event(NamedTuple):
    """One event of the log; `answer` is None where nobody looked."""

    position: int
    id: str
    stream: str
    head: str
    facts: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Golden:
    """What a log of `position` events comes to."""

    position: int
    head: str
    projections: dict[str, OfProjection]
    actors: dict[str, dict[str, str]]
    events: list[Event]
    answers: dict[Checkpoint, View]


def texts(golden: Golden) -> dict[str, str]:
    """The files, by their names in the folder."""
    summary = {
        "golden": FORMAT,
        "log": {"position": golden.position, "head": golden.head},
        "checkpoints": [checkpoint._asdict() for checkpoint in golden.answers],
        "projections": {name: asdict(told) for name, told in golden.projections.items()},
        "actors": golden.actors,
    }
    files = {SUMMARY: _pretty(summary)}
    files[EVENTS] = "".join(f"{json.dumps(event._asdict(), ensure_ascii=False)}\n" for event in golden.events)
    before: View = {}
    for checkpoint, answers in golden.answers.items():
        files[_file(checkpoint)] = _pretty(_delta(before, answers))
        before = answers
    return files


def write(folder: Path, files: dict[str, str]) -> None:
    """Put the files in place of those that are there, once all of them are written. Raises OSError."""
    (folder / ANSWERS).mkdir(parents=True, exist_ok=True)
    unfinished = [folder / f"{name}.unfinished" for name in files]
    try:
        for path, text in zip(unfinished, files.values(), strict=True):
            path.write_text(text, "utf-8")
        for path, name in zip(unfinished, files, strict=True):
            path.replace(folder / name)
    except BaseException:
        for path in unfinished:
            path.unlink(missing_ok=True)
        raise
    for path in (folder / ANSWERS).glob("*.json"):
        if f"{ANSWERS}/{path.name}" not in files:
            path.unlink()


def read(folder: Path) -> Golden:
    """The goldens of a folder. Raises Unusable."""
    try:
        return _read(folder)
    except FileNotFoundError as missing:
        name = os.fspath(missing.filename)
        raise Unusable(f"there is no {name}: `asof replay --check {folder} --update` makes goldens") from missing
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Unusable(f"{folder}: these goldens cannot be read: {fault!r}") from fault


def _read(folder: Path) -> Golden:
    summary = json.loads((folder / SUMMARY).read_text("utf-8"))
    if summary["golden"] != FORMAT:
        raise Unusable(f"{folder}: goldens of format {summary['golden']}, this program knows format {FORMAT}")
    answers: dict[Checkpoint, View] = {}
    before: View = {}
    for told in summary["checkpoints"]:
        checkpoint = Checkpoint(**told)
        before = _follow(before, json.loads((folder / _file(checkpoint)).read_text("utf-8")))
        answers[checkpoint] = before
    return Golden(
        position=summary["log"]["position"],
        head=summary["log"]["head"],
        projections={name: OfProjection(**told) for name, told in summary["projections"].items()},
        actors=summary["actors"],
        events=[Event(**json.loads(line)) for line in (folder / EVENTS).read_text("utf-8").splitlines()],
        answers=answers,
    )


def _file(checkpoint: Checkpoint) -> str:
    """A date's file keeps its name as the log grows; file systems of all kinds take it."""
    return f"{ANSWERS}/{checkpoint.name.replace(' ', '-').replace(':', '')}.json"


def _delta(before: View, after: View) -> dict[str, Any]:
    return {section: _changed(before.get(section, {}), members) for section, members in after.items()}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    gone: Iterable[str] = (name for name in before if name not in after)
    changed = {name: told for name, told in after.items() if name not in before or before[name] != told}
    return changed | dict.fromkeys(gone)


def _follow(before: View, delta: dict[str, dict[str, Any]]) -> View:
    return {
        section: {k: v for k, v in (before.get(section, {}) | changed).items() if v is not None}
        for section, changed in delta.items()
    }


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
