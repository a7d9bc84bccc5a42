"""The stores that can be had on this machine, each with the story in it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.filled import settle
from benchmarks.peers import mariadb, mariadb_server, periods
from benchmarks.peers.asked import Store
from benchmarks.peers.events_postgres import EventsInPostgres
from benchmarks.peers.events_sqlite import EventsInSQLite
from benchmarks.peers.mariadb import MariaDB
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
    _load(ours, partial(ours.load, count))
    events = entered.enter_context(closing(EventsInSQLite(directory / "events.db")))
    _load(events, partial(events.load, story(count)))
    return [Compared(events, ours)]


def _of_servers(count: int, entered: ExitStack) -> list[Compared]:
    """All that is PostgreSQL is on one server: of the version that the extension is made for, where it is there."""
    server = Server(*[periods.DEBIAN] if periods.missing() is None else [], **_postgres_settings(count)).create()
    entered.callback(server.remove)
    server.start()
    url = _database(server, "asof")
    ours = Ours("asof on PostgreSQL", entered.enter_context(services(url)))
    peers = list(_servers(server, count, entered))
    with ThreadPoolExecutor() as pool:
        loading = [pool.submit(_load, peer, partial(peer.load, story(count))) for peer in peers]
        _load(ours, partial(ours.load, count))
        for each in loading:
            each.result()
    settle(url)
    return [Compared(peer, ours) for peer in peers]


def _servers(server: Server, count: int, entered: ExitStack) -> Iterator[EventsInPostgres | Periods | MariaDB]:
    yield entered.enter_context(closing(EventsInPostgres(_database(server, "events"))))
    if _is_there(Periods.name, periods.missing()):
        yield entered.enter_context(closing(Periods(_database(server, "periods"))))
    if _is_there(MariaDB.name, mariadb_server.missing()):
        yield entered.enter_context(mariadb.running(_megabytes(count, 3)))


def _is_there(name: str, missing: str | None) -> bool:
    if missing is not None:
        print(f"{name}: not found: {missing}", file=sys.stderr)
    return missing is None


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


def _database(server: Server, name: str) -> str:
    """The URL of a new one."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.url.replace("/postgres?", f"/{name}?")


def _load(store: Store, load: Callable[[], None]) -> None:
    began = time.perf_counter()
    load()
    print(f"{store.name}: loaded in {time.perf_counter() - began:.0f} s", file=sys.stderr)
