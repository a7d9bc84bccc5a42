"""What an export is written to: files are replaced when it is whole, everything else is written to as it is."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import UsageError

from service.cli.files import writing
from service.compose import services
from service.restore import documents
from tests.cli.commands import ROOT, STORY, asking, run

CONTENT = STORY.read_bytes()


@pytest.fixture
def story(tmp_path: Path) -> str:
    store = f"sqlite:///{tmp_path}/story.db"
    with services(store) as inside:
        inside.restorer.restore(documents(CONTENT.splitlines(keepends=True)))
    return store


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def in_bash(script: str, store: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell says of a script, in which `export` is the command."""
    command = script.replace("export", f"{sys.executable} -m service.cli export")
    return subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False, env=asking(store))


def test_an_export_does_not_replace_the_store_that_it_is_of(story: str, tmp_path: Path) -> None:
    (tmp_path / "link.ndjson").symlink_to("story.db")
    before = (tmp_path / "story.db").read_bytes()
    for name in ("story.db", "link.ndjson"):
        refused = run("export", str(tmp_path / name), "--store", story)
        assert (refused.exit_code, "story.db is an SQLite database" in refused.stderr) == (2, True)
    assert (tmp_path / "story.db").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.ndjson", "story.db"]


@pytest.mark.usefixtures("story")
def test_an_export_does_not_replace_a_database_that_is_made_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with pytest.raises(UsageError, match=r"new\.db is an SQLite database"), writing(str(path)):
        shutil.copyfile(tmp_path / "story.db", path)
    assert path.read_bytes() == (tmp_path / "story.db").read_bytes()
    assert not (tmp_path / "new.db.unfinished").exists()


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("name", ["log.ndjson", "link.ndjson"])
def test_an_export_has_the_mode_and_the_place_of_the_file_that_it_replaces(
    story: str, tmp_path: Path, name: str
) -> None:
    path, link = tmp_path / "log.ndjson", tmp_path / "link.ndjson"
    link.symlink_to("log.ndjson")
    path.write_bytes(b"the one before")
    path.chmod(0o664)
    assert run("export", str(tmp_path / name), "--store", story).exit_code == 0
    assert (link.is_symlink(), path.stat().st_mode & 0o777, path.read_bytes()) == (True, 0o664, CONTENT)


def test_a_link_that_leads_nowhere_yet_leads_to_the_export(story: str, tmp_path: Path) -> None:
    (tmp_path / "link.ndjson").symlink_to("log.ndjson")
    assert run("export", str(tmp_path / "link.ndjson"), "--store", story).exit_code == 0
    assert (tmp_path / "link.ndjson").is_symlink()
    assert (tmp_path / "log.ndjson").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["pipe", "pipe.gz"])
def test_a_pipe_is_written_to_and_stays_one(story: str, tmp_path: Path, name: str) -> None:
    pipe, read = tmp_path / name, list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("export", str(pipe), "--store", story).exit_code == 0
    reader.join(10)
    assert [gzip.decompress(part) if name.endswith(".gz") else part for part in read] == [CONTENT]
    assert pipe.is_fifo()


def test_a_device_is_written_to_and_stays_one(story: str, tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to(os.devnull)
    assert run("export", str(tmp_path / "null"), "--store", story).exit_code == 0
    assert Path(os.devnull).is_char_device()
    assert (tmp_path / "null").is_symlink()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_that_is_full_is_told(story: str, tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    refused = run("export", str(tmp_path / "full"), "--store", story)
    assert (refused.exit_code, "No space left" in refused.stderr) == (3, True)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no names for descriptors")
@pytest.mark.parametrize(
    "script",
    [
        "export >(cat) | cat",
        "export /dev/stdout",
        "export /dev/stderr 2>&1 | head -n 127",
        "export /dev/fd/3 3>&1",
        "there=$(mktemp); echo first >$there; export /dev/stdout >>$there; tail -n +2 $there; rm $there",
    ],
)
def test_a_descriptor_is_written_to_from_where_it_is(story: str, script: str) -> None:
    ran = in_bash(script, story)
    assert (ran.returncode, ran.stdout) == (0, CONTENT), ran.stderr


@pytest.mark.parametrize("name", ["/dev/fd/987654", "/dev/fd/98765432109876543210", "/nowhere/log.ndjson"])
def test_what_cannot_be_opened_is_named(story: str, name: str) -> None:
    refused = run("export", name, "--store", story)
    assert refused.exit_code == 3
    assert f"Error: {name}: " in refused.stderr
