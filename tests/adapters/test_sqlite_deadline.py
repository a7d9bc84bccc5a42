"""Reading at once: whoever has no time is told so in time, and nobody is kept waiting."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.sqlite.database import Database
from domain.ports import Late, Unavailable

FOR_EVER = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(str(tmp_path / "haste.db"))
    with opened.write(durable=False) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (1)")
    yield opened
    opened.close()


def test_a_statement_that_takes_too_long_is_broken_off_and_the_next_is_answered(database: Database) -> None:
    connection = database.begin_at_once(0.01)
    with pytest.raises(sqlite3.OperationalError, match="interrupted") as broken:
        connection.execute(FOR_EVER).fetchone()
    with pytest.raises(Late):
        database.end_at_once(broken.value)
    assert database.begin_at_once(5).execute("SELECT x FROM t").fetchone() == (1,)
    database.end_at_once(None)


def test_nothing_is_left_of_a_question_that_took_too_long(database: Database) -> None:
    def ask() -> None:
        connection = database.begin_at_once(0.001)
        try:
            connection.execute(FOR_EVER).fetchone()
        except sqlite3.Error as fault:
            database.end_at_once(fault)

    gc.collect()
    gc.disable()
    try:
        with suppress(Late):
            ask()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_one_state_is_read_whatever_is_written_meanwhile(database: Database) -> None:
    connection = database.begin_at_once(5)
    assert connection.execute("SELECT x FROM t").fetchall() == [(1,)]
    with database.write(durable=False) as writer:
        writer.execute("INSERT INTO t VALUES (2)")
    assert connection.execute("SELECT x FROM t").fetchall() == [(1,)]
    database.end_at_once(None)
    assert database.begin_at_once(5).execute("SELECT x FROM t").fetchall() == [(1,), (2,)]
    database.end_at_once(None)


def test_a_second_reader_is_not_kept_waiting(database: Database) -> None:
    database.begin_at_once(5)
    with pytest.raises(Late):
        database.begin_at_once(5)
    database.end_at_once(None)


def test_other_faults_mean_what_they_mean_elsewhere(database: Database) -> None:
    connection = database.begin_at_once(5)
    with pytest.raises(sqlite3.OperationalError, match="readonly") as refused:
        connection.execute("INSERT INTO t VALUES (3)")
    with pytest.raises(Unavailable, match="is read-only"):
        database.end_at_once(refused.value)


def test_a_store_in_memory_is_never_read_at_once() -> None:
    with pytest.raises(Late):
        Database(None).begin_at_once(5)


def test_a_closed_database_is_not_read_and_who_reads_it_may_end(database: Database) -> None:
    connection = database.begin_at_once(5)
    database.close()
    assert connection.execute("SELECT x FROM t").fetchone() == (1,)
    database.end_at_once(None)
    with pytest.raises(Unavailable, match="closed"):
        database.begin_at_once(5)
