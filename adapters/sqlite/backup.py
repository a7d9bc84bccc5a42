"""A copy of an SQLite database while others go on writing to it: SQLite's online backup (sqlite.org/backup.html)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from adapters.sqlite.database import Database
from adapters.sqlite.schema import has_others, refuse_others
from domain.ports import Unavailable

PAGES = 1_000
PERMISSIONS = 0o777

Progress = Callable[[int, int], None]
"""Is told how many pages are copied, and how many there are."""


def back_up(database: Database, path: Path, progress: Progress) -> None:
    """Copy one committed state of the database into a file, which is there, whole and durable, once this returns.

    A file of that name is replaced then, and not before, and its mode is kept; of a symbolic link that is the file it
    leads to. It has to be empty or a store: raises Unavailable for any other one, for the database itself and for one
    that somebody has open, of which the write-ahead log would be taken for the copy's. Raises Unavailable too where
    the database or the file cannot be used, or where the database has the tables of another program.
    """
    if path.exists() and not path.is_file():
        raise Unavailable(f"the backup cannot replace {path}, which is no file")
    path = Path(os.path.realpath(path))
    unfinished = path.with_name(f"{path.name}.unfinished")
    _require_replaceable(database, path)
    try:
        unfinished.unlink(missing_ok=True)
        if path.exists():
            unfinished.touch()
            unfinished.chmod(path.stat().st_mode & PERMISSIONS)
        with database.read() as source:
            # This reads, and so holds the state: without it the copy would begin anew with every commit of others.
            refuse_others(database, source)
            _copy(source, unfinished, progress)
        # Copying may have taken long enough for somebody to open it.
        _require_replaceable(database, path)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _require_replaceable(database: Database, path: Path) -> None:
    if database.path is not None and path.exists() and path.samefile(database.path):
        raise Unavailable(f"the backup cannot replace {path}, the store that it is a copy of")
    if path.with_name(f"{path.name}-wal").exists():
        raise Unavailable(f"the backup cannot replace {path}, which is in use")
    if not path.exists():
        return
    try:
        with closing(Database(str(path))) as there, there.read() as connection:
            others = has_others(connection)
    except Unavailable as exc:
        raise Unavailable(f"the backup cannot replace {path}: {exc}") from exc
    if others:
        raise Unavailable(f"the backup cannot replace {path}, which has tables of another program")


def _copy(source: sqlite3.Connection, path: Path, progress: Progress) -> None:
    try:
        with closing(sqlite3.connect(path)) as target:
            source.backup(target, pages=PAGES, progress=lambda _, left, total: progress(total - left, total))
    except sqlite3.Error as exc:
        raise Unavailable(f"the backup {path} cannot be written ({exc.sqlite_errorname}: {exc})") from exc
