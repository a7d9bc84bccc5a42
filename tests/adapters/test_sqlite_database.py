"""An SQLite database that cannot be used says so and loses nothing; what it acknowledged is there after a crash."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adapters.log.sqlite.log import SQLiteLog
from adapters.sqlite.database import Database
from adapters.sqlite.schema import establish, execute_script
from domain.ports import EventLog, NewEntry, StoredEntry, Unavailable
from tests.contracts.logs import ROOT, append, entry

SOON = 0.05
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "log.db")


@pytest.fixture
def database(path: str) -> Iterator[Database]:
    database = Database(path, busy_seconds=SOON)
    yield database
    database.close()


def put(database: Database, *values: object) -> None:
    with database.write(durable=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS t(x UNIQUE)")
        connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])


def values(database: Database) -> list[object]:
    with database.read() as connection:
        return [value for (value,) in connection.execute("SELECT x FROM t ORDER BY rowid")]


def pragma(database: Database, name: str, *, durable: bool) -> object:
    with database.write(durable=durable) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def interrupt(database: Database, script: str, *, durable: bool) -> None:
    with database.write(durable=durable) as connection:
        execute_script(connection, script)
        raise KeyboardInterrupt


# What makes it unavailable


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=rf"{tmp_path}/none/log\.db .*directory does not exist.*SQLITE_CANTOPEN"):
        Database(str(tmp_path / "none" / "log.db"))


def test_a_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=rf"{tmp_path} cannot be opened.*SQLITE_CANTOPEN"):
        Database(str(tmp_path))


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(path: str) -> None:
    Path(path).write_bytes(b"Dear diary, " * 100)
    with pytest.raises(Unavailable, match=rf"{path} is not an SQLite database .*SQLITE_NOTADB"):
        Database(path)
    assert Path(path).read_bytes() == b"Dear diary, " * 100


def test_a_damaged_database_is_named(path: str) -> None:
    database = Database(path)
    put(database, *(f"{number}" * 50 for number in range(2_000)))
    database.close()
    with Path(path).open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 8192 * 3)
    with closing(Database(path)) as damaged, pytest.raises(Unavailable, match=rf"{path} is damaged .*SQLITE_CORRUPT"):
        values(damaged)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A directory for somebody to whom permissions apply, whom this process is meanwhile."""
    directory = Path(tempfile.mkdtemp())
    me = os.geteuid()
    if me == 0:
        os.chown(directory, NOBODY, -1)
        os.seteuid(NOBODY)
    yield directory
    os.seteuid(me)
    shutil.rmtree(directory)


def test_a_read_only_file_is_named_and_still_read(unprivileged: Path) -> None:
    path = unprivileged / "log.db"
    database = Database(str(path))
    put(database, 1)
    database.close()
    path.chmod(0o444)
    with closing(Database(str(path))) as database:
        with pytest.raises(Unavailable, match=rf"{path} is read-only .*SQLITE_READONLY"):
            put(database, 2)
        assert values(database) == [1]


def test_a_directory_that_may_not_be_written_is_named(unprivileged: Path) -> None:
    unprivileged.chmod(0o555)
    with pytest.raises(Unavailable, match=rf"{unprivileged}/log\.db cannot be opened .*SQLITE_CANTOPEN"):
        Database(str(unprivileged / "log.db"))


def test_a_lock_of_another_connection_is_waited_for_and_then_named(database: Database, path: str) -> None:
    put(database, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(Unavailable, match=rf"{path} is locked .*SQLITE_BUSY"):
            put(database, 2)
        assert SOON <= time.monotonic() - began < 20 * SOON
        assert values(database) == [1]
        other.execute("ROLLBACK")
    put(database, 2)
    assert values(database) == [1, 2]


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_lock_of_another_thread_is_waited_for_and_then_named(path: str, kind: str) -> None:
    database = Database(path if kind == "file" else None, busy_seconds=SOON)
    refused: list[str] = []

    def write() -> None:
        try:
            put(database, 2)
        except Unavailable as exc:
            refused.append(str(exc))

    with database.write(durable=False):
        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        thread.join(10)
    assert refused == [f"{database} is locked by another thread of this process"]
    database.close()


def append_nevertheless(log: EventLog, *entries: NewEntry) -> None:
    with log.session() as session:
        for new in entries:
            with suppress(Unavailable):
                session.append([new], 0)


def test_a_full_disk_is_named_and_takes_only_what_was_not_committed(database: Database, path: str) -> None:
    log = SQLiteLog(database)
    append(log, entry("a"))
    with database.write(durable=True) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(Unavailable, match=rf"{path} has no room left.*SQLITE_FULL"):
        append(log, *(entry("b", version, body=bytes(2_000)) for version in range(1, 100)))
    with pytest.raises(Unavailable):
        append_nevertheless(log, entry("c"), entry("c", 2, body=bytes(90_000)), entry("c", 2))
    assert append(log, entry("a", 2)) == 2
    with database.write(durable=True) as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    assert append(log, entry("b", body=bytes(90_000))) == 3
    assert [event.id for event in log.read(0, 10)] == ["a-1", "a-2", "b-1"]


def test_more_readers_than_it_takes_are_refused_after_waiting(path: str) -> None:
    with closing(Database(path, busy_seconds=SOON, readers=2)) as database:
        put(database, 1)
        with database.read(), database.read(), pytest.raises(Unavailable, match="no reader free"):
            values(database)
        assert values(database) == [1]


def test_wrong_statements_and_broken_constraints_are_nobodys_unavailability(database: Database) -> None:
    put(database, 1)
    with pytest.raises(sqlite3.IntegrityError):
        put(database, 2, 1)
    with pytest.raises(sqlite3.OperationalError, match="syntax"), database.write(durable=True) as connection:
        connection.execute("SELEC 1")
    assert values(database) == [1]


# Reading, writing, noticing


def test_a_reader_keeps_the_state_that_it_began_with(database: Database) -> None:
    put(database, 1)
    with database.read() as connection:
        before = connection.execute("SELECT count(*) FROM t").fetchone()
        put(database, 2)
        assert connection.execute("SELECT count(*) FROM t").fetchone() == before
    assert values(database) == [1, 2]


def test_a_reader_cannot_write(database: Database) -> None:
    put(database, 1)
    with pytest.raises(Unavailable, match="read-only"), database.read() as connection:
        connection.execute("INSERT INTO t VALUES (2)")


@pytest.mark.parametrize("durable", [True, False])
def test_an_exception_takes_back_what_was_written(database: Database, *, durable: bool) -> None:
    put(database, 1)
    with pytest.raises(KeyboardInterrupt):
        interrupt(database, "INSERT INTO t VALUES (2)", durable=durable)
    assert values(database) == [1]


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_mark_changes_with_every_commit_and_only_then(path: str, kind: str) -> None:
    with closing(Database(path if kind == "file" else None)) as database:
        put(database, 1)
        mark = database.mark()
        values(database)
        assert database.mark() == mark
        put(database, 2)
        assert database.mark() != mark


def test_a_mark_changes_with_the_commits_of_others(database: Database, path: str) -> None:
    put(database, 1)
    mark = database.mark()
    with closing(Database(path)) as other:
        put(other, 2)
    assert database.mark() != mark


def test_waiting_ends_with_a_commit_of_this_process(database: Database) -> None:
    began, mark = time.monotonic(), database.mark()
    timer = threading.Timer(0.05, put, (database, 1))
    timer.start()
    database.wait(mark, 10)
    assert database.mark() != mark
    assert time.monotonic() - began < 5


def test_closing_lets_those_finish_who_are_reading_and_writing(database: Database, path: str) -> None:
    put(database, 1)
    with database.read() as reader, database.write(durable=True) as writer:
        database.close()
        writer.execute("INSERT INTO t VALUES (2)")
        assert reader.execute("SELECT count(*) FROM t").fetchone() == (1,)
    assert not Path(f"{path}-wal").exists()
    with closing(Database(path)) as again:
        assert values(again) == [1, 2]


def test_a_closed_database_is_one_file(database: Database, path: str) -> None:
    put(database, 1)
    assert values(database) == [1]
    database.mark()
    database.close()
    assert [file.name for file in Path(path).parent.iterdir()] == ["log.db"]


def test_closing_a_database_is_not_undone_by_who_waits_for_it(path: str) -> None:
    database = Database(path)
    refused = threading.Event()

    def write() -> None:
        with suppress(Unavailable):
            put(database, 1)
            return
        refused.set()

    with database.write(durable=True):
        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(SOON)
        database.close()
    thread.join()
    assert refused.is_set()
    assert not Path(f"{path}-wal").exists()


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_closed_database_says_so(path: str, kind: str) -> None:
    database = Database(path if kind == "file" else None)
    database.close()
    database.close()
    for use in (lambda: values(database), lambda: put(database, 1), database.mark):
        with pytest.raises(Unavailable, match="is closed"):
            use()


# Tables


def test_a_script_runs_whole_or_not_at_all(database: Database) -> None:
    script = """
        CREATE TABLE t(x, y); -- a comment; with a semicolon
        CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET y = ';' WHERE x = new.x; DELETE FROM t WHERE x = 0; END;
        INSERT INTO t(x) VALUES (1);
    """
    with pytest.raises(KeyboardInterrupt):
        interrupt(database, script, durable=True)
    with database.write(durable=True) as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
        execute_script(connection, script)
        assert connection.execute("SELECT * FROM t").fetchall() == [(1, ";")]


def test_migrations_run_once_each_and_those_to_come_later(database: Database) -> None:
    first, second = "CREATE TABLE t(x); INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"
    establish(database, "it", [first])
    establish(database, "it", [first, second])
    establish(database, "it", [first, second])
    assert values(database) == [1, 2]


def test_a_migration_that_fails_leaves_the_version_before_it(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        establish(database, "it", ["CREATE TABLE t(x)", "INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)"])
    establish(database, "it", ["CREATE TABLE t(x)"])
    assert values(database) == []


def test_tables_of_a_newer_program_are_refused_with_both_versions(database: Database) -> None:
    establish(database, "it", ["CREATE TABLE t(x)", "CREATE TABLE u(x)"])
    with pytest.raises(Unavailable, match=r"version 2 of it, .*knows version 1"):
        establish(database, "it", ["CREATE TABLE t(x)"])


OPENS = """
import sys
from adapters.log.sqlite.log import SQLiteLog
from adapters.sqlite.database import Database
from tests.contracts.logs import append, entry
print("ready", flush=True)
for path in map(str.strip, sys.stdin):
    log = SQLiteLog(Database(path))
    print(append(log, entry(sys.argv[1])), flush=True)
    log.close()
"""


def test_a_new_file_may_be_opened_by_several_processes_at_once(tmp_path: Path) -> None:
    def program(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", OPENS, name]
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with program("a") as one, program("b") as two, program("c") as three:
        programs = (one, two, three)
        assert [answer(process) for process in programs] == ["ready"] * 3
        for number in range(100):
            for process in programs:
                tell(process, f"{tmp_path}/{number}.db")
            assert {answer(process) for process in programs} == {"1", "2", "3"}
        for process in programs:
            process.kill()


# Durability


def test_a_durable_commit_is_synced_and_a_rebuildable_one_is_not(database: Database) -> None:
    assert pragma(database, "journal_mode", durable=True) == "wal"
    assert pragma(database, "synchronous", durable=True) == 2
    assert pragma(database, "synchronous", durable=False) == 1


def test_at_each_acknowledged_commit_the_files_alone_hold_all_of_them(path: str, tmp_path: Path) -> None:
    log = SQLiteLog(Database(path))
    for count in range(1, 41):
        append(log, entry("a", count, body=bytes(50_000)))
        crashed = tmp_path / f"{count}"
        crashed.mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(path + suffix, crashed / f"log.db{suffix}")
        with closing(SQLiteLog(Database(str(crashed / "log.db")))) as recovered:
            assert [event.position for event in recovered.read(0, 100)] == list(range(1, count + 1))
    log.close()


APPENDS = """
import sys
from adapters.log.sqlite.log import SQLiteLog
from adapters.sqlite.database import Database
from tests.contracts.logs import append, entry
log = SQLiteLog(Database(sys.argv[1]))
first = log.head().position + 1
print("ready", flush=True)
for number in range(first, first + 1_000_000, 3):
    print(append(log, *(entry("a", version, body=bytes(700)) for version in range(number, number + 3))), flush=True)
"""


def test_a_process_killed_while_appending_loses_nothing_acknowledged_and_stores_nothing_twice(path: str) -> None:
    moments = random.Random(7)
    events: Sequence[StoredEntry] = []
    for _ in range(6):
        command = [sys.executable, "-c", APPENDS, path]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert answer(process) == "ready"
            assert process.stdout is not None
            time.sleep(moments.uniform(0.001, 0.15))
            process.kill()
            acknowledged = [int(line) for line in process.stdout.read().splitlines(keepends=True) if line[-1] == "\n"]
        with closing(SQLiteLog(Database(path))) as log:
            events = log.read(0, 1_000_000)
        assert len(events) >= max(acknowledged, default=0)
        assert len(events) % 3 == 0
        assert [(event.position, event.id) for event in events] == [
            (number, f"a-{number}") for number in range(1, len(events) + 1)
        ]
    assert events
