"""One PostgreSQL database: who writes, who reads what, how it is reached again, what its errors mean."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from adapters.postgres.connecting import (
    BY_INDEX,
    UNHURRIED,
    WRITER,
    Connection,
    bounded,
    connect,
    last_row,
    named,
    run,
)
from adapters.postgres.errors import Errors
from adapters.postgres.listening import Listening
from adapters.postgres.readers import Readers
from domain.ports import InDoubt, Unavailable

WAIT_SECONDS = 5.0
STATEMENT_SECONDS = 30.0
READERS = 16


class Database:
    """A PostgreSQL database, by its URL (`postgresql://…`), or one schema of it, the first of the search path.

    Threads read at the same time, each its own snapshot, while others write. Of all who write under one name, in
    this and in other processes, one has its turn and the others queue up; different names do not wait for each other.

    Waiting for a turn, for a lock or for a free connection lasts at most `wait_seconds` each, a statement at most
    `statement_seconds`. At most `readers` connections read, and one writes for each name. Connections that a restart
    of the server has ended are made anew. Whatever keeps the database from being used (not reached, locked, full,
    read-only, closed) is raised as `domain.ports.Unavailable`, without the password; other errors of psycopg
    (IntegrityError, wrong SQL) pass unchanged.
    """

    exact = False
    """See `domain.processes.Following`: a commit is told of a moment after it can be read."""

    def __init__(
        self,
        url: str,
        *,
        wait_seconds: float = WAIT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
        readers: int = READERS,
    ) -> None:
        self.url = url
        self._name = named(url)
        self.errors = Errors(self._name)
        self._wait_seconds = wait_seconds
        self._settings = bounded(statement_seconds, wait_seconds)
        self._turns: dict[str, threading.Lock] = {}
        self._writers: dict[str, Connection] = {}
        self._readers = Readers(self.connect, self.errors, readers, wait_seconds)
        self._closed = False
        with self.read() as connection:
            (self.schema, encoding) = connection.execute(
                "SELECT current_schema()::text, current_setting('server_encoding')"
            ).fetchall()[0]
        if self.schema is None:
            raise Unavailable(f"{self} has no schema of the search path to keep its tables in")
        if encoding != "UTF8":
            raise Unavailable(f"{self} is encoded in {encoding}; it has to be UTF8")
        self._channel = f"asof_{self._digest('commits').hex()}"
        self._listening = Listening(self.connect, self._channel)

    @contextmanager
    def write(
        self, name: str, *, durable: bool, committed: Callable[[Connection], bool] | None = None, settings: str = ""
    ) -> Iterator[Connection]:
        """Give the sole right to write under the name: a connection in a transaction, committed on leaving.

        Every statement reads the newest that is committed. On an exception nothing was written; else who follows the
        database is told. What is `durable` survives a loss of power once this is left; of the rest a crash may take
        the last commits, in their order. The `settings` are those of the name, always the same.
        Where the server is lost while it commits, `committed` is asked what became of the transaction once nobody is at
        it any more: whether what was written is there. Where the server stays away, InDoubt is raised.
        """
        turn = self._turns.setdefault(name, threading.Lock())
        if not turn.acquire(timeout=self._wait_seconds):
            raise Unavailable(f"{self} is locked by another thread of this process")
        try:
            with self.errors:
                connection = self._begin_writing(name, settings, durable=durable)
                try:
                    yield connection
                    self._commit(name, connection, committed)
                except BaseException:
                    self._roll_back(name, connection)
                    raise
        finally:
            turn.release()
            if self._closed:
                self._close_writers()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that reads one state: the last committed one when it first reads."""
        with self._readers.reading(lambda connection: run(connection, "BEGIN")) as (connection, _):
            yield connection

    def read_holding(self, table: str, first: str) -> AbstractContextManager[tuple[Connection, Any]]:
        """The same, and a row of that state, read in the round trip that begins it by `first`, without parameters.

        The table stays what it is from before that until the end.
        """
        begin = f"BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE; {first}"
        return self._readers.reading(lambda connection: last_row(connection, begin))

    def ask(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that one statement finds by indexes in the last committed state, in one round trip."""

        def rows(connection: Connection) -> list[tuple[Any, ...]]:
            return connection.execute(statement.encode(), parameters or None).fetchall()

        with self._readers.reading(rows, BY_INDEX) as (_, found):
            return found

    def connect(self, settings: str = "") -> Connection:
        """A connection of its own, in no transaction, which the caller closes."""
        self._check_open()
        with self.errors:
            return connect(self.url, self._wait_seconds, self._settings + settings)

    def key(self, name: str) -> int:
        """The number of the advisory lock of a name, for this schema."""
        return int.from_bytes(self._digest(name), signed=True)

    def mark(self) -> int:
        """Tell one state from the next: equal marks mean that nothing is known to have been committed between them."""
        self._check_open()
        return self._listening.mark()

    def wait(self, mark: int, seconds: float) -> None:
        """Return when something may have been committed since the mark, by any process, or after the seconds."""
        self._listening.wait(mark, seconds)

    def close(self) -> None:
        """Let go of the connections; further calls raise Unavailable, those under way may end."""
        self._closed = True
        self._listening.close()
        self._readers.close()
        self._close_writers()

    def __str__(self) -> str:
        return self._name

    def _digest(self, name: str) -> bytes:
        return blake2b(f"asof {self.schema} {name}".encode(), digest_size=8).digest()

    def _begin_writing(self, name: str, settings: str, *, durable: bool) -> Connection:
        begin = self._begin(name) + ("" if durable else UNHURRIED)
        while True:
            self._check_open()
            connection = self._writers.pop(name, None)
            reused = connection is not None
            connection = connection or self.connect(WRITER + settings)
            try:
                run(connection, begin)
            except BaseException as exc:
                self._roll_back(name, connection)
                if reused and connection.closed and isinstance(exc, psycopg.Error):
                    continue
                raise
            self._writers[name] = connection
            return connection

    def _begin(self, name: str) -> str:
        return f"BEGIN; SELECT pg_advisory_xact_lock({self.key(name)});"

    def _commit(self, name: str, connection: Connection, committed: Callable[[Connection], bool] | None) -> None:
        if connection.info.transaction_status == TransactionStatus.INERROR:
            raise Unavailable(f"{self} has rolled the transaction back")
        try:
            run(connection, f"NOTIFY {self._channel}; COMMIT")
        except psycopg.Error as exc:
            if committed is None or not connection.closed:
                raise
            found = self._has_committed(name, committed)
            if found is None:
                raise InDoubt(f"{self} was lost while it committed, and stays away") from exc
            if not found:
                raise

    def _has_committed(self, name: str, committed: Callable[[Connection], bool]) -> bool | None:
        """What became of a transaction whose commit was not answered; None where the time to wait is over before.

        Its number tells nothing: after a crash the server may give it again.
        """
        deadline = time.monotonic() + self._wait_seconds
        while True:
            with suppress(Unavailable, psycopg.Error), self.connect(WRITER) as connection:
                # Whoever has the turn now, the lost transaction has it no longer.
                run(connection, self._begin(name))
                return committed(connection)
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)

    def _roll_back(self, name: str, connection: Connection) -> None:
        with suppress(psycopg.Error):
            if connection.info.transaction_status != TransactionStatus.IDLE:
                connection.execute("ROLLBACK")
        if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
            self._writers.pop(name, None)
            connection.close()
        else:
            self._writers[name] = connection

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"{self} is closed")

    def _close_writers(self) -> None:
        # Whoever has a turn closes its connection on giving it back.
        for name, turn in list(self._turns.items()):
            if turn.acquire(blocking=False):
                try:
                    if writer := self._writers.pop(name, None):
                        writer.close()
                finally:
                    turn.release()


__all__ = ["Connection", "Database"]
