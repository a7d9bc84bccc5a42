"""The stores that can be had on this machine, each with the story in it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.peers import mariadb, mariadb_server, periods
from benchmarks.peers.asked import Store
from benchmarks.peers.events_postgres import EventsInPostgres
from benchmarks.peers.events_sqlite import EventsInSQLite
from benchmarks.peers.ours import Ours
from benchmarks.peers.periods import Periods
from benchmarks.peers.story import story
from service.compose import services
from tests.postgres import Server


@dataclass(frozen=True, slots=True)
class Compared:
    """A peer, and asof on a store of its kind."""

    peer: Store
    ours: Store


@contextmanager
def loaded(count: int, directory: Path) -> Iterator[list[Compared]]:
    """Every peer that is installed, with so many events; what is not there, and what installs it, goes to stderr."""
    with ExitStack() as entered:
        compared = _of_sqlite(count, directory, entered)
        compared += _of_servers(count, entered)
        yield compared


def _of_sqlite(count: int, directory: Path, entered: ExitStack) -> list[Compared]:
    ours = Ours("asof on SQLite", entered.enter_context(services(f"sqlite:///{directory}/asof.db")))
    _load(ours, lambda: ours.load(count))
    events = entered.enter_context(closing(EventsInSQLite(directory / "events.db")))
    _load(events, lambda: events.load(story(count)))
    return [Compared(events, ours)]


def _of_servers(count: int, entered: ExitStack) -> list[Compared]:
    """All that is PostgreSQL is on one server: of the version that the extension is made for, where it is there."""
    with_periods = periods.missing() is None
    server = Server(*[periods.DEBIAN] if with_periods else [], **_postgres_settings(count)).create()
    entered.callback(server.remove)
    server.start()
    ours = Ours("asof on PostgreSQL", entered.enter_context(services(_database(server, "asof"))))
    _load(ours, lambda: ours.load(count))
    with psycopg.connect(_database(server, "asof", new=False), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    events = entered.enter_context(closing(EventsInPostgres(_database(server, "events"))))
    _load(events, lambda: events.load(story(count)))
    found: list[Store] = [events]
    if with_periods:
        temporal = entered.enter_context(closing(Periods(_database(server, "periods"))))
        _load(temporal, lambda: temporal.load(story(count)))
        found.append(temporal)
    if mariadb_server.missing() is None:
        maria = entered.enter_context(mariadb.running(_megabytes(count, 3)))
        _load(maria, lambda: maria.load(story(count)))
        found.append(maria)
    for name, missing in ((Periods.name, periods.missing()), (mariadb.MariaDB.name, mariadb_server.missing())):
        if missing is not None:
            print(f"{name}: not found: {missing}", file=sys.stderr)
    return [Compared(peer, ours) for peer in found]


def _postgres_settings(count: int) -> dict[str, str]:
    return {
        "shared_buffers": f"{_megabytes(count, 6)}MB",
        "effective_cache_size": f"{_megabytes(count, 12)}MB",
        "work_mem": "64MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "8GB",
        "random_page_cost": "1.1",
    }


def _megabytes(count: int, for_a_thousand: int) -> int:
    return max(512, count * for_a_thousand // 1_000)


def _database(server: Server, name: str, *, new: bool = True) -> str:
    if new:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
    return server.url.replace("/postgres?", f"/{name}?")


def _load(store: Store, load: Callable[[], None]) -> None:
    began = time.perf_counter()
    load()
    print(f"{store.name}: loaded in {time.perf_counter() - began:.0f} s", file=sys.stderr)
