"""Every adapter of the event log: a line here, and the whole contract is asked of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from adapters.log.postgres.log import PostgresLog
from adapters.log.recorder import Recorder
from adapters.log.sqlite.log import SQLiteLog
from adapters.postgres.database import Database as Postgres
from adapters.sqlite.database import Database
from domain.ports import EventLog, NewEntry
from tests.postgres import store_at

ROOT = Path(__file__).parents[2]
NOON = 1_700_000_000_000_000
SOON = 0.05
PATIENTLY = 5.0


@dataclass(frozen=True)
class Adapter:
    """How to open the log at a place, waiting so many seconds for others; `kept` if it outlives its process there."""

    open: Callable[[Path, float], EventLog]
    kept: bool


ADAPTERS = {
    "sqlite-file": Adapter(lambda at, wait: SQLiteLog(Database(str(at / "log.db"), busy_seconds=wait)), kept=True),
    "sqlite-memory": Adapter(lambda at, wait: SQLiteLog(Database(None, busy_seconds=wait)), kept=False),
    "postgresql": Adapter(lambda at, wait: PostgresLog(Postgres(store_at(at), wait_seconds=wait)), kept=True),
}


@dataclass(frozen=True)
class Place:
    """Where a log of one adapter is kept: opened again, it is the same log."""

    name: str
    directory: Path

    def open(self, wait: float = PATIENTLY) -> EventLog:
        return ADAPTERS[self.name].open(self.directory, wait)

    @contextmanager
    def program(self, source: str, wait: float = PATIENTLY) -> Iterator[subprocess.Popen[str]]:
        """Another process that runs the source with `log`, this log, and what this module defines."""
        given = f"""
import sys
from pathlib import Path
from tests.contracts.logs import *
log = Place({self.name!r}, Path({str(self.directory)!r})).open({wait!r})
"""
        command = [sys.executable, "-c", given + source]
        with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                process.kill()


def entry(name: str, version: int = 1, *, event: str | None = None, body: bytes = b"{}") -> NewEntry:
    """An event of a stream; its id tells stream and version unless it is given."""
    stream = f"development/{name}"
    return NewEntry(event or f"{name}-{version}", stream, version, "DevelopmentReported", body, None)


def registration(name: str) -> NewEntry:
    """The first event of an actor."""
    return NewEntry(f"{name}-1", f"actor/{name}", 1, "ActorRegistered", b"{}", None)


def append(log: EventLog, *entries: NewEntry, at: int = NOON) -> int:
    """One session with one append."""
    with log.session() as session:
        return session.append(entries, at)


def recorder_of(log: EventLog, ids: Literal["uuid", "text"] = "text", **given: Any) -> Recorder:
    """Another recorder on the database of the log."""
    recorder = log.recorder  # type: ignore[attr-defined]
    return type(recorder)(recorder.database, originator_id_type=ids, **given)  # type: ignore[no-any-return]
