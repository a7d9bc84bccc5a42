"""Learning that somebody has committed: by LISTEN; on a standby, which has none, by looking again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg

from adapters.postgres.connecting import Connection
from domain.ports import Unavailable

LOOK_SECONDS = 0.2
STANDBY_SECONDS = 0.02
RETRY_SECONDS = 0.5


class Listening:
    """Counts what is notified on a channel; from the first mark on, by a thread with a connection of its own.

    It also counts when it cannot know whether there was something: after every connection, and every LOOK_SECONDS.
    """

    def __init__(self, connect: Callable[[], Connection], channel: str) -> None:
        self._connect = connect
        self._channel = channel
        self._changed = threading.Condition()
        self._count = 0
        self._started = False
        self._closed = False

    def mark(self) -> int:
        """Tell one state from the next: with an equal mark nothing was committed that is known here."""
        with self._changed:
            if not self._started:
                self._started = True
                threading.Thread(target=self._follow, name="asof-listening", daemon=True).start()
            return self._count

    def wait(self, mark: int, seconds: float) -> None:
        """Return when there may be something new since the mark, or after the seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count != mark, seconds)

    def close(self) -> None:
        """Let go of the connection, within LOOK_SECONDS."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _follow(self) -> None:
        while not self._closed:
            try:
                with self._connect() as connection:
                    self._listen(connection)
            except (psycopg.Error, Unavailable):
                self._tell()
                time.sleep(RETRY_SECONDS)

    def _listen(self, connection: Connection) -> None:
        try:
            connection.execute(f'LISTEN "{self._channel}"'.encode())
        except psycopg.errors.ReadOnlySqlTransaction:
            while not self._closed:
                connection.execute("SELECT 1")
                self._tell()
                time.sleep(STANDBY_SECONDS)
        self._tell()
        while not self._closed:
            for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass
            self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()
