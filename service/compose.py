"""The composition root: which adapters stand behind the ports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters import sqlite_backup
from adapters.clock import SystemClock
from adapters.ids import TimeOrderedIds
from adapters.log.sqlite import SQLiteLog
from adapters.sqlite import Database
from adapters.sqlite_backup import Progress
from adapters.views.sqlite import SQLiteViews
from domain.ports import Clock, EventLog, Ids, Views
from service.append import Appender
from service.project import Projector
from service.restore import Restorer

MEMORY = "sqlite://"
POSTGRES = ("postgresql://", "postgres://")
_STORE = re.compile(r"sqlite:///(?P<path>.+)")


class NoSuchStore(ValueError):  # noqa: N818 (named for what it says)
    """The URL names no store that there is an adapter for."""


@dataclass(frozen=True, slots=True)
class Services:
    """The inside, put together."""

    log: EventLog
    views: Views
    projector: Projector
    appender: Appender
    restorer: Restorer


@contextmanager
def services(store: str, *, clock: Clock | None = None, ids: Ids | None = None) -> Iterator[Services]:
    """Open a store by its URL, its views level with its log, and close it on leaving.

    `sqlite:///asof.db` is a file (four slashes for an absolute path), `sqlite://` a store in memory that ends with this
    object, `postgresql://…` a PostgreSQL database as libpq names it. Raises NoSuchStore, and `domain.ports.Unavailable`
    where the store cannot be used.
    """
    log, views = _open(store)
    try:
        projector = Projector(log, views)
        projector.catch_up()
        ids = ids or TimeOrderedIds()
        appender = Appender(log, views, projector, clock or SystemClock(), ids)
        yield Services(log, views, projector, appender, Restorer(log, projector, ids))
    finally:
        log.close()


def back_up(store: str, path: Path, progress: Progress) -> int:
    """Copy the embedded store into a file while it is in use, and give the last position of the copy.

    Raises NoSuchStore for a store that is no file, and `domain.ports.Unavailable`; `path` is then as it was.
    """
    found = _STORE.fullmatch(store)
    if found is None:
        raise NoSuchStore(f"{store!r} is no file; accepted: sqlite:///FILE. `asof export` copies the log of any store")
    database = Database(found["path"])
    try:
        sqlite_backup.back_up(database, path, progress)
    finally:
        database.close()
    copy = log_of(f"sqlite:///{path.absolute()}")
    try:
        return copy.head().position
    finally:
        copy.close()


def log_of(store: str) -> EventLog:
    """The log of a store alone, to be closed by whoever asked. Raises as `services`."""
    return _open(store)[0]


def _open(store: str) -> tuple[EventLog, Views]:
    if store.startswith(POSTGRES):
        return _open_postgres(store)
    found = _STORE.fullmatch(store)
    if found is None and store != MEMORY:
        raise NoSuchStore(
            f"{store!r} is no store; accepted: sqlite:///FILE, sqlite:////ABSOLUTE/FILE, postgresql://HOST/DATABASE"
        )
    database = Database(None if found is None else found["path"])
    try:
        return SQLiteLog(database), SQLiteViews(database)
    except BaseException:
        database.close()
        raise


def _open_postgres(url: str) -> tuple[EventLog, Views]:
    # Its driver takes longer to import than a command on another store takes as a whole.
    from adapters.log.postgres import PostgresLog  # noqa: PLC0415
    from adapters.postgres import Database as PostgresDatabase  # noqa: PLC0415
    from adapters.views.postgres import PostgresViews  # noqa: PLC0415

    database = PostgresDatabase(url)
    try:
        return PostgresLog(database), PostgresViews(database)
    except BaseException:
        database.close()
        raise
