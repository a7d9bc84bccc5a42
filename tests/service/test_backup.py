"""Copies of a store: an export taken back is the same log byte for byte, a backup is the store of one moment."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import orjson
import pytest

from adapters.sqlite import backup
from domain.ports import Unavailable
from service.appending.admission import Proposal
from service.compose import services
from service.reading.log import export_line
from service.restore import documents
from service.stores import NoSuchStore, back_up
from service.verifying.verify import verify_store
from tests.stores import STORES

ROOT = Path(__file__).parents[2]
LOGS = {
    "story": ROOT / "service" / "story" / "log.ndjson",
    "corpus": ROOT / "tests" / "replay" / "corpus" / "log.ndjson",
}


def copied(url: str, lines: bytes) -> bytes:
    """The export of the store that the lines were restored into."""
    with services(url) as inside:
        inside.restorer.restore(documents(lines.splitlines(keepends=True)))
        return b"".join(export_line(entry) + b"\n" for entry in inside.log.read(0, 10_000))


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("one", STORES)
@pytest.mark.parametrize("other", STORES)
def test_a_log_goes_through_any_two_stores_unchanged(log: str, one: str, other: str, tmp_path: Path) -> None:
    there = copied(STORES[one](tmp_path / "one"), LOGS[log].read_bytes())
    back = copied(STORES[other](tmp_path / "other"), there)
    assert LOGS[log].read_bytes() == there == back


def test_a_disk_that_fills_up_in_mid_restore_leaves_the_store_empty(tmp_path: Path) -> None:
    command = f"ulimit -f 100; {sys.executable} -m service.cli restore {LOGS['story']} --store sqlite:///store.db"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert ran.returncode == 3, ran.stderr
    with services(f"sqlite:///{tmp_path}/store.db") as inside:
        assert inside.log.head().position == 0


# -- backups


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/story.db"
    copied(url, LOGS["story"].read_bytes())
    return url


def identity(path: Path) -> tuple[int, ...]:
    there = path.stat()
    return there.st_ino, there.st_mode, there.st_size, there.st_mtime_ns


def quiet(_done: int, _of: int) -> None: ...


def test_a_backup_is_the_store_of_one_moment_while_others_append(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 20)
    steps: list[tuple[int, int]] = []
    with services(store) as inside:

        def append(done: int, of: int) -> None:
            steps.append((done, of))
            name = f"new-{len(steps)}"
            wire = {"type": "ActorRegistered", "id": name, "actor": name, "name": name, "kind": "state"}
            inside.appender.append([Proposal(wire, None, "")])

        assert back_up(store, tmp_path / "copy.db", append) == 127
        assert inside.log.head().position == 127 + len(steps)
    assert len(steps) > 3
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
    with services(f"sqlite:///{tmp_path}/copy.db") as copy:
        assert verify_store(copy.log, copy.views, None).position == 127


def test_a_backup_replaces_the_one_before_once_it_is_whole(store: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    with services(f"sqlite:///{path}"):
        pass
    before = path.read_bytes()

    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(store, path, stop)
    assert path.read_bytes() == before
    back_up(store, path, quiet)
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("SELECT count(*) FROM event").fetchone() == (127,)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "story.db"]


def test_a_backup_does_not_replace_a_store_that_is_in_use(store: str, tmp_path: Path) -> None:
    used = f"sqlite:///{tmp_path}/used.db"
    with services(used), pytest.raises(Unavailable, match="in use"):
        back_up(store, tmp_path / "used.db", quiet)


def test_a_backup_replaces_no_store_that_somebody_opens_meanwhile(store: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    back_up(store, path, quiet)
    with ExitStack() as opening:

        def open_(_done: int, _of: int) -> None:
            opening.enter_context(services(f"sqlite:///{path}"))

        with pytest.raises(Unavailable, match="in use"):
            back_up(store, path, open_)


@pytest.mark.parametrize("name", ["story.db", "link.db", "also.db"])
def test_a_backup_does_not_replace_the_store_that_it_copies(store: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / "story.db"
    (tmp_path / "link.db").symlink_to("story.db")
    (tmp_path / "also.db").hardlink_to(path)
    before = path.read_bytes()
    with pytest.raises(Unavailable, match=r"story\.db|also\.db, the store that it is a copy of"):
        back_up(store, tmp_path / name, quiet)
    assert path.read_bytes() == before


def test_a_backup_replaces_nothing_but_a_store(store: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    os.mkfifo(tmp_path / "pipe")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE notes (x)")
    for name, told in {"notes.txt": "not an SQLite", "pipe": "no file", "other.db": "another program"}.items():
        before = identity(tmp_path / name)
        with pytest.raises(Unavailable, match=rf"the backup cannot replace {tmp_path}/{name}.* {told}"):
            back_up(store, tmp_path / name, quiet)
        assert identity(tmp_path / name) == before


def test_a_backup_has_the_mode_and_the_place_of_what_it_replaces(store: str, tmp_path: Path) -> None:
    path, link = tmp_path / "copy.db", tmp_path / "link.db"
    link.symlink_to("copy.db")
    path.touch()
    path.chmod(0o666)
    assert back_up(store, link, quiet) == 127
    assert (link.is_symlink(), path.stat().st_mode & 0o777) == (True, 0o666)
    assert path.stat().st_size > 0


def test_no_backup_is_made_of_the_tables_of_another_program(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE notes (x)")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(Unavailable, match=r"other\.db has tables of another program: give asof"):
        back_up(f"sqlite:///{tmp_path}/other.db", tmp_path / "copy.db", quiet)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("other.db", before)]


def test_a_backup_that_cannot_be_written_says_so(store: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the backup .*nowhere/copy.db.unfinished cannot be written"):
        back_up(store, tmp_path / "nowhere" / "copy.db", quiet)


def test_only_a_file_is_backed_up() -> None:
    with pytest.raises(NoSuchStore, match="asof export"):
        back_up("sqlite://", Path("copy.db"), quiet)


def test_the_command_makes_a_store(store: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "service.cli", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)

    made = run("backup", "copy.db", "--store", store)
    assert (made.returncode, made.stderr) == (0, b"127 events are in the copy copy.db.\n")
    shown = run("log", "--json", "--store", "sqlite:///copy.db").stdout
    assert orjson.loads(shown)["position"] == 127
    assert run("backup", "copy.db", "--store", "sqlite:///nowhere.db").returncode == 3
    assert run("backup", "-", "--store", store).returncode == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "story.db"]
