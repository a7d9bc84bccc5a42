"""Views are rebuilt while they are read: as they were until one switch, the new ones from then on."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
import pytest
from click.testing import CliRunner

from adapters.postgres.database import Connection
from adapters.views.postgres import shadow
from adapters.views.sqlite.shadow import renamed
from domain.clocks import AFTER, Cut
from domain.ports import Unavailable
from domain.questions import Filters
from domain.unavailable import Rewritten, Unreadable
from domain.words import words
from service import story
from service.appending.admission import Proposal
from service.cli.command import asof
from service.compose import Services, services
from service.processes import worker_pool
from service.projecting.log_prefix import Prefix
from service.projecting.projector import Projector
from service.rebuilding import bulk_load, rebuild
from service.replay.views import Checkpoint, view
from service.stores import open_for_rebuild, reopening
from tests.service.kept_store import Kept, tables
from tests.stores import KEPT

ROOT = Path(__file__).parents[2]
THEN = Checkpoint("2025-04-28", 127)


@pytest.fixture(params=KEPT)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    store = Kept(KEPT[request.param](tmp_path / "story"))
    with services(store.url) as inside:
        inside.restorer.restore(story.lines())
    return store


@pytest.fixture
def file(tmp_path: Path) -> Kept:
    store = Kept(KEPT["sqlite-file"](tmp_path / "story"))
    with services(store.url) as inside:
        inside.restorer.restore(story.lines())
    return store


@pytest.fixture
def inside(kept: Kept) -> Iterator[Services]:
    with services(kept.url) as inside:
        yield inside


def rebuilt(kept: Kept) -> int:
    with open_for_rebuild(kept.url) as (log, views):
        return rebuild.rebuild(log, views)


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


def test_the_new_tables_hold_what_the_old_ones_held(kept: Kept) -> None:
    before = tables(kept)
    for _ in range(2):
        assert rebuilt(kept) == 127
        assert tables(kept) == before
        assert kept.others() == []


def test_the_indexes_come_along(kept: Kept) -> None:
    before = kept.indexed()
    assert rebuilt(kept) == rebuilt(kept) == 127
    with services(kept.url):
        assert kept.indexed() == before


def test_whoever_has_the_store_open_goes_on_with_the_new_tables(inside: Services, kept: Kept) -> None:
    before = found(inside, "Wonsan Lavrov")
    assert before
    append(inside, 1)
    assert rebuilt(kept) == 128
    append(inside, 2)
    with services(kept.url) as other:
        append(other, 3)
    append(inside, 4)
    answers = view(inside.views, Checkpoint(None, 131))
    assert [f"new-{n}" in answers["actors"]["north-korea"]["timeline"] for n in range(1, 5)] == [True] * 4
    assert found(inside, "Words of") == ["new-1", "new-2", "new-3", "new-4"]
    assert found(inside, "Wonsan Lavrov") == before
    again = tables(kept)
    assert rebuilt(kept) == 131
    assert tables(kept) == again


def found(inside: Services, text: str) -> list[str]:
    """The developments with these words, of which the headlines are the only trace in the table of words."""
    with inside.views.snapshot() as snapshot:
        cut = Cut(AFTER, snapshot.head.position)
        places = snapshot.page(Filters(words=tuple(words(text))), "occurred", cut, 10, None)
    return [place.id for place in places]


def test_readers_and_writers_notice_nothing(inside: Services, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
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
        rebuilt(kept)
    done.set()
    for thread in threads:
        thread.join(20)
    assert faults == []
    assert positions[-1] > 127
    held = tables(kept)
    rebuilt(kept)
    # Where a zone is cut follows the batches.
    assert tables(kept) | {"zone": []} == held | {"zone": []}


def test_a_rebuilding_ends_although_others_append_all_the_time(inside: Services, kept: Kept) -> None:
    turns: list[int] = []

    def meanwhile(_: int) -> None:
        turns.append(append(inside, len(turns)))
        assert len(turns) < 20

    with open_for_rebuild(kept.url) as (log, views):
        assert rebuild.rebuild(log, views, meanwhile) >= turns[0]


def killed(kept: Kept, rebuilding: str) -> None:
    """Rebuild in turns of ten events, until the position given is reached."""
    program = (
        "import os, signal\n"
        "from service.projecting import projector\n"
        "from service.rebuilding import bulk_load, rebuild\n"
        "from service.stores import open_for_rebuild, reopening\n"
        "from service.projecting.log_prefix import Prefix\n"
        "projector.PAGE = rebuild.STEP = bulk_load.STRETCH = 10\n"
        "def upto(position):\n"
        "    def progress(reached):\n"
        "        if reached >= position: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return progress\n"
        f"with open_for_rebuild({kept.url!r}) as (log, views): {rebuilding}\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ran.returncode == -signal.SIGKILL


def test_a_loading_that_was_killed_goes_on_where_it_stood(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(kept)
    killed(kept, "rebuild.rebuild(log, views, upto(60))")
    assert tables(kept) == before
    told: list[int] = []
    monkeypatch.setattr(bulk_load, "STRETCH", 10)
    with open_for_rebuild(kept.url) as (log, views):
        with views.shadow().load() as begun:
            assert begun.position == 60
        assert rebuild.rebuild(log, views, told.append) == 127
    assert told == [70, 80, 90, 100, 110, 120, 127]
    assert tables(kept) == before
    assert kept.others() == []


def test_a_rebuilding_that_was_killed_behind_the_loading_goes_on_where_it_stood(kept: Kept) -> None:
    before = tables(kept)
    loaded = "bulk_load.load(Prefix(log, 50), views, views.shadow(), upto(99), None)"
    killed(kept, f"{loaded}; rebuild.rebuild(log, views, upto(80))")
    assert tables(kept) == before
    told: list[int] = []
    with open_for_rebuild(kept.url) as (log, views):
        with views.shadow().write() as writing:
            assert writing.position == 80
        assert rebuild.rebuild(log, views, told.append) == 127
    assert told == [127]
    assert tables(kept) == before
    assert kept.others() == []


def test_who_is_second_in_loading_leaves_the_completing_to_who_is_at_it(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(kept)
    monkeypatch.setattr(bulk_load, "STRETCH", 10)
    seen: list[int] = []

    def meanwhile(position: int) -> None:
        if not seen:
            seen.append(position)
            with open_for_rebuild(kept.url) as (log, views), pytest.MonkeyPatch.context() as other:
                other.setattr(bulk_load, "STRETCH", 25)
                bulk_load.load(Prefix(log, 127), views, views.shadow(), lambda _: stop(), None)

    def stop() -> None:
        raise InterruptedError

    with open_for_rebuild(kept.url) as (log, views):
        with pytest.raises(InterruptedError):
            bulk_load.load(log, views, views.shadow(), meanwhile, None)
        with pytest.raises(Unavailable, match="somebody else"):
            views.shadow().complete()
        with views.shadow().load() as begun:
            assert begun.position == 35
    assert rebuilt(kept) == 127
    assert tables(kept) == before


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes help, in stretches of ten events."""
    monkeypatch.setattr(bulk_load, "STRETCH", 10)
    monkeypatch.setattr(worker_pool, "LONG", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("helped")
def test_what_somebody_else_has_completed_meanwhile_is_not_loaded_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(kept)
    monkeypatch.setattr(bulk_load, "STRETCH", 10)
    seen: list[int] = []

    def meanwhile(position: int) -> None:
        seen.append(position)
        if len(seen) == 1:
            with open_for_rebuild(kept.url) as (log, views):
                bulk_load.load(log, views, views.shadow(), lambda _: None, None)

    with open_for_rebuild(kept.url) as (log, views):
        assert rebuild.rebuild(log, views, meanwhile) == 127
    assert tables(kept) == before
    assert kept.others() == []


def test_several_processes_load_the_same(kept: Kept) -> None:
    before = tables(kept)
    with open_for_rebuild(kept.url) as (log, views):
        assert rebuild.rebuild(log, views, reopen=reopening(kept.url)) == 127
    assert tables(kept) == before


@pytest.mark.usefixtures("helped")
def test_an_event_that_cannot_be_read_is_named_by_whichever_process_finds_it(kept: Kept) -> None:
    before = tables(kept)
    (was,) = kept.ask("SELECT state FROM event WHERE position = 45")[0]
    kept.put(45, b"{}")
    with open_for_rebuild(kept.url) as (log, views), pytest.raises(Unreadable, match="position 45") as fault:
        rebuild.rebuild(log, views, reopen=reopening(kept.url))
    assert fault.value.position == 45
    assert tables(kept) == before
    kept.put(45, was)
    assert rebuilt(kept) == 127
    assert tables(kept) == before


def test_an_event_that_is_missing_in_the_log_is_named_and_nothing_is_switched(kept: Kept) -> None:
    before = tables(kept)
    kept.ask("DELETE FROM event WHERE position = 45")
    with (
        open_for_rebuild(kept.url) as (log, views),
        pytest.raises(Unreadable, match="position 45 cannot be read: it is missing"),
    ):
        rebuild.rebuild(log, views)
    assert tables(kept) == before


def other_words(kept: Kept, position: int) -> bytes:
    """Write over an event, and give what it was."""
    was = bytes(kept.ask(f"SELECT state FROM event WHERE position = {position}")[0][0])
    kept.put(position, was.replace(b'"reported":"2025', b'"reported":"2024'))
    return was


def test_views_stay_the_witness_of_a_log_that_was_rewritten(kept: Kept) -> None:
    before = tables(kept)
    was = other_words(kept, 69)
    for _ in range(2):
        with pytest.raises(Rewritten, match=r"Position 69: the event makes the head .*, kept is ") as found:
            rebuilt(kept)
        assert found.value.position == 69
        assert (tables(kept), kept.others()) == (before, [])
    kept.put(69, was)
    assert rebuilt(kept) == 127
    assert tables(kept) == before


def test_views_stay_the_witness_of_a_log_that_was_cut_short(kept: Kept) -> None:
    before = tables(kept)
    kept.ask("DELETE FROM event WHERE position > 120")
    with pytest.raises(Rewritten, match="Position 121: missing: the log ends at 120, and heads are kept up to 127"):
        rebuilt(kept)
    assert tables(kept) == before


def test_older_views_of_a_log_that_was_rewritten_are_not_built_again_when_the_store_is_opened(kept: Kept) -> None:
    kept.ask("UPDATE progress SET version = 1")
    was = other_words(kept, 69)
    for _ in range(2):
        with pytest.raises(Rewritten, match="Position 69"), services(kept.url):
            pass
    kept.put(69, was)
    with services(kept.url) as inside:
        assert view(inside.views, THEN)["developments"]


def test_what_was_killed_behind_the_switch_is_cleared_up_the_next_time(kept: Kept) -> None:
    with open_for_rebuild(kept.url) as (log, views):
        shadow = views.shadow()
        with shadow.switch():
            Projector(log, shadow).catch_up()
    assert kept.others() != []
    assert rebuilt(kept) == 127
    assert kept.others() == []


def test_views_of_an_older_version_are_rebuilt_when_the_store_is_opened(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    before = tables(kept)
    kept.ask(
        "UPDATE progress SET version = 1, position = 50",
        "DROP TABLE zone",
        "ALTER TABLE listing RENAME COLUMN rank TO ordered",
        "DELETE FROM chain",
    )
    with open_for_rebuild(kept.url) as (_, views):
        assert views.outdated
        with pytest.raises(Unavailable, match="older version"), views.snapshot():
            pass
    with caplog.at_level(logging.WARNING, logger="asof"), services(kept.url) as inside:
        assert "they are built again" in caplog.text
        assert view(inside.views, THEN)["developments"]
    assert tables(kept) == before


def test_views_of_a_newer_version_are_refused_also_by_whoever_was_there_before(inside: Services, kept: Kept) -> None:
    kept.ask("UPDATE progress SET version = 99", "CREATE TABLE newer (x integer)")
    with pytest.raises(Unavailable, match="version 99"):
        view(inside.views, THEN)
    with pytest.raises(Unavailable, match="version 99"), services(kept.url):
        pass


def test_a_disk_that_fills_up_leaves_the_views_as_they_were(file: Kept) -> None:
    before = tables(file)
    path = Path(file.url.removeprefix("sqlite:///"))
    size = path.stat().st_size // 1024 + 200
    command = f"ulimit -f {size}; {sys.executable} -m service.cli replay --store {file.url}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 3, ran.stderr
    assert tables(file) == before
    assert rebuilt(file) == 127
    assert tables(file) == before


def test_the_command_tells_how_fast_it_was(kept: Kept) -> None:
    command = [sys.executable, "-m", "service.cli", "replay", "--store", kept.url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert "127 events replayed" in ran.stderr


@pytest.mark.parametrize("outdated", [False, True])
def test_the_commands_name_the_event_that_was_written_over(kept: Kept, tmp_path: Path, *, outdated: bool) -> None:
    other_words(kept, 69)
    if outdated:
        kept.ask("UPDATE progress SET version = 1")
    commands = [["replay"], ["log"] if outdated else ["replay", "--into", f"sqlite:///{tmp_path}/other.db"]]
    for command in commands:
        ran = CliRunner().invoke(asof, [*command, "--store", kept.url])
        assert (ran.exit_code, "osition 69: the event makes the head" in ran.stderr) == (1, True), ran.stderr


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


def test_answers_are_those_of_before(inside: Services, kept: Kept) -> None:
    before = orjson.dumps(view(inside.views, THEN))
    rebuilt(kept)
    assert orjson.dumps(view(inside.views, THEN)) == before


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of the story on PostgreSQL."""
    url = KEPT["postgres"](tmp_path / "story")
    with services(url) as inside:
        inside.restorer.restore(story.lines())
    return url


def test_a_question_that_is_under_way_at_the_switch_is_answered_from_the_tables_that_it_began_with(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = threading.Event()
    keep_out = shadow.keep_readers_out

    def told(connection: Connection, table: str) -> None:
        waited.set()
        keep_out(connection, table)

    monkeypatch.setattr(shadow, "keep_readers_out", told)
    with services(database) as inside:
        before = view(inside.views, THEN)
        with inside.views.snapshot() as snapshot:
            append(inside, 1)
            thread = threading.Thread(target=lambda: rebuilt(Kept(database)))
            thread.start()
            assert waited.wait(20)
            assert snapshot.head.position == 127
            assert snapshot.dev("new-1") is None
            assert view(inside.views, THEN) == before
        thread.join(20)
        assert not thread.is_alive()
        with inside.views.snapshot() as snapshot:
            assert snapshot.dev("new-1") == 128


def test_a_switch_that_nobody_lets_through_leaves_everything_for_the_next_time(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow, "PATIENCE", 0.0)
    kept = Kept(database)
    before = tables(kept)
    with services(database) as inside:
        with inside.views.snapshot(), pytest.raises(Unavailable, match="locked"):
            rebuilt(kept)
        assert tables(kept) == before
        append(inside, 1)
        assert rebuilt(kept) == 128
    assert kept.others() == []


def test_the_switch_waits_for_whoever_cleans_up_a_table(database: str) -> None:
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(rebuilt(Kept(database))))
    with psycopg.connect(database) as cleaner, psycopg.connect(database, autocommit=True) as looking:
        cleaner.execute("LOCK TABLE listing IN SHARE UPDATE EXCLUSIVE MODE")  # as VACUUM and ANALYZE have it
        thread.start()
        late = time.monotonic() + 20
        while looking.execute("SELECT FROM pg_locks WHERE NOT granted AND relation = 'listing'::regclass").rowcount < 1:
            assert time.monotonic() < late
            time.sleep(0.01)
        time.sleep(0.5)
    thread.join(20)
    assert ended == [127]


def test_who_is_second_in_rebuilding_never_writes_what_the_first_has_put_in_place(database: str) -> None:
    with open_for_rebuild(database) as (log, views):
        first, second = views.shadow(), views.shadow()
        with first.switch():
            Projector(log, first).catch_up()
        with pytest.raises(Unavailable, match="somebody else"), second.write():
            pass
        with pytest.raises(Unavailable, match="somebody else"), second.switch():
            pass
        first.clear()
    assert rebuilt(Kept(database)) == 127


def test_what_was_begun_by_another_version_is_begun_anew(database: str) -> None:
    kept = Kept(database)
    before = tables(kept)
    with open_for_rebuild(database) as (_, views):
        views.shadow()
        schema = f"asof_next_{kept.key() % 2**64:016x}"
        kept.ask(f"UPDATE {schema}.progress SET version = 1, position = 90", f"DROP TABLE {schema}.entry")
    assert rebuilt(kept) == 127
    assert tables(kept) == before


def test_of_many_who_open_an_older_store_at_a_time_each_finds_it_rebuilt(database: str) -> None:
    kept = Kept(database)
    before = tables(kept)
    kept.ask("UPDATE progress SET version = 1, position = 50", "DELETE FROM chain")
    faults: list[BaseException] = []

    def start() -> None:
        try:
            with services(database) as inside:
                assert inside.visibility.position() == 127
        except BaseException as fault:  # noqa: BLE001 (told by the test)
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert tables(kept) == before
    assert kept.others() == []
