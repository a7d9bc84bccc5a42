"""Reading for those who have no time to wait: an event loop that has many to answer."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable

from domain.ports import Late, Unavailable

STEPS = 1_000
"""Of SQLite's virtual machine, some tens of microseconds: so often it is looked at the time."""
PATIENCE = 40
"""So many times what a reader has it may take by the clock, where it was not its turn on the processor."""
_IN_THE_WAY = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class DeadlineReader:
    """One connection of its own, for one reader at a time, whose statements are broken off when they take too long."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._turn = threading.Lock()
        self._within = 0.0
        self._began = 0.0
        self._until: float | None = None
        self._closed = False

    def begin(self, within: float) -> sqlite3.Connection:
        """A connection that reads one state, for so many seconds; `end` gives it back.

        Raises Late where another has it. Statements that take longer, and have kept the processor for as long, are
        interrupted: see `is_late`.
        """
        if not self._turn.acquire(blocking=False):
            raise Late("another question is being answered in the same way")
        try:
            connection = self._connection
            if connection is None:
                connection = self._connection = self._opened()
            self._within, self._began, self._until = within, time.perf_counter(), None
            connection.execute("BEGIN")
        except BaseException:
            self.end()
            raise
        return connection

    def end(self) -> None:
        """The reader has done."""
        # What rolls back is not to be broken off.
        self._within = float("inf")
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._let_go()
        if self._closed:
            self._let_go()
        self._turn.release()

    def close(self) -> None:
        """Let go of the connection, now or when its reader leaves."""
        self._closed = True
        if self._turn.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._turn.release()

    def _opened(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("the database is closed")
        connection = self._connect()
        connection.execute("PRAGMA busy_timeout = 0")
        connection.set_progress_handler(self._is_late, STEPS)
        return connection

    def _is_late(self) -> bool:
        taken = time.perf_counter() - self._began
        if taken < self._within:
            return False
        # Only now: to ask for the time on the processor takes ten times as long.
        if self._until is None:
            self._until = time.thread_time() + self._within
        return time.thread_time() > self._until or taken > PATIENCE * self._within

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def is_late(fault: BaseException) -> bool:
    """Whether a fault of a hasty reader means that there was no time."""
    return isinstance(fault, sqlite3.OperationalError) and fault.sqlite_errorcode & 0xFF in _IN_THE_WAY
