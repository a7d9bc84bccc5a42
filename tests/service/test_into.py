"""A log is replayed into another store, of any kind, and nothing else becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from benchmarks import corpus
from domain.ports import Unavailable
from service.cli.command import asof
from service.compose import services
from service.replay import into
from service.replay.into import Differs, replay_into
from service.replay.views import Checkpoint, view
from service.stores import log_of, open_for_rebuild
from service.verifying.verify import verify_store
from tests.stores import KEPT

ROOT = Path(__file__).parents[2]
STORY = ROOT / "service" / "story" / "log.ndjson"
LINES = STORY.read_bytes().splitlines(keepends=True)
HEAD = "2f803d250d59a48e043aaa08b4e9bd7728e6bc84788e553b0d9faf89728f4e06"
CHECKPOINTS = (Checkpoint("2025-04-28", 127), Checkpoint(None, 63))


@dataclass(frozen=True)
class Other:
    """The store that is replayed into."""

    url: str

    def head(self) -> int:
        with log_of(self.url) as log:
            return log.head().position

    def begin(self, lines: list[bytes]) -> None:
        """Have these events already."""
        with services(self.url) as inside:
            inside.restorer.restore(enumerate(map(orjson.loads, lines), 1))

    def assert_is_the_story(self) -> None:
        with services(self.url) as inside, services("sqlite://") as story:
            story.restorer.restore(enumerate(map(orjson.loads, LINES), 1))
            assert verify_store(inside.log, inside.views, None).head.hex() == HEAD
            for checkpoint in CHECKPOINTS:
                assert view(inside.views, checkpoint) == view(story.views, checkpoint)


@pytest.fixture(params=KEPT)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Other:
    return Other(KEPT[request.param](tmp_path / "other"))


@pytest.fixture(params=["export", *KEPT])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The story, as the command names it."""
    if request.param == "export":
        return [str(STORY)]
    url = KEPT[request.param](tmp_path / "source")
    Other(url).begin(LINES)
    return ["--store", url]


def replay(*arguments: str) -> Result:
    return CliRunner().invoke(asof, ["replay", *arguments])


def test_a_log_goes_into_an_empty_store_of_any_kind(source: list[str], other: Other) -> None:
    result = replay(*source, "--into", other.url)
    assert result.exit_code == 0, result.output
    assert "127 events, 127 of them new" in result.stderr
    assert result.stderr.endswith(f"head {HEAD}\n")
    other.assert_is_the_story()
    assert "127 events, 0 of them new" in replay(*source, "--into", other.url).stderr


@pytest.mark.parametrize("held", [1, 60, 126])
def test_a_store_that_is_behind_goes_on_from_where_it_is(source: list[str], other: Other, held: int) -> None:
    other.begin(LINES[:held])
    assert f"127 events, {127 - held} of them new" in replay(*source, "--into", other.url).stderr
    other.assert_is_the_story()


def test_what_is_interrupted_anywhere_goes_on_the_next_time(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Exception):  # noqa: N818 (no error of the program)
        pass

    def until(last: int) -> None:
        def progress(position: int) -> None:
            if position >= last:
                raise Interrupted

        with open_for_rebuild(other.url) as (log, views), pytest.raises(Interrupted):
            replay_into(story.log, log, views, progress)

    monkeypatch.setattr(into, "BATCH", 10)
    with services("sqlite://") as story:
        story.restorer.restore(enumerate(map(orjson.loads, LINES), 1))
        for last in (10, 50, 120, 127):
            until(last)
            assert other.head() >= last
        with open_for_rebuild(other.url) as (log, views):
            assert replay_into(story.log, log, views).head.hex() == HEAD
    other.assert_is_the_story()


def test_another_log_is_refused_with_the_first_event_that_differs(source: list[str], other: Other) -> None:
    changed = orjson.loads(LINES[49])
    changed[next(name for name in ("reason", "headline", "name", "id") if name in changed)] = "another"
    other.begin([*LINES[:49], orjson.dumps(changed)])
    result = replay(*source, "--into", other.url)
    assert result.exit_code == 1
    assert result.stderr.startswith("position 50: the store has ")
    assert other.head() == 50


def test_of_an_event_with_other_content_it_is_told_which_members_differ(other: Other) -> None:
    place = next(n for n, line in enumerate(LINES) if b'"report":{' in line and b'"headline":' in line)
    changed = orjson.loads(LINES[place])
    changed["headline"], changed["occurred_text"], changed["report"]["source"] = "another", "then", "Another"
    changed["actors"] = []
    other.begin([*LINES[:place], orjson.dumps(changed)])
    told = replay(str(STORY), "--into", other.url).stderr
    assert f"position {place + 1}: the store has {changed['id']} ({changed['type']}) with other content" in told
    members = told.partition("than the log: ")[2].partition(";")[0]
    assert sorted(members.split(", ")) == ["/actors", "/headline", "/occurred_text", "/report/source"]


def test_an_event_that_was_recorded_at_another_time_differs(other: Other) -> None:
    changed = orjson.loads(LINES[0]) | {"recorded_at": "2001-01-01T00:00:00Z"}
    other.begin([orjson.dumps(changed)])
    assert "with other content than the log: /recorded_at;" in replay(str(STORY), "--into", other.url).stderr


def test_a_store_that_goes_on_where_the_log_ends_is_refused(other: Other, tmp_path: Path) -> None:
    other.begin(LINES)
    (tmp_path / "shorter.ndjson").write_bytes(b"".join(LINES[:126]))
    result = replay(str(tmp_path / "shorter.ndjson"), "--into", other.url)
    assert (result.exit_code, other.head()) == (1, 127)
    assert "position 127: the log ends at 126, and the store goes on: " in result.stderr


def test_a_log_that_is_not_sound_is_not_passed_on(other: Other, tmp_path: Path) -> None:
    line = LINES[9].replace(b'"type":"', b'"type":"Un', 1)
    (tmp_path / "log.ndjson").write_bytes(b"".join([*LINES[:9], line, *LINES[10:]]))
    result = replay(str(tmp_path / "log.ndjson"), "--into", other.url)
    assert (result.exit_code, other.head()) == (1, 0)
    assert result.stderr.startswith("position 10, line 10: ")


def test_an_append_of_others_meanwhile_is_not_mixed_in(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    def append(position: int) -> None:
        if position == 10:
            with log_of(other.url) as log, services("sqlite://") as short, log.session() as session:
                short.restorer.restore(enumerate(map(orjson.loads, LINES[:11]), 1))
                session.restore(short.log.read(10, 1))

    monkeypatch.setattr(into, "BATCH", 10)
    with services("sqlite://") as story, open_for_rebuild(other.url) as (log, views):
        story.restorer.restore(enumerate(map(orjson.loads, LINES), 1))
        with pytest.raises(Unavailable, match="somebody else appends"):
            replay_into(story.log, log, views, append)
        assert replay_into(story.log, log, views).stored == 127 - 11


def test_a_source_that_was_tampered_with_is_named(other: Other) -> None:
    with services("sqlite://") as story, open_for_rebuild(other.url) as (log, views):
        story.restorer.restore(enumerate(map(orjson.loads, LINES), 1))
        entries = [entry._replace(id="another") if entry.position == 70 else entry for entry in story.log.read(0, 200)]
        with log_of("sqlite://") as tampered:
            with tampered.session() as session:
                session.restore(entries)
            with pytest.raises(Differs, match="position 70: the log has it as another"):
                replay_into(tampered, log, views)


def test_a_kill_in_the_middle_loses_nothing(other: Other, tmp_path: Path) -> None:
    file = tmp_path / "long.ndjson"
    file.write_bytes(b"".join(long_log(6_000)))
    command = [sys.executable, "-m", "service.cli", "replay", str(file), "--into", other.url]
    # What is killed takes nothing away: its copy of the log is left in the folder of the test.
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        late = time.monotonic() + 120
        while other.head() == 0 and process.poll() is None and time.monotonic() < late:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    assert 0 < other.head() <= 6_040
    result = replay(str(file), "--into", other.url)
    assert result.exit_code == 0, result.output
    with services(other.url) as inside:
        assert verify_store(inside.log, inside.views, None).position == 6_040


def long_log(count: int) -> Iterator[bytes]:
    """An export with so many developments' events and 40 actors."""
    recorded_at = datetime(2026, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = [*corpus.registrations(40), *corpus.events(count, actors=40)]
    for position, event in enumerate(told, 1):
        yield orjson.dumps({"position": position, "recorded_at": recorded_at, **event}) + b"\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["log.ndjson", "--into", "sqlite:///x.db", "--check", "golden"], "--into and --check exclude each other"),
        (["--store", "sqlite:///a.db", "--into", "sqlite:///a.db"], "--into names the store itself"),
        ([str(STORY), "--into", "mysql://there"], "is no store"),
    ],
)
def test_what_cannot_be_replayed_into_is_said_at_once(arguments: list[str], told: str) -> None:
    result = replay(*arguments)
    assert result.exit_code in (2, 3)
    assert told in result.stderr
