"""Stores by their URLs: which adapters stand behind the ports, opened and closed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from adapters.log.sqlite.log import SQLiteLog
from adapters.sqlite import backup
from adapters.sqlite.backup import Progress
from adapters.sqlite.database import Database
from adapters.views.sqlite.views import SQLiteViews
from domain.ports import EventLog, Unavailable, Views
from domain.processes import Following
from domain.rebuilding import Rebuildable
from domain.unavailable import Rewritten
from service.projecting.projector import Projector
from service.projecting.shared import SharedProjector
from service.projecting.visibility import Behind, Visibility
from service.rebuilding.folding import Reopen
from service.rebuilding.rebuild import level, rebuild
from service.settings import shown
from service.standby import Standby

_logger = logging.getLogger("asof")

MEMORY = "sqlite://"
POSTGRES = ("postgresql://", "postgres://")
_LIKE_MEMORY = "sqlite:///:memory:"
"""What others take for a store in memory."""
_FILE = re.compile(rf"(?!{_LIKE_MEMORY}$)sqlite:///(?P<path>.+)")


class NoSuchStore(ValueError):  # noqa: N818 (named for what it says)
    """The URL names no store that there is an adapter for."""


@dataclass(frozen=True, slots=True)
class Store:
    """A log with its views, which the projector keeps level with it.

    `read` are the views that questions are put to, and `visibility` waits until they show a position of the log;
    `rebuildable` are the views that are written, to be rebuilt in place.
    """

    log: EventLog
    rebuildable: Rebuildable
    projector: Projector
    read: Views
    visibility: Visibility


@contextmanager
def opened(store: str, *, reads: str | None = None, projects: bool = True) -> Iterator[Store]:
    """Open a store by its URL, its views level with its log, and close it on leaving.

    `sqlite:///asof.db` is a file (four slashes for an absolute path), `sqlite://` a store in memory that ends with this
    object, `postgresql://…` a PostgreSQL database. Of that, `reads` is a copy that questions are put to. Where another
    process projects, or this one must not, the views may be behind. Raises NoSuchStore, and
    `domain.ports.Unavailable` where the store cannot be used.
    """
    with ExitStack() as closing:
        found = _open(store, reads, closing, projects=projects)
        if found.rebuildable.outdated:
            _renew(store, found.log, found.rebuildable)
        with suppress(Behind):
            level(found.log, found.rebuildable, found.projector, reopen=reopening(store))
        yield found


def reopening(store: str) -> Reopen | None:
    """How another process opens the store for `rebuild`; None where it cannot."""
    return None if store == MEMORY else partial(open_for_rebuild, store)


def log_reopening(store: str) -> Callable[[], AbstractContextManager[EventLog]] | None:
    """How another process opens the log of the store; None where it cannot."""
    return None if store == MEMORY else partial(log_of, store)


def _renew(store: str, log: EventLog, views: Rebuildable) -> None:
    _logger.warning("the views are of an older version of the program: they are built again")
    try:
        rebuild(log, views, reopen=reopening(store))
    except Rewritten:
        raise
    except Unavailable:
        # Another process may have been first; else this says so again.
        with views.snapshot():
            _logger.info("the views were built again by another process")


def back_up(store: str, path: Path, progress: Progress) -> int:
    """Copy the embedded store into a file while it is in use, and give the last position of the copy.

    Raises NoSuchStore for a store that is no file, and `domain.ports.Unavailable`; `path` is then as it was.
    """
    found = _FILE.fullmatch(store)
    if found is None:
        raise NoSuchStore(
            f"{shown(store)!r} is no file; accepted: sqlite:///FILE. `asof export` copies the log of any store"
        )
    database = Database(found["path"])
    try:
        backup.back_up(database, path, progress)
    finally:
        database.close()
    with log_of(f"sqlite:///{path.absolute()}") as copy:
        return copy.head().position


@contextmanager
def log_of(store: str) -> Iterator[EventLog]:
    """The log of a store alone: its views are left as they are. Raises as `opened`."""
    with ExitStack() as closing:
        yield _log(store, closing)


@contextmanager
def open_for_rebuild(store: str) -> Iterator[tuple[EventLog, Rebuildable]]:
    """The log of a store, and its views to be rebuilt, left as they are. Raises as `opened`."""
    with ExitStack() as closing:
        found = _open(store, None, closing, projects=False)
        yield found.log, found.rebuildable


def _log(store: str, closing: ExitStack) -> EventLog:
    if store.startswith(POSTGRES):
        from adapters.log.postgres.log import PostgresLog  # noqa: PLC0415
        from adapters.postgres.database import Database as PostgresDatabase  # noqa: PLC0415

        there = PostgresDatabase(store)
        closing.callback(there.close)
        return PostgresLog(there)
    database = Database(_file(store))
    closing.callback(database.close)
    return SQLiteLog(database)


def _file(store: str) -> str | None:
    """The path of an embedded store, None for one in memory."""
    found = _FILE.fullmatch(store)
    if found is None and store != MEMORY:
        accepted = "sqlite:///FILE, sqlite:////ABSOLUTE/FILE, postgresql://USER:PASSWORD@HOST/DATABASE"
        if store == _LIKE_MEMORY:
            accepted = f"{MEMORY} for a store in memory (this would be a file of that name), {accepted}"
        raise NoSuchStore(f"{shown(store)!r} is no store; accepted: {accepted}")
    return None if found is None else found["path"]


def _open(store: str, reads: str | None, closing: ExitStack, *, projects: bool) -> Store:
    if store.startswith(POSTGRES):
        return _postgres(store, reads, closing, projects=projects)
    if reads is not None:
        raise NoSuchStore(f"questions may be put to a copy of a PostgreSQL store, and {shown(store)!r} is none")
    database = Database(_file(store))
    closing.callback(database.close)
    log, views = SQLiteLog(database), SQLiteViews(database)
    return Store(log, views, Projector(log, views), views, Visibility(views, database))


def _postgres(store: str, reads: str | None, closing: ExitStack, *, projects: bool) -> Store:
    # Who keeps a file need not wait until the driver is loaded.
    from adapters.log.postgres.log import PostgresLog  # noqa: PLC0415
    from adapters.postgres.database import Database as PostgresDatabase  # noqa: PLC0415
    from adapters.postgres.duty import PostgresDuty  # noqa: PLC0415
    from adapters.views.postgres.views import PostgresViews  # noqa: PLC0415

    database = PostgresDatabase(store)
    closing.callback(database.close)
    log, views = PostgresLog(database), PostgresViews(database)
    duty = PostgresDuty(database, "projecting") if projects else None

    def copied() -> tuple[Views, Following]:
        standby = PostgresDatabase(reads or store)
        try:
            copies = PostgresViews(standby)
        except BaseException:
            standby.close()
            raise
        closing.callback(standby.close)
        return copies, standby

    read: Views = views
    if reads is None:
        projector = SharedProjector(log, views, database, duty)
        visibility = Visibility(views, database)
    else:
        read = copy = Standby(copied)
        visibility = Visibility(copy, copy)
        projector = SharedProjector(log, views, database, duty, visibility)
    closing.callback(projector.close)
    return Store(log, views, projector, read, visibility)
