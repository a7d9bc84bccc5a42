"""`asof replay --check`: what holds is told in five lines, what drifts is named, and nothing is half done."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest
from click.testing import CliRunner, Result

from adapters.client import Client
from service.cli.command import asof
from service.compose import services
from service.http.app import create_app
from service.replay.checks import CHECKS, Outcome
from service.replay.github import summary
from service.replay.golden import read
from service.replay.take import ledger_of
from service.replay.views import Checkpoint, View, view

ROOT = Path(__file__).parents[2]
STORY = ROOT / "service" / "story" / "log.ndjson"
CORPUS = ROOT / "tests" / "replay" / "corpus" / "log.ndjson"
GOLDEN = ROOT / "tests" / "replay" / "golden"
DRIFT = ("dprk-troops-fight-in-kursk", "as of 2024-10-18", "position 14, evt-2024-10-18-nis-troops")


def run(*arguments: str | Path, given: bytes | None = None, **environment: str) -> Result:
    quiet = {"CI": None, "GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None, "ASOF_SERVER": None}
    runner = CliRunner(env={**quiet, **environment})
    result = runner.invoke(asof, ["replay", *map(str, arguments)], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def verdicts(result: Result | subprocess.CompletedProcess[str]) -> list[str]:
    return [line.split()[0] for line in result.stdout.splitlines() if any(f" {title}: " in line for title in CHECKS)]


@pytest.mark.parametrize(("log", "golden"), [(STORY, "story"), (CORPUS, "corpus")], ids=["story", "corpus"])
def test_the_project_answers_as_its_goldens_say(log: Path, golden: str, tmp_path: Path) -> None:
    result = run(log, "--check", GOLDEN / golden, "--junit", tmp_path / "junit.xml")
    assert result.exit_code == 0, result.output
    assert verdicts(result) == ["ok"] * 5
    cases = ET.parse(tmp_path / "junit.xml").findall(".//testcase")  # noqa: S314 (written just now)
    assert [case.get("name") for case in cases] == list(CHECKS)


def test_events_of_older_shapes_are_counted() -> None:
    result = run(CORPUS, "--check", GOLDEN / "corpus")
    assert "every event decodes: 19 events, 1 of an older shape" in result.stdout


def test_a_store_is_checked_like_its_export(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/story.db"
    with services(store) as inside:
        inside.restorer.restore(enumerate(map(orjson.loads, STORY.read_bytes().splitlines()), 1))
    result = run("--store", store, "--check", GOLDEN / "story")
    assert (result.exit_code, verdicts(result)) == (0, ["ok"] * 5)


def test_without_goldens_it_tells_what_every_projection_comes_to() -> None:
    result = run(STORY)
    assert result.exit_code == 0
    told = json.loads((GOLDEN / "story" / "golden.json").read_text("utf-8"))["projections"]
    assert all(projection["digest"] in result.stdout for projection in told.values())
    assert "127 events replayed" in result.stderr


# -- drift


def broken(tmp_path: Path, file: str, old: str, new: str, *, golden: str = "story") -> subprocess.CompletedProcess[str]:
    """The outcome of a program with a defect in it."""
    for package in ("adapters", "domain", "service"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    source = (tmp_path / file).read_text("utf-8")
    assert old in source
    (tmp_path / file).write_text(source.replace(old, new), "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "service.cli", "replay", str(STORY), "--check", str(GOLDEN / golden)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "GITHUB_ACTIONS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_less_instead_of_less_or_equal_at_the_cut_is_found(tmp_path: Path) -> None:
    result = broken(tmp_path, "adapters/views/questions/where.py", "known_from <= {x}", "known_from < {x}")
    assert result.returncode == 1
    assert verdicts(result) == ["ok", "ok", "ok", "ok", "failed"]
    first = next(line for line in result.stdout.splitlines() if "is gone" in line)
    assert all(part in first for part in (*DRIFT, "north-korea"))
    assert "+++" in result.stdout


def test_a_projection_that_tells_something_else_is_found(tmp_path: Path) -> None:
    result = broken(tmp_path, "domain/projections/timelines.py", '["topic", topic]', '["topics", topic]')
    assert result.returncode == 1
    assert verdicts(result) == ["ok", "ok", "failed", "ok", "ok"]
    assert re.search(r"timelines: .*; differs for .*choe-son-hui", result.stdout)
    assert "first event that differs: position 14, evt-2024-10-18-nis-troops" in result.stdout


def test_batches_that_give_other_rows_are_found(tmp_path: Path) -> None:
    result = broken(tmp_path, "service/projecting/projector.py", "row.keep()", "row.recorded_from = 1")
    assert result.returncode == 1
    assert verdicts(result)[3] == "failed"
    assert "in batches of 7: " in result.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda log: log.replace(b'"name":"Ukraine"', b'"name":"Ukraina"', 1),
            ("the first event that is not the one it was: position 3, evt-2024-10-19-actor-ukraine",),
        ),
        (lambda log: b"".join(log.splitlines(keepends=True)[:-1]), ("the log ends at 126, the golden at 127",)),
    ],
    ids=["a rewritten past", "a shorter log"],
)
def test_a_log_that_does_not_extend_the_golden_is_found(
    change: Callable[[bytes], bytes], told: tuple[str, ...], tmp_path: Path
) -> None:
    result = run("-", "--check", GOLDEN / "story", given=change(STORY.read_bytes()))
    assert result.exit_code == 1
    assert verdicts(result)[:2] == ["ok", "failed"]
    assert all(part in result.stdout for part in told)


def test_a_log_may_have_grown(tmp_path: Path) -> None:
    begun = b"".join(STORY.read_bytes().splitlines(keepends=True)[:100])
    assert run("-", "--check", tmp_path, "--update", given=begun).exit_code == 0
    result = run(STORY, "--check", tmp_path)
    assert (result.exit_code, verdicts(result)) == (0, ["ok"] * 5)
    assert "27 events behind it" in result.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda log: log[:-20], "position 127, line 127: "),
        (lambda log: log.replace(b'"position":5,', b'"position":6,', 1), "position 5, line 5: positions count"),
        (lambda log: log.replace(b'"position":6,', b'"position":5,', 1), "position 6, line 6: positions count"),
        (
            lambda log: log.replace(b"2024-10-19T08:00:00Z", b"2026-01-01T00:00:00Z", 1),
            "position 2, line 2: the log goes",
        ),
        (lambda log: log.replace(b'"ActorAffiliated"', b'"ActorAffiliated.v7"', 1), "position 10, line 10: "),
        (lambda log: log.replace(b'"ActorRegistered"', b'"ActorInvented"', 1), "position 1, line 1: "),
    ],
    ids=["a cut-off line", "a gap", "a repeat", "a clock that goes back", "an unknown version", "an unknown type"],
)
def test_a_log_that_cannot_be_read_is_named_by_position_and_line(
    change: Callable[[bytes], bytes], told: str, tmp_path: Path
) -> None:
    given = change(STORY.read_bytes())
    result = run("-", "--check", GOLDEN / "story", given=given)
    assert result.exit_code == 1
    assert verdicts(result) == ["failed", "skipped", "skipped", "skipped", "skipped"]
    assert told in result.stdout
    assert told in run("-", "--check", tmp_path, "--update", given=given).stderr
    assert list(tmp_path.iterdir()) == []


# -- goldens


def test_goldens_of_another_version_of_a_projection_say_so(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "story", tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "golden.json").read_text("utf-8")
    told = json.loads(text)
    told["projections"]["figures"]["version"] = 7
    (tmp_path / "golden.json").write_text(json.dumps(told), "utf-8")
    result = run(STORY, "--check", tmp_path)
    assert result.exit_code == 1
    assert "figures: the golden is of version 7, this program has version 1" in result.stdout


def test_an_update_shows_what_changes_and_nothing_where_nothing_does(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "story", tmp_path, dirs_exist_ok=True)
    assert run(STORY, "--check", tmp_path, "--update").stdout == ""
    changed = STORY.read_bytes().replace(b'"name":"Ukraine"', b'"name":"Ukraina"', 1)
    result = run("-", "--check", tmp_path, "--update", given=changed)
    assert any(line.startswith("+") and '"name": "Ukraina"' in line for line in result.stdout.splitlines())
    assert run("-", "--check", tmp_path, given=changed).exit_code == 0


def test_goldens_keep_their_dates_and_take_those_that_are_given(tmp_path: Path) -> None:
    assert run(STORY, "--check", tmp_path, "--update", "--checkpoint", "2025-04-28").exit_code == 0
    for _ in range(2):
        dates = [checkpoint for checkpoint in read(tmp_path).answers if checkpoint.as_of is not None]
        assert dates == [Checkpoint("2025-04-28", 127)]
        assert run(STORY, "--check", tmp_path, "--update").exit_code == 0


def test_goldens_are_not_made_in_ci(tmp_path: Path) -> None:
    result = run(STORY, "--check", tmp_path, "--update", CI="true")
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [None, b"{", b'{"golden": 9}', b'{"golden": 1}'], ids=str)
def test_goldens_that_cannot_be_read_could_not_run(damage: bytes | None, tmp_path: Path) -> None:
    if damage is not None:
        (tmp_path / "golden.json").write_bytes(damage)
    result = run(STORY, "--check", tmp_path)
    assert result.exit_code == 3
    assert "golden" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--update",),
        ("--junit", "x"),
        ("--check", "x", "--checkpoint", "2025"),
        ("--check", "x", "--update", "--junit", "x"),
        ("--check", "x", "--junit", "/nowhere/x"),
        ("--store", "sqlite:///x.db"),
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused(arguments: tuple[str, ...]) -> None:
    assert run(STORY, *arguments).exit_code == 2


def test_a_disk_that_fills_up_leaves_everything_as_it_was(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "story", tmp_path / "golden")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for update in ("", "--update"):
        command = f"ulimit -f 100; {sys.executable} -m service.cli replay {STORY} --check {tmp_path}/golden {update}"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)} | {"CI": ""}
        ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 3, ran.stderr
        assert "scratch.db" in ran.stderr
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# -- who reads


def unread(tmp_path: Path, arguments: str, streams: str = "") -> int:
    """How a replay ends of whose output nobody reads more than a byte."""
    changed = STORY.read_bytes().replace(b'"name":"Ukraine"', b'"name":"Ukraina"', 1)
    (tmp_path / "changed.ndjson").write_bytes(changed)
    command = f"{sys.executable} -m service.cli replay {tmp_path}/changed.ndjson {arguments} {streams}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "", "GITHUB_ACTIONS": ""}
    piped = f"{command} | head -c 1; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(["bash", "-c", piped], env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize("streams", ["", "2>&1"])
def test_a_check_ends_alike_whoever_reads_what_it_tells(tmp_path: Path, streams: str) -> None:
    junit = tmp_path / "junit.xml"
    assert unread(tmp_path, f"--check {GOLDEN}/story --junit {junit}", streams) == 1
    assert len(ET.parse(junit).findall(".//testcase")) == len(CHECKS)  # noqa: S314 (written just now)


@pytest.mark.parametrize("streams", ["", "2>&1"])
def test_goldens_are_written_whoever_reads_what_changes_in_them(tmp_path: Path, streams: str) -> None:
    shutil.copytree(GOLDEN / "story", tmp_path / "golden")
    assert unread(tmp_path, f"--check {tmp_path}/golden --update", streams) == 0
    assert run(tmp_path / "changed.ndjson", "--check", tmp_path / "golden").exit_code == 0


# -- for machines


def test_github_actions_get_nine_annotations_at_most_and_a_table(tmp_path: Path) -> None:
    changed = STORY.read_bytes().replace(b'"name":"Ukraine"', b'"name":"Ukraina"', 1)
    summary = tmp_path / "summary.md"
    summary.write_text("what was there\n", "utf-8")
    result = run(
        *("-", "--check", GOLDEN / "story"),
        given=changed,
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    annotations = [line for line in result.stderr.splitlines() if line.startswith("::error ")]
    assert len(annotations) == 9
    assert "more findings" in annotations[-1]
    text = summary.read_text("utf-8")
    assert text.startswith("what was there\n### asof replay")
    assert all(f"| {title} |" in text for title in CHECKS)
    assert "```diff" in text


def test_an_outcome_that_cannot_be_written_for_one_machine_is_told_to_the_others(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    changed = STORY.read_bytes().replace(b'"name":"Ukraine"', b'"name":"Ukraina"', 1)
    result = run(
        *("-", "--check", GOLDEN / "story", "--junit", "/dev/full"),
        given=changed,
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    assert result.exit_code == 3
    assert "::error " in result.stderr
    assert "### asof replay" in summary.read_text("utf-8")


def test_a_finding_stands_in_the_table_as_it_is() -> None:
    found = "<b>a|b</b> *c* _d_ `e` [f](g) $h$ \\ &amp;\n~~i~~"
    told = summary([Outcome("a check", "failed", "1 < 2", [found])])
    cell = r"&lt;b&gt;a\|b&lt;/b&gt; \*c\* \_d\_ \`e\` \[f\](g) \$h\$ \\ &amp;amp; \~\~i\~\~"
    assert told.splitlines()[-1] == f"| \u274c | a check | 1 &lt; 2<br>{cell} |"


# -- the API


def test_what_is_compared_are_the_answers_of_the_api() -> None:
    golden = read(GOLDEN / "story")
    with services("sqlite://") as inside:
        inside.restorer.restore(enumerate(map(orjson.loads, STORY.read_bytes().splitlines()), 1))
        with Client.in_process(create_app(inside)) as client:
            for checkpoint, answers in golden.answers.items():
                assert over_http(client, checkpoint) == answers == view(inside.views, checkpoint)


def over_http(client: Client, checkpoint: Checkpoint) -> View:
    when, limit = {"as_of": checkpoint.as_of, "at": checkpoint.at}, {"limit": 1_000}
    state = client.state(**when).document()  # type: ignore[arg-type]
    actors = {each["actor"]: each for each in client.actors(**when, **limit).document()["items"]}  # type: ignore[arg-type]
    for name, actor in actors.items():
        items = client.timeline(name, **when, **limit).document()["items"]  # type: ignore[arg-type]
        actor["timeline"] = [each["development"] for each in items]
    developments = client.developments(**when, **limit).document()["items"]  # type: ignore[arg-type]
    lists = {key: [each["development"] for each in state[key]] for key in ("expected", "recent")}
    return {
        "state": {"counts": state["counts"], "actors": state["actors"], **lists},
        "figures": {f"{figure['metric']}, {figure['claimant']}": figure for figure in state["figures"]},
        "developments": {each["development"]: each for each in developments},
        "actors": actors,
    }


def test_a_ledger_of_nothing_is_empty() -> None:
    with services("sqlite://") as inside:
        assert ledger_of(inside.log, 0, 1).position == 0
