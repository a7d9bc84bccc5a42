"""The connections of a PostgreSQL database that read: each in a transaction of its own, used again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg

from adapters.postgres.connecting import BY_INDEX, READER, Connection, roll_back_unawaited, rolled_back
from adapters.postgres.errors import Errors
from domain.ports import Unavailable

T = TypeVar("T")


class Readers:
    """Up to so many connections, idle ones included, of two kinds: for any question, and for what indexes find.

    Those that a restart of the server has ended are made anew. Thread-safe.
    """

    def __init__(self, connect: Callable[[str], Connection], errors: Errors, most: int, wait_seconds: float) -> None:
        self._connect = connect
        self._errors = errors
        self._most = most
        self._wait_seconds = wait_seconds
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: dict[str, list[Connection]] = {"": [], BY_INDEX: []}
        self._used = 0
        self._closed = False

    @contextmanager
    def reading(self, first: Callable[[Connection], T], settings: str = "") -> Iterator[tuple[Connection, T]]:
        """A connection of these settings, and what it told `first`; at the end whatever it began is rolled back.

        Raises Unavailable where none is free for too long, and as `errors` do.
        """
        if not self._free.acquire(timeout=self._wait_seconds):
            raise Unavailable(f"{self._errors.name} has no connection free")
        try:
            with self._errors:
                connection, found = self._begin(first, settings)
                try:
                    yield connection, found
                finally:
                    self._give_back(connection, settings)
        finally:
            self._free.release()

    def close(self) -> None:
        """Let go of the connections; those in use as soon as they are not."""
        self._closed = True
        self._make_room(0)

    def _begin(self, first: Callable[[Connection], T], settings: str) -> tuple[Connection, T]:
        while True:
            connection, reused = self._take(settings)
            try:
                rolled_back(connection)
                return connection, first(connection)
            except BaseException as exc:
                self._give_back(connection, settings)
                # Ended by a restart of the server, as maybe all of them: the next is asked, at last a new one.
                if not (reused and connection.closed and isinstance(exc, psycopg.Error)):
                    raise

    def _take(self, settings: str) -> tuple[Connection, bool]:
        """A connection, and whether it was used before."""
        with self._lock:
            self._used += 1
            if self._idle[settings]:
                return self._idle[settings].pop(), True
        try:
            self._make_room(self._most)
            return self._connect(READER + settings), False
        except BaseException:
            with self._lock:
                self._used -= 1
            raise

    def _give_back(self, connection: Connection, settings: str) -> None:
        usable = roll_back_unawaited(connection)
        with self._lock:
            self._used -= 1
            if usable and not self._closed:
                self._idle[settings].append(connection)
                return
        connection.close()

    def _make_room(self, most: int) -> None:
        """Close idle connections as long as there are more than so many with those in use."""
        while True:
            with self._lock:
                kind = max(self._idle.values(), key=len)
                if not kind or len(self._idle[""]) + len(self._idle[BY_INDEX]) + self._used <= most:
                    return
                connection = kind.pop(0)
            connection.close()
