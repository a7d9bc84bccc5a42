"""A program of `Place.program`: appends for a while, then tells what it was told that is stored.

One event or some, in one append or two, of new streams and of streams that go on, by the port or by the library's
recorder; and some sessions end with an exception.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from eventsourcing.persistence import StoredEvent

from domain.ports import EventLog, LogSession
from tests.contracts.logs import NOON, entry, recorder_of

Event = tuple[int, str, int]
"""Position, stream, version."""


class Writer:
    """One of several, by its number; `stored` is what was acknowledged."""

    def __init__(self, log: EventLog, number: int) -> None:
        self._log = log
        self._recorder = recorder_of(log, "text")
        self._number = number
        self._chance = random.Random(number)
        self._versions: dict[str, int] = {}
        self.stored: list[Event] = []

    def append(self) -> None:
        """Once, in one of the ways there are."""
        some = [self._next() for _ in range(self._chance.choice((1, 1, 1, 2, 5, 20)))]
        match self._chance.randrange(6):
            case 0:
                self._by_recorder(some)
            case 1:
                self._in_vain(some)
            case _:
                self._by_session(some)

    def _next(self) -> tuple[str, int]:
        name = f"w{self._number}-{self._chance.randrange(40)}"
        self._versions[name] = self._versions.get(name, 0) + 1
        return name, self._versions[name]

    def _by_session(self, some: list[tuple[str, int]]) -> None:
        with self._log.session() as session:
            last = self._put(session, some)
        self._note(range(last - len(some) + 1, last + 1), some)

    def _in_vain(self, some: list[tuple[str, int]]) -> None:
        with suppress(ZeroDivisionError), self._log.session() as session:
            self._put(session, some)
            raise ZeroDivisionError
        for name, _ in some:
            self._versions[name] -= 1

    def _put(self, session: LogSession, some: list[tuple[str, int]]) -> int:
        entries = [entry(name, version) for name, version in some]
        cut = self._chance.randrange(len(entries))
        session.append(entries[:cut], NOON)
        return session.append(entries[cut:], NOON)

    def _by_recorder(self, some: list[tuple[str, int]]) -> None:
        events = [StoredEvent(f"development/{name}", version, "DevelopmentReported", b"{}") for name, version in some]
        self._note(self._recorder.insert_events(events) or (), some)

    def _note(self, positions: Sequence[int], some: list[tuple[str, int]]) -> None:
        told = zip(positions, some, strict=True)
        self.stored += [(position, f"development/{name}", version) for position, (name, version) in told]


def run(log: EventLog) -> None:
    """Until the seconds are over that the standard input tells behind the number of this one."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    number, seconds = sys.stdin.readline().split()
    writer, end = Writer(log, int(number)), time.monotonic() + float(seconds)
    # A file gives no turns: who was never the first goes on alone.
    while time.monotonic() < end or not writer.stored:
        writer.append()
    log.close()
    sys.stdout.write(json.dumps(writer.stored))
