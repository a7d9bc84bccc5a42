"""Every adapter of the views, beside the log of its store: a line here, and the whole contract is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.log.postgres.log import PostgresLog
from adapters.log.sqlite.log import SQLiteLog
from adapters.postgres.database import Database as Postgres
from adapters.sqlite.database import Database
from adapters.views.postgres.views import PostgresViews
from adapters.views.sqlite.views import SQLiteViews
from domain.actor import Actor
from domain.ports import EventLog, Views
from tests.postgres import store_at

Opened = tuple[EventLog, Views]


def _sqlite(path: str | None) -> Opened:
    database = Database(path)
    return SQLiteLog(database), SQLiteViews(database)


def _postgres(at: Path) -> Opened:
    database = Postgres(store_at(at))
    return PostgresLog(database), PostgresViews(database)


ADAPTERS: dict[str, Callable[[Path], Opened]] = {
    "sqlite-file": lambda at: _sqlite(str(at / "store.db")),
    "sqlite-memory": lambda _: _sqlite(None),
    "postgresql": _postgres,
}
KEPT = [name for name in ADAPTERS if name != "sqlite-memory"]
"""Those that are the same views when they are opened again."""


@dataclass(frozen=True)
class Place:
    """Where log and views of one adapter are kept."""

    name: str
    directory: Path

    @contextmanager
    def open(self) -> Iterator[Opened]:
        log, views = ADAPTERS[self.name](self.directory)
        try:
            yield log, views
        finally:
            log.close()


def actor(name: str, registered: int, *, version: int = 1, **more: object) -> Actor:
    """An actor as it is registered; its id is its name folded."""
    fresh = Actor(name.lower(), registered, version, name, "other", (), (), None)
    return replace(fresh, **more)  # type: ignore[arg-type]
