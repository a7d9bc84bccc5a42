"""A log whose sessions a test holds up, counts and lets fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.ports import Contended, EventLog, Head, LogSession, StoredEntry, Unavailable


class Gated(EventLog):
    """Another log behind a gate, open at first; `commits` counts the sessions that appended something.

    `at_the_gate` is set when a session came to it. While `failing`, and `contended` times, what a session appended is
    not stored after all.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.gate = threading.Event()
        self.gate.set()
        self.at_the_gate = threading.Event()
        self.failing = False
        self.contended = 0
        self.commits = 0

    @contextmanager
    def session(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> Iterator[LogSession]:
        self.at_the_gate.set()
        self.gate.wait(30)
        with self._log.session(ids, streams) as session:
            before = session.head.position
            yield session
            if self.failing:
                raise Unavailable("the disk is full")
            if self.contended:
                self.contended -= 1
                raise Contended("a deadlock")
            self.commits += session.head.position > before

    def head(self) -> Head:
        return self._log.head()

    def read(self, after: int, limit: int, upto: int | None = None) -> Sequence[StoredEntry]:
        return self._log.read(after, limit, upto)

    def stream(self, stream: str, upto: int | None = None) -> Sequence[StoredEntry]:
        return self._log.stream(stream, upto)

    def of_actors(self, after: int, upto: int) -> Sequence[StoredEntry]:
        return self._log.of_actors(after, upto)

    def continued(self, after: int, upto: int, last: int) -> Sequence[StoredEntry]:
        return self._log.continued(after, upto, last)

    def close(self) -> None:
        self._log.close()
