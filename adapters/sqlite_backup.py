"""A copy of an SQLite database while others go on writing to it: SQLite's online backup (sqlite.org/backup.html)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from adapters.sqlite import Database
from domain.ports import Unavailable

PAGES = 1_000

Progress = Callable[[int, int], None]
"""Is told how many pages are copied, and how many there are."""


def back_up(database: Database, path: Path, progress: Progress) -> None:
    """Copy one committed state of the database into a file, which is there, whole and durable, once this returns.

    A file of that name is replaced then, and not before. Raises Unavailable where either cannot be used, or where the
    file to be replaced is a database that somebody has open: its write-ahead log would be taken for the copy's.
    """
    if path.with_name(f"{path.name}-wal").exists():
        raise Unavailable(f"the backup cannot replace {path}, which is in use")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with database.read() as source:
            # Reading once holds the state: without it the copy would begin anew with every commit of others.
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _copy(source, unfinished, progress)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _copy(source: sqlite3.Connection, path: Path, progress: Progress) -> None:
    try:
        with closing(sqlite3.connect(path)) as target:
            source.backup(target, pages=PAGES, progress=lambda _, left, total: progress(total - left, total))
    except sqlite3.Error as exc:
        raise Unavailable(f"the backup {path} cannot be written ({exc.sqlite_errorname}: {exc})") from exc
