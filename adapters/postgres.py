"""One PostgreSQL database: who writes, who reads what, how it is reached again, what its errors mean."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Format, TransactionStatus
from psycopg.rows import RowFactory, tuple_row
from psycopg.types import numeric

from adapters.postgres_errors import Errors, meaning
from domain.ports import Unavailable

WAIT_SECONDS = 5.0
STATEMENT_SECONDS = 30.0
READERS = 16

Connection = psycopg.Connection[tuple[Any, ...]]

# Ends what a vanished client left behind: by its own clock where it stands idle, else by asking whether it is there.
_SETTINGS = """
SET client_encoding = 'UTF8'; SET timezone = 'UTC';
SET statement_timeout = {statement}; SET lock_timeout = {wait};
SET idle_in_transaction_session_timeout = '60s';
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
"""
_READER = "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on"
# An operator may ask for more than `on` (remote_apply); less than that would lose what was acknowledged.
_WRITER = """
SET default_transaction_isolation = 'read committed';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""


class Cursor(psycopg.Cursor[tuple[Any, ...]]):
    """Results come as binary: bytes are then not doubled to hexadecimal digits on their way."""

    def __init__(self, connection: Connection, *, row_factory: RowFactory[tuple[Any, ...]] | None = None) -> None:
        super().__init__(connection, row_factory=row_factory or tuple_row)
        self.format = Format.BINARY


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

    def __init__(
        self,
        url: str,
        *,
        wait_seconds: float = WAIT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
        readers: int = READERS,
    ) -> None:
        self.url = url
        self._name = _name(url)
        self.errors = Errors(self._name)
        self._wait_seconds = wait_seconds
        self._settings = _SETTINGS.format(statement=round(statement_seconds * 1000), wait=round(wait_seconds * 1000))
        self._turns: dict[str, threading.Lock] = {}
        self._writers: dict[str, Connection] = {}
        self._free = threading.BoundedSemaphore(readers)
        self._idle: list[Connection] = []
        self._closed = False
        with self.read() as connection:
            (self.schema, encoding) = connection.execute(
                "SELECT current_schema()::text, current_setting('server_encoding')"
            ).fetchall()[0]
        if self.schema is None:
            raise Unavailable(f"{self} has no schema of the search path to keep its tables in")
        if encoding != "UTF8":
            raise Unavailable(f"{self} is encoded in {encoding}; it has to be UTF8")

    @contextmanager
    def write(self, name: str, *, durable: bool) -> Iterator[Connection]:
        """Give the sole right to write under the name: a connection in a transaction, committed on leaving.

        Every statement reads the newest that is committed. On an exception nothing was written. What is `durable`
        survives a loss of power once this is left; of the rest a crash may take the last commits, in their order.
        Where the server is lost while it commits, it is asked afterwards what became of the transaction.
        """
        turn = self._turns.setdefault(name, threading.Lock())
        if not turn.acquire(timeout=self._wait_seconds):
            raise Unavailable(f"{self} is locked by another thread of this process")
        try:
            with self.errors:
                connection, transaction = self._begin_writing(name, durable=durable)
                try:
                    yield connection
                    self._commit(connection, transaction)
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
        if not self._free.acquire(timeout=self._wait_seconds):
            raise Unavailable(f"{self} has no connection free")
        try:
            with self.errors:
                connection = self._begin_reading()
                try:
                    yield connection
                finally:
                    self._end_reading(connection)
        finally:
            self._free.release()

    def connect(self, settings: str = "") -> Connection:
        """A connection of its own, in no transaction, which the caller closes."""
        self._check_open()
        with self.errors:
            connection: Connection = psycopg.connect(
                self.url,
                autocommit=True,
                cursor_factory=Cursor,
                fallback_application_name="asof",
                connect_timeout=_whole(conninfo_to_dict(self.url).get("connect_timeout"), self._wait_seconds),
            )
            try:
                # One type for every whole number: statements are prepared once, and indexes fit.
                connection.adapters.register_dumper(int, numeric.Int8Dumper)
                connection.adapters.register_dumper(int, numeric.Int8BinaryDumper)
                _run(connection, self._settings + settings)
            except BaseException:
                connection.close()
                raise
            return connection

    def key(self, name: str) -> int:
        """The number of the advisory lock of a name, for this schema."""
        return int.from_bytes(self._digest(name), signed=True)

    def channel(self, name: str) -> str:
        """The channel of NOTIFY of a name, for this schema."""
        return f"asof_{self._digest(name).hex()}"

    def close(self) -> None:
        """Let go of the connections; further calls raise Unavailable, those under way may end."""
        self._closed = True
        self._close_idle()
        self._close_writers()

    def __str__(self) -> str:
        return self._name

    def _digest(self, name: str) -> bytes:
        return blake2b(f"asof {self.schema} {name}".encode(), digest_size=8).digest()

    def _begin_writing(self, name: str, *, durable: bool) -> tuple[Connection, str | None]:
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({self.key(name)});"
        begin += "SELECT pg_current_xact_id()::text" if durable else "SET LOCAL synchronous_commit = off"
        while True:
            self._check_open()
            connection = self._writers.pop(name, None)
            reused = connection is not None
            connection = connection or self.connect(_WRITER)
            try:
                last = _run(connection, begin)
            except BaseException as exc:
                self._roll_back(name, connection)
                if reused and connection.closed and isinstance(exc, psycopg.Error):
                    continue
                raise
            self._writers[name] = connection
            return connection, last

    def _commit(self, connection: Connection, transaction: str | None) -> None:
        if connection.info.transaction_status == TransactionStatus.INERROR:
            raise Unavailable(f"{self} has rolled the transaction back")
        try:
            connection.execute("COMMIT")
        except psycopg.Error:
            if transaction is None or not connection.closed or not self._has_committed(transaction):
                raise

    def _has_committed(self, transaction: str) -> bool:
        """What became of a transaction whose commit was not answered; asked until the time to wait is over."""
        deadline = time.monotonic() + self._wait_seconds
        while True:
            with suppress(Unavailable, psycopg.Error), self.connect(_WRITER) as connection:
                row = connection.execute("SELECT pg_xact_status(%s::xid8)", (transaction,)).fetchone()
                if row is not None and row[0] != "in progress":
                    return bool(row[0] == "committed")
            if time.monotonic() > deadline:
                return False
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

    def _begin_reading(self) -> Connection:
        while True:
            self._check_open()
            try:
                connection, reused = self._idle.pop(), True
            except IndexError:
                connection, reused = self.connect(_READER), False
            try:
                connection.execute("BEGIN")
            except BaseException as exc:
                connection.close()
                if reused and isinstance(exc, psycopg.Error) and meaning(exc):
                    continue
                raise
            return connection

    def _end_reading(self, connection: Connection) -> None:
        try:
            if not connection.closed:
                connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
        if not connection.closed:
            self._idle.append(connection)
        if self._closed:
            self._close_idle()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"{self} is closed")

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _close_writers(self) -> None:
        # Whoever has a turn closes its connection on giving it back.
        for name, turn in list(self._turns.items()):
            if turn.acquire(blocking=False):
                try:
                    if writer := self._writers.pop(name, None):
                        writer.close()
                finally:
                    turn.release()


def _run(connection: Connection, statements: str) -> str | None:
    """Run statements in one round trip; the text of the last one's only row, where it has one."""
    cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(connection)
    cursor.execute(statements.encode())
    while cursor.nextset():
        pass
    row = None if cursor.description is None else cursor.fetchone()
    return None if row is None else str(row[0])


def _name(url: str) -> str:
    """The database as messages name it; raises Unavailable where the URL is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as exc:
        raise Unavailable(f"the URL of the database cannot be read: {' '.join(str(exc).split())}") from None
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    where = f"{host}:{parts['port']}" if "port" in parts else str(host)
    return f"the database {parts.get('dbname') or parts.get('user') or 'asof'} on {where}"


def _whole(given: Any, otherwise: float) -> int:
    return max(1, int(given)) if given else max(2, round(otherwise))
