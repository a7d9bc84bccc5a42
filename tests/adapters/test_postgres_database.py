"""A PostgreSQL database: turns, snapshots, restarts, and what its errors are told as."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

import adapters.postgres.database
from adapters.postgres import readers as postgres_readers
from adapters.postgres.connecting import connect
from adapters.postgres.database import Connection, Database
from adapters.postgres.schema import establish
from domain.ports import InDoubt, Unavailable
from tests.postgres import Server
from tests.proxy import Proxy

SOON = 0.05
LATE = 10.0
ONE = ("CREATE TABLE item (no bigint PRIMARY KEY)",)
TWO = (*ONE, "ALTER TABLE item ADD name text; -- a script; with a comment\nCREATE INDEX item_name ON item (name)")


@pytest.fixture
def database(postgres: str) -> Iterator[Database]:
    database = Database(postgres, wait_seconds=LATE)
    establish(database, "items", ONE)
    yield database
    database.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server().create().start()
    yield server
    server.remove()


def put(database: Database, no: int, *, name: str = "items") -> None:
    def is_there(connection: Connection) -> bool:
        return connection.execute("SELECT FROM item WHERE no = %s", (no,)).fetchone() is not None

    with database.write(name, durable=True, committed=is_there) as connection:
        connection.execute("INSERT INTO item VALUES (%s)", (no,))


def items(database: Database) -> list[int]:
    with database.read() as connection:
        return [no for (no,) in connection.execute("SELECT no FROM item ORDER BY no")]


def put_and_then(database: Database, no: int, action: Callable[[Connection], object], *, durable: bool = True) -> None:
    with database.write("items", durable=durable) as connection:
        connection.execute("INSERT INTO item VALUES (%s)", (no,))
        action(connection)


def fail(_: Connection) -> None:
    raise ZeroDivisionError


def err(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM nothing")


def test_a_transaction_is_committed_on_leaving_and_undone_on_an_exception(database: Database) -> None:
    put(database, 1)
    for durable in (True, False):
        with pytest.raises(ZeroDivisionError):
            put_and_then(database, 2, fail, durable=durable)
    with pytest.raises(psycopg.errors.UniqueViolation):
        put(database, 1)
    put(database, 3)
    assert items(database) == [1, 3]


def test_what_was_caught_inside_a_transaction_is_not_taken_for_a_commit(database: Database) -> None:
    with pytest.raises(Unavailable, match="rolled"):
        put_and_then(database, 1, err)
    assert items(database) == []


def test_a_reader_stays_with_one_state_and_does_not_write(database: Database) -> None:
    with database.read() as connection:
        connection.execute("SELECT no FROM item")
        put(database, 1)
        assert connection.execute("SELECT no FROM item").fetchall() == []
        with pytest.raises(Unavailable, match="read-only"), database.errors:
            connection.execute("INSERT INTO item VALUES (2)")
    assert items(database) == [1]


def test_one_at_a_time_writes_under_a_name_and_names_do_not_wait_for_each_other(postgres: str) -> None:
    one, other = Database(postgres, wait_seconds=SOON), Database(postgres, wait_seconds=SOON)
    establish(one, "items", ONE)
    with one.write("items", durable=True), ThreadPoolExecutor(1) as threads:
        for database in (one, other):
            with pytest.raises(Unavailable, match="locked"):
                threads.submit(put, database, 1).result(LATE)
            threads.submit(put, database, id(database), name="others").result(LATE)
    put(other, 2)
    assert items(one) == sorted([id(one), id(other), 2])
    one.close()
    other.close()


def test_whoever_waited_reads_what_was_committed_before_its_turn(database: Database) -> None:
    def count() -> None:
        for _ in range(50):
            with database.write("items", durable=False) as connection:
                (highest,) = connection.execute("SELECT coalesce(max(no), 0) FROM item").fetchall()[0]
                connection.execute("INSERT INTO item VALUES (%s)", (highest + 1,))

    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(count) for _ in range(4)]:
            future.result()
    assert items(database) == list(range(1, 201))


def test_what_was_prepared_stays_so_from_one_reading_to_the_next(database: Database) -> None:
    for _ in range(10):
        assert items(database) == []
    with database.read() as connection:
        prepared = connection.execute("SELECT statement FROM pg_prepared_statements").fetchall()
    assert ("SELECT no FROM item ORDER BY no",) in prepared


def test_a_failed_reading_is_over_for_the_next(database: Database) -> None:
    with database.read() as connection:
        err(connection)
    put(database, 1)
    assert items(database) == [1]


def test_a_rollback_that_the_server_cancels_is_no_concern_of_the_next_reader(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, 1)

    def cancelled(connection: Connection) -> bool:
        connection.pgconn.send_query(b"SELECT 1 / 0")
        return connection.pgconn.flush() == 0

    with monkeypatch.context() as once:
        once.setattr(postgres_readers, "roll_back_unawaited", cancelled)
        assert items(database) == [1]
    assert items(database) == [1]


def test_readers_and_look_ups_have_as_many_connections_together_as_may_read(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Connection] = []

    def connecting(*given: Any) -> Connection:
        made.append(connect(*given))
        return made[-1]

    monkeypatch.setattr(adapters.postgres.database, "connect", connecting)
    database = Database(postgres, readers=3)
    assert database.ask("SELECT 1") == [(1,)]
    assert len(made) == 2
    with database.read(), database.read(), database.read():
        assert sum(not connection.closed for connection in made) == 3
    database.close()
    assert all(connection.closed for connection in made)


def test_no_more_connections_read_than_were_allowed(postgres: str) -> None:
    database = Database(postgres, wait_seconds=SOON, readers=2)
    with database.read(), database.read(), pytest.raises(Unavailable, match="no connection free"), database.read():
        pass
    with database.read() as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    database.close()


def test_a_statement_that_takes_too_long_is_ended(postgres: str) -> None:
    database = Database(postgres, statement_seconds=SOON)
    with pytest.raises(Unavailable, match="too long"), database.read() as connection:
        connection.execute("SELECT pg_sleep(10)")
    assert database.schema
    database.close()


def test_connections_of_before_a_restart_are_made_anew(server: Server) -> None:
    database = Database(server.url, wait_seconds=1)
    establish(database, "items", ONE)
    put(database, 1)
    with database.read(), database.read():
        pass
    server.stop("immediate")
    uses: list[Callable[[], object]] = [lambda: items(database), lambda: put(database, 2)]
    for use in uses:
        with pytest.raises(Unavailable, match="cannot be reached"):
            use()
    server.start()
    put(database, 2)
    assert items(database) == [1, 2]
    server.stop("fast")
    server.start()
    assert items(database) == [1, 2]
    put(database, 3)
    with pytest.raises(Unavailable):
        put_and_then(database, 4, lambda _: server.stop("immediate"))
    server.start()
    put_and_then(database, 4, lambda _: None)
    assert items(database) == [1, 2, 3, 4]
    database.close()


def test_where_the_server_stays_away_after_a_commit_nobody_says_that_nothing_was_stored(server: Server) -> None:
    with Proxy(server.url) as proxy:
        behind = Database(proxy.url, wait_seconds=0.3)
        establish(behind, "items", ONE)
        put(behind, 1)
        proxy.cut(b"COMMIT", arrives=True, then=lambda: server.stop("immediate"))
        with pytest.raises(InDoubt):
            put(behind, 2)
        server.start()
        assert items(behind) == [1, 2]
        behind.close()


@pytest.mark.parametrize("arrives", [True, False])
def test_a_commit_that_was_not_answered_is_looked_up(database: Database, *, arrives: bool) -> None:
    with Proxy(database.url) as proxy:
        behind = Database(proxy.url, wait_seconds=LATE)
        put(behind, 1)
        proxy.cut(b"COMMIT", arrives=arrives)
        if arrives:
            put(behind, 2)
        else:
            with pytest.raises(Unavailable):
                put(behind, 2)
        assert proxy.cuts == 1
        put(behind, 3)
        assert items(behind) == ([1, 2, 3] if arrives else [1, 3])
        behind.close()


def test_nobody_who_is_not_let_in_learns_the_password(postgres: str) -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as refused:
        Database("postgresql://somebody:secret@127.0.0.1:1/news")
    assert "the database news on 127.0.0.1:1" in str(refused.value)
    assert "secret" not in str(refused.value)
    with pytest.raises(Unavailable, match="cannot be read"):
        Database("postgresql://somebody:secret@[")


def test_a_missing_schema_is_told(postgres: str) -> None:
    with pytest.raises(Unavailable, match="no schema"):
        Database(f"{postgres}_missing")


def test_a_closed_database_is_not_available(database: Database) -> None:
    database.close()
    database.close()
    uses: list[Callable[[], object]] = [lambda: items(database), lambda: put(database, 1)]
    for use in uses:
        with pytest.raises(Unavailable, match="closed"):
            use()


# Tables


def test_tables_are_made_once_by_however_many_open_them_at_a_time(postgres: str) -> None:
    databases = [Database(postgres) for _ in range(8)]
    together = threading.Barrier(8)

    def open_(database: Database) -> None:
        together.wait()
        establish(database, "items", TWO)

    with ThreadPoolExecutor(8) as threads:
        for future in [threads.submit(open_, database) for database in databases]:
            future.result()
    put(databases[0], 1)
    assert items(databases[7]) == [1]
    for database in databases:
        database.close()


def test_older_tables_get_what_they_lack_and_newer_ones_are_refused(database: Database) -> None:
    put(database, 1)
    establish(database, "items", TWO)
    with database.read() as connection:
        assert connection.execute("SELECT no, name FROM item").fetchall() == [(1, None)]
    with pytest.raises(Unavailable, match="version 2 of items, and this program knows version 1"):
        establish(database, "items", ONE)


def test_a_migration_that_fails_leaves_everything_as_it_was(database: Database) -> None:
    put(database, 1)
    with pytest.raises(psycopg.errors.UndefinedTable):
        establish(database, "items", (*TWO, "ALTER TABLE nothing ADD name text"))
    establish(database, "items", ONE)
    assert items(database) == [1]
