"""A duty of one process at a time: an advisory lock that a connection holds as long as it lives."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import psycopg

from adapters.postgres.database import Connection, Database

SURE_SECONDS = 0.5
"""For so long the lock is believed to be held; the server may be gone and another process have taken the duty."""


class PostgresDuty:
    """See `domain.processes.Duty`. Where the process or its machine dies, the server ends the connection and the duty.

    Between a restart of the server and the next look two processes may believe to have it, for SURE_SECONDS at most.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._key = database.key(name)
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._has = False
        self._looked = 0.0

    def taken(self) -> bool:
        with self._lock:
            if time.monotonic() - self._looked > SURE_SECONDS or not self._has:
                self._look()
            return self._has

    def leave(self) -> None:
        with self._lock:
            if self._connection is not None and self._has:
                # Closing would do, but the server need not have noticed when the next one asks.
                with suppress(psycopg.Error):
                    self._connection.execute(f"SELECT pg_advisory_unlock({self._key})".encode())
            self._let_go()

    def _look(self) -> None:
        ask = "SELECT 1" if self._has else f"SELECT 1 WHERE pg_try_advisory_lock({self._key})"
        with self._database.errors:
            while True:
                reused = self._connection is not None
                self._connection = self._connection or self._database.connect()
                try:
                    self._has = self._connection.execute(ask.encode()).fetchone() is not None
                except BaseException:
                    again = reused and not self._has and self._connection.closed
                    self._let_go()
                    if not again:
                        raise
                else:
                    self._looked = time.monotonic()
                    return

    def _let_go(self) -> None:
        self._has = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
