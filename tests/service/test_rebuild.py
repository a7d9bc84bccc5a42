"""Views are rebuilt while they are read: as they were until one switch, the new ones from then on."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from adapters.views.sqlite_beside import NAMES, renamed
from domain.clocks import AFTER, Cut
from domain.ports import Unavailable
from domain.questions import Filters
from domain.words import words
from service import rebuild, story
from service.compose import Services, parts, services
from service.judge import Proposal
from service.project import Projector
from service.replay.views import Checkpoint, view

ROOT = Path(__file__).parents[2]
THEN = Checkpoint("2025-04-28", 127)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "story.db"
    with services(f"sqlite:///{path}") as inside:
        inside.restorer.restore(story.lines())
    return path


@pytest.fixture
def inside(file: Path) -> Iterator[Services]:
    with services(f"sqlite:///{file}") as inside:
        yield inside


def rebuilt(file: Path) -> int:
    with parts(f"sqlite:///{file}") as (log, views):
        assert views is not None
        return rebuild.rebuild(log, views)


def tables(file: Path) -> dict[str, list[object]]:
    """Every row of the views; the numbers of terms, which follow the batches, are told as what they stand for."""
    with closing(sqlite3.connect(file)) as connection:
        held = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in NAMES if name != "word"}
    terms = {number: (kind, text) for number, kind, text in held["term"]}
    for name in ("term", "listing", "figure", "metric", "mention"):
        held[name] = [(terms[row[0]], *row[1:]) for row in held[name]]
    held["term"] = [row[0] for row in held["term"]]
    return {name: sorted(rows, key=repr) for name, rows in held.items()}


def others(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name for (name,) in names if name.startswith(("g", "old"))]


def append(inside: Services, number: int) -> int:
    name = f"new-{number}"
    wire = {
        "type": "DevelopmentReported",
        "id": name,
        "development": name,
        "headline": f"Words of {name}",
        "kind": "event",
        "occurred": "2025-12-01",
        "actors": [{"actor": "north-korea"}],
        "topics": [f"topic-{number}"],
        "report": {"source": "Example Herald", "reported": "2025-12-02"},
    }
    return inside.appender.append([Proposal(wire, None, "")]).position


def test_the_new_tables_hold_what_the_old_ones_held(file: Path) -> None:
    before = tables(file)
    for _ in range(2):
        assert rebuilt(file) == 127
        assert tables(file) == before
        assert others(file) == []


def test_the_indexes_come_along(file: Path) -> None:
    def indexed() -> list[tuple[str, int]]:
        with closing(sqlite3.connect(file)) as connection:
            return sorted(
                connection.execute(
                    "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL GROUP BY 1"
                )
            )

    before = indexed()
    assert rebuilt(file) == rebuilt(file) == 127
    with services(f"sqlite:///{file}"):
        assert indexed() == before


def test_whoever_has_the_store_open_goes_on_with_the_new_tables(inside: Services, file: Path) -> None:
    before = found(inside, "Wonsan Lavrov")
    assert before
    append(inside, 1)
    assert rebuilt(file) == 128
    append(inside, 2)
    with services(f"sqlite:///{file}") as other:
        append(other, 3)
    append(inside, 4)
    answers = view(inside.views, Checkpoint(None, 131))
    assert [f"new-{n}" in answers["actors"]["north-korea"]["timeline"] for n in range(1, 5)] == [True] * 4
    assert found(inside, "Words of") == ["new-1", "new-2", "new-3", "new-4"]
    assert found(inside, "Wonsan Lavrov") == before
    again = tables(file)
    assert rebuilt(file) == 131
    assert tables(file) == again


def found(inside: Services, text: str) -> list[str]:
    """The developments with these words, of which the headlines are the only trace in the table of words."""
    with inside.views.snapshot() as snapshot:
        cut = Cut(AFTER, snapshot.head.position)
        places = snapshot.page(Filters(words=tuple(words(text))), "occurred", cut, 10, None)
    return [place.id for place in places]


def test_readers_and_writers_notice_nothing(inside: Services, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "STEP", 40)
    pinned = view(inside.views, THEN)
    done = threading.Event()
    faults: list[BaseException] = []
    positions: list[int] = []

    def read() -> None:
        try:
            while not done.is_set():
                assert view(inside.views, THEN) == pinned
                with inside.views.snapshot() as snapshot:
                    positions.append(snapshot.head.position)
        except BaseException as fault:  # noqa: BLE001 (told by the test)
            faults.append(fault)

    def write() -> None:
        try:
            number = 0
            while not done.is_set():
                number += 1
                position = append(inside, number)
                with inside.views.snapshot() as snapshot:
                    assert snapshot.head.position >= position
                    assert snapshot.dev(f"new-{number}") is not None
                time.sleep(0.002)
        except BaseException as fault:  # noqa: BLE001 (told by the test)
            faults.append(fault)

    threads = [threading.Thread(target=work) for work in (read, read, write)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        rebuilt(file)
    done.set()
    for thread in threads:
        thread.join(20)
    assert faults == []
    assert positions[-1] > 127
    held = tables(file)
    rebuilt(file)
    assert tables(file) == held


def test_a_rebuilding_that_was_killed_goes_on_where_it_stood(file: Path) -> None:
    program = (
        "import os, signal\n"
        "from service import project, rebuild\n"
        "from service.compose import parts\n"
        "project.PAGE = rebuild.STEP = 10\n"
        "def progress(position):\n"
        "    if position >= 60: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"with parts('sqlite:///{file}') as (log, views): rebuild.rebuild(log, views, progress)\n"
    )
    before = tables(file)
    ran = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ran.returncode == -signal.SIGKILL
    assert tables(file) == before
    told: list[int] = []
    with parts(f"sqlite:///{file}") as (log, views):
        assert views is not None
        beside = views.beside()
        with beside.write() as writing:
            assert writing.position == 60
        rebuild.rebuild(log, views, told.append)
    assert told == [127]
    assert tables(file) == before
    assert others(file) == []


def test_what_was_killed_behind_the_switch_is_cleared_up_the_next_time(file: Path) -> None:
    with parts(f"sqlite:///{file}") as (log, views):
        assert views is not None
        beside = views.beside()
        with beside.switch():
            Projector(log, beside).catch_up()
    assert others(file) != []
    assert rebuilt(file) == 127
    assert others(file) == []


def test_views_of_an_older_version_are_rebuilt_when_the_store_is_opened(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = tables(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE progress SET version = 1, position = 50")
        connection.execute("DROP TABLE zone")
        connection.execute("ALTER TABLE listing RENAME COLUMN rank TO ordered")
        connection.execute("DELETE FROM chain")
    with parts(f"sqlite:///{file}") as (_, views):
        assert views is not None
        assert views.outdated
        with pytest.raises(Unavailable, match="older version"), views.snapshot():
            pass
    with caplog.at_level(logging.WARNING, logger="asof"), services(f"sqlite:///{file}") as inside:
        assert "they are built again" in caplog.text
        assert view(inside.views, THEN)["developments"]
    assert tables(file) == before


def test_views_of_a_newer_version_are_refused_also_by_whoever_was_there_before(inside: Services, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE progress SET version = 99")
        connection.execute("CREATE TABLE newer (x)")
    with pytest.raises(Unavailable, match="version 99"):
        view(inside.views, THEN)
    with pytest.raises(Unavailable, match="version 99"), services(f"sqlite:///{file}"):
        pass


def test_a_disk_that_fills_up_leaves_the_views_as_they_were(file: Path) -> None:
    before = tables(file)
    size = file.stat().st_size // 1024 + 200
    command = f"ulimit -f {size}; {sys.executable} -m service.cli replay --store sqlite:///{file}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 3, ran.stderr
    assert tables(file) == before
    assert rebuilt(file) == 127
    assert tables(file) == before


def test_the_command_tells_how_fast_it_was(file: Path) -> None:
    command = [sys.executable, "-m", "service.cli", "replay", "--store", f"sqlite:///{file}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert "127 events replayed" in ran.stderr


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ("SELECT version FROM progress", "SELECT version FROM g7_progress"),
        ("INSERT OR IGNORE INTO mention VALUES (?)", "INSERT OR IGNORE INTO g7_mention VALUES (?)"),
        ("UPDATE listing SET rank = 1", "UPDATE g7_listing SET rank = 1"),
        ("SELECT 1 FROM term t JOIN mention m", "SELECT 1 FROM g7_term t JOIN g7_mention m"),
        ("SELECT 1 FROM event e JOIN stream s", "SELECT 1 FROM event e JOIN stream s"),
        ("CREATE INDEX IF NOT EXISTS a_of ON actor (id)", "CREATE INDEX IF NOT EXISTS g7_a_of ON g7_actor (id)"),
        ("CREATE TABLE IF NOT EXISTS term (no)", "CREATE TABLE IF NOT EXISTS g7_term (no)"),
    ],
)
def test_a_statement_means_the_tables_of_its_generation(statement: str, meant: str) -> None:
    assert renamed(statement, "g7_") == meant


def test_answers_are_those_of_before(inside: Services, file: Path) -> None:
    before = orjson.dumps(view(inside.views, THEN))
    rebuilt(file)
    assert orjson.dumps(view(inside.views, THEN)) == before
