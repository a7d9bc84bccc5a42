"""What SQLite's errors mean to whoever uses a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from domain.ports import Unavailable

_MEANINGS = {
    sqlite3.SQLITE_BUSY: "is locked by another writer",
    sqlite3.SQLITE_LOCKED: "is locked by another writer",
    sqlite3.SQLITE_PROTOCOL: "is locked by another process",
    sqlite3.SQLITE_FULL: "has no room left, the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk reports an error",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_PERM: "may not be accessed",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database",
}


class Errors:
    """Raises as Unavailable what keeps a database from being used; may be entered again and by many threads."""

    def __init__(self, path: Path | None, name: str) -> None:
        self._path = path
        self._name = name

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, exc: BaseException | None, _traceback: object) -> None:
        if isinstance(exc, sqlite3.Error):
            # The low byte of an extended result code is the primary one.
            meaning = _MEANINGS.get(getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF)
            if meaning is not None:
                if self._path is not None and not self._path.parent.is_dir():
                    meaning = "cannot be opened, its directory does not exist"
                raise Unavailable(f"{self._name} {meaning} ({exc.sqlite_errorname}: {exc})") from exc
