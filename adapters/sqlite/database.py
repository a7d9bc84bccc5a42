"""One SQLite database: who writes, who reads what, how commits are noticed, what its errors mean."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.sqlite.deadline import DeadlineReader, is_late
from adapters.sqlite.errors import Errors
from domain.ports import Late, Unavailable

BUSY_SECONDS = 5.0
READERS = 32

Mark = tuple[int, int]

_WRITER = (
    "page_size = 8192",  # twice the events of a 4 KiB page: batches gain 10 to 50 %, singles nothing
    "cache_size = -64000",
    "journal_size_limit = 67108864",  # what a long transaction leaves behind it of its WAL
    "checkpoint_fullfsync = 1",
)
_DURABLE = (*_WRITER, "synchronous = FULL", "fullfsync = 1")
_REBUILDABLE = (
    *_WRITER,
    "synchronous = NORMAL",
    "secure_delete = OFF",  # some builds write zeros over all that goes, and a generation of views goes whole
)
_READER = ("query_only = 1", "cache_size = -2000", "mmap_size = 268435456")


class Database:
    """An SQLite file, or, with the path None, one in memory that ends with this object.

    Reading leaves a file as it is; whoever writes puts it into WAL mode first. Threads then read it
    at the same time, each its own snapshot, while one of them writes; writers of this process queue
    up, those of other processes are waited for. In memory all take turns.

    Waiting for a turn, for a lock or for a free reader lasts at most `busy_seconds` each. Whatever
    keeps the database from being used (locked, full, read-only, damaged, not there, closed) is
    raised as `domain.ports.Unavailable` with the path and SQLite's name for it; other errors of
    sqlite3 (IntegrityError, wrong SQL) pass unchanged.
    """

    exact = True
    """See `domain.processes.Following`."""

    def __init__(self, path: str | None, *, busy_seconds: float = BUSY_SECONDS, readers: int = READERS) -> None:
        self.path = None if path is None else Path(path).absolute()
        self.errors = Errors(self.path, str(self))
        self._busy_seconds = busy_seconds
        self._turn = threading.RLock() if path is None else threading.Lock()
        self._writers: dict[bool, sqlite3.Connection] = {}
        self._free = threading.BoundedSemaphore(readers)
        self._readers: list[sqlite3.Connection] = []
        self._hasty = DeadlineReader(lambda: self._connect(*_READER))
        self._watching = threading.Lock()
        self._watcher: sqlite3.Cursor | None = None
        self._committed = threading.Condition()
        self._commits = 0
        self._waiting = 0
        self._closed = False
        try:
            with self.read() as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def write(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """Give the sole right to write: a connection in a transaction, committed on leaving.

        On an exception, one of the commit included, nothing was written. What is `durable` survives
        a loss of power; of the rest one may take the last commits, and never damages the file.
        """
        self._take_turn()
        try:
            with self.errors:
                connection = self._writer(durable=durable)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    self._commit(connection)
                except BaseException:
                    self._roll_back(connection)
                    raise
            self._commits += 1
        finally:
            self._give_turn()
        # Who begins to wait after this line sees the commit without being woken.
        if self._waiting:
            with self._committed:
                self._committed.notify_all()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that reads one state: the last committed one when it first reads.

        Fetch before leaving: a cursor left half read keeps its state for the next reader. In
        memory a thread that is writing reads what it has written so far.
        """
        if self.path is None:
            self._take_turn()
            try:
                with self.errors:
                    yield self._writer(durable=True)
            finally:
                self._give_turn()
            return
        if not self._free.acquire(timeout=self._busy_seconds):
            raise Unavailable(f"{self} has no reader free")
        try:
            with self.errors, self._reader() as connection:
                yield connection
        finally:
            self._free.release()

    def begin_at_once(self, within: float) -> sqlite3.Connection:
        """As `read`, for so many seconds and waiting for nothing: raises Late in memory, and where another reads so."""
        if self.path is None:
            raise Late(f"{self} is read in turns")
        with self.errors:
            return self._hasty.begin(within)

    def end_at_once(self, fault: BaseException | None) -> None:
        """Raises what the fault means: `domain.ports.Late` where statements took too long; else as `read`."""
        self._hasty.end()
        if fault is not None:
            if is_late(fault):
                # In no variable: it would hold its own traceback, and with it all that was read, until that is noticed.
                raise Late(str(fault)) from fault
            self.errors.__exit__(type(fault), fault, None)

    def mark(self) -> Mark:
        """Tell one commit from the next: equal marks mean that nobody committed between them.

        Commits of other processes count; `wait` does not end with them, so compare marks.
        """
        commits = self._commits
        with self._watching, self.errors:
            self._check_open()
            if self.path is None:
                return commits, 0
            # One connection for all marks: SQLite compares only what the same one was told.
            if self._watcher is None:
                self._watcher = self._connect("query_only = 1").cursor()
            (version,) = self._watcher.execute("PRAGMA data_version").fetchone()
            return commits, version

    def wait(self, mark: Mark, seconds: float) -> None:
        """Return when this process has committed since the mark, or after the seconds."""
        with self._committed:
            self._waiting += 1
            try:
                self._committed.wait_for(lambda: self._closed or self._commits != mark[0], seconds)
            finally:
                self._waiting -= 1

    def close(self) -> None:
        """Let go of the file; further calls raise Unavailable, those under way may end."""
        self._closed = True
        self._close_readers()
        self._hasty.close()
        self._close_writers()
        with self._watching:
            if self._watcher is not None:
                self._watcher.connection.close()
        with self._committed:
            self._committed.notify_all()

    def __str__(self) -> str:
        return "the database in memory" if self.path is None else f"the database {self.path}"

    def _take_turn(self) -> None:
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise Unavailable(f"{self} is locked by another thread of this process")
        if self._closed:
            self._give_turn()
            self._check_open()

    def _give_turn(self) -> None:
        self._turn.release()
        if self._closed:
            self._close_writers()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        self._check_open()
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect(*_READER)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            except sqlite3.Error:
                connection.close()
            else:
                self._readers.append(connection)
            if self._closed:
                self._close_readers()

    def _writer(self, *, durable: bool) -> sqlite3.Connection:
        kind = durable or self.path is None
        if kind not in self._writers:
            self._writers[kind] = self._connect(*(_DURABLE if kind else _REBUILDABLE), wal=True)
        return self._writers[kind]

    def _commit(self, connection: sqlite3.Connection) -> None:
        if not connection.in_transaction:
            # A full disk or an I/O error, of which the writer has made nothing.
            raise Unavailable(f"{self} has rolled the transaction back")
        connection.execute("COMMIT")

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            # What is left of the transaction ends with its connection; the next writer opens anew.
            self._writers = {k: c for k, c in self._writers.items() if c is not connection}
            connection.close()

    def _connect(self, *pragmas: str, wal: bool = False) -> sqlite3.Connection:
        with self.errors:
            connection = sqlite3.connect(
                ":memory:" if self.path is None else self.path,
                timeout=self._busy_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                for pragma in pragmas:
                    connection.execute(f"PRAGMA {pragma}")
                if wal and self.path is not None:
                    self._write_ahead(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        deadline = time.monotonic() + self._busy_seconds
        mode = None
        while mode is None:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as exc:
                # Of two that switch a new file at once, SQLite fails one without waiting.
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        if mode != "wal":
            raise Unavailable(f"{self} cannot keep a write-ahead log on its file system")

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"{self} is closed")

    def _close_readers(self) -> None:
        with suppress(IndexError):
            while True:
                self._readers.pop().close()

    def _close_writers(self) -> None:
        # Whoever has the turn closes them on giving it back.
        if self._turn.acquire(blocking=False):
            try:
                if not any(writer.in_transaction for writer in self._writers.values()):
                    while self._writers:
                        self._writers.popitem()[1].close()
            finally:
                self._turn.release()
