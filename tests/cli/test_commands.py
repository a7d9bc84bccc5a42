"""The commands on a store of their own, in process: what they print, and how they end."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from service.verifying import leaves
from tests.cli.commands import ALAND, HEAD, ROOT, STORY, TALKS, asking, lines, run

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> str:
    store = f"sqlite:///{tmp_path_factory.mktemp('story')}/story.db"
    assert run("restore", str(STORY), "--store", store).exit_code == 0
    return store


@pytest.fixture
def empty(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new.db"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("state", "--as-of", "2024-12-01"), "developments by status  1 disputed, 1 reported"),
        (("timeline", "russia", "--as-of", "2025-07-12", "--affiliates"), "Lavrov"),
        (("timeline", "--order", "-known", "--limit", "2"), "2025-12-13"),
        (("timeline", "-q", "wonsan lavrov"), "lavrov-arrives-in-wonsan"),
        (("development", "dprk-troops-fight-in-kursk", "--as-of", "2025-04-27"), "disputed"),
        (("development", "dprk-troops-fight-in-kursk", "--as-of", "2025-04-28"), "confirmed"),
        (("history", "storm-shadow-strike-500"), "2024-11-24"),
        (("changes", "--from", "2025-04-25", "--to", "2025-04-28"), "disputed → confirmed"),
        (("changes", "--from-at", "100", "--to-at", "110"), "change"),
        (("figures", "dprk-killed", "--as-of", "2025-01-31"), "≥ 100"),
        (("figures",), "dprk-casualties"),
        (("actors",), "kim-jong-un"),
        (("actors", "Kim Jong-un"), "supreme leader of north-korea, 2011-12/.."),
        (("events", "--type", "ActorMerged"), "evt-2025-08-11-gur-is-hur"),
        (("log", "--at", "127"), f"head {HEAD}\n"),
        (("changes", "--from", "2025-04-20", "--to", "2025-04-30"), "corroborated, 10 → 12 sources"),
        (("changes", "--from-at", "0", "--to-at", "20"), "after position 0 up to 20 (recorded clock),\nknown by"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_question_is_answered_in_a_table(story: str, arguments: tuple[str, ...], shown: str) -> None:
    result = run(*arguments, "--store", story)
    assert result.exit_code == 0
    assert shown in result.stdout


@pytest.mark.parametrize("command", ["state", "timeline", "figures", "changes --from 2025-01-01"])
def test_every_table_says_which_clock_a_date_is_on(story: str, command: str) -> None:
    shown = run(*command.split(), "--store", story).stdout
    assert "(reported clock)" in shown
    assert "(recorded clock, position 127)" in shown


@pytest.mark.parametrize("columns", [30, 80, 200])
@pytest.mark.parametrize("command", ["state", "timeline --limit all", "figures --limit all", "events --limit all"])
def test_no_terminal_is_too_narrow_for_what_is_told(story: str, command: str, columns: int) -> None:
    shown = run(*command.split(), "--store", story, columns=columns).stdout
    ids = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", run(*command.split(), "--store", story, columns=400).stdout)
    assert len(ids) > 10
    assert {part for whole in ids for part in whole.split("-")} <= set(re.findall(r"[a-z0-9]+", shown))


def test_a_time_in_a_column_is_told_to_the_second(empty: str) -> None:
    assert run("append", "-", "--store", empty, given=lines(ALAND)).exit_code == 0
    recorded_at = json.loads(run("events", "--json", "--store", empty).stdout)["items"][0]["recorded_at"]
    day, time = recorded_at.rstrip("Z").split("T")
    shown = " ".join(run("events", "--store", empty, columns=80).stdout.split())
    assert day in shown
    assert re.search(rf" {time[:5]}(:{time[6:8]})?Z ", shown)


def test_a_head_is_told_in_one_piece_however_narrow_the_terminal(story: str) -> None:
    assert f"head {HEAD}\n" in run("log", "--store", story, columns=40).stdout


def test_an_id_that_is_too_long_goes_on_below_behind_a_hyphen(story: str) -> None:
    shown = run("figures", "--limit", "all", "--store", story, columns=72).stdout
    assert re.search(r" engineers-for- *$\n.* kursk *$", shown, re.MULTILINE)


def test_json_is_the_answer_of_the_api(story: str) -> None:
    shown = run("timeline", "--json", "--limit", "2", "--as-of", "2025-07-12", "--store", story).stdout
    answer = json.loads(shown)
    assert (answer["as_of"], answer["at"], len(answer["items"])) == ("2025-07-13T00:00:00Z", 127, 2)


def test_a_limit_goes_over_as_many_pages_as_it_takes(story: str) -> None:
    answer = json.loads(run("events", "--json", "--limit", "all", "--store", story).stdout)
    assert ([event["position"] for event in answer["items"]], answer["next"]) == (list(range(1, 128)), None)


def test_what_is_cut_off_is_told_beside_the_table(story: str) -> None:
    assert "There is more behind these 2:" in run("timeline", "--limit", "2", "--store", story).stderr
    assert "There is more behind this one:" in run("timeline", "--limit", "1", "--store", story).stderr


def test_one_event_is_counted_as_one(empty: str, tmp_path: Path) -> None:
    assert run("append", "-", "--store", empty, given=lines(ALAND)).exit_code == 0
    file, copy = str(tmp_path / "log.ndjson"), str(tmp_path / "copy.db")
    assert run("export", file, "--store", empty).stderr == "1 event exported.\n"
    assert run("backup", copy, "--store", empty).stderr == f"1 event is in the copy {copy}.\n"
    assert run("restore", file, "--store", f"sqlite:///{tmp_path}/a.db").stdout.startswith("1 event restored, ")
    assert run("replay", file, "--into", f"sqlite:///{tmp_path}/b.db").stderr.startswith("1 event, 1 of them new")
    assert "1 event replayed, " in run("replay", file).stderr
    assert "1 event replayed, " in run("replay", "--store", empty).stderr


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("development", "nope"), 1, "there is no development 'nope' in the log"),
        (("development", "."), 1, "there is no development '.' in the log"),
        (("actors", ".."), 1, "there is no actor '..' in the log"),
        (("figures", "a/b"), 1, "there is no metric 'a/b' in the log"),
        (("history", ""), 1, "there is no development '' in the log"),
        (("timeline", "nobody"), 1, "there is no actor 'nobody' in the log; `asof actors -q WORDS`"),
        (("export", "/nowhere/log.ndjson"), 3, "Error: /nowhere/log.ndjson: No such file or directory"),
        (("timeline", "--affiliates"), 2, "--affiliates belongs to the timeline of one ACTOR"),
        (("state", "--as-of", "2025-13"), 2, "accepted: a year, month or day"),
        (("state", "--at", "999"), 2, "--at: the log ends at position 127"),
        (("changes",), 2, "say --from DATE"),
        (("timeline", "-q", ""), 2, "Error: -q: an empty text; accepted: a text of 1 to 1,000 characters\n"),
        (("timeline", "-q", "x" * 1001), 2, "(1,001 characters); accepted: a text of 1 to 1,000 characters\n"),
        (
            ("events", "--stream", "russia"),
            2,
            "Error: --stream: 'russia'; accepted: a stream, development/ID or actor/ID",
        ),
        (("events", "--type", "Nope"), 2, "Error: --type: 'Nope'; accepted: one of DevelopmentReported, Dev"),
        (("state", *("--actor", "russia") * 21), 2, "--actor: given 21 times; accepted: at most 20\n"),
        (("changes", "--from", "2025", "--from-at", "3"), 2, "--from-at: stands alone with --to-at and --as-of; "),
        (("events", "--topic", "A"), 2, "Error: --topic: 'A'; accepted: a slug: 1 to 128 of a-z, 0-9 and -"),
        (("state", "--at", "5", "--recorded-as-of", "2025"), 2, "give --at or --recorded-as-of, both cut"),
        (("actors", "russia", "-q", "foo"), 2, "-q and --limit belong to the list of actors"),
        (("actors", "russia", "--limit", "5"), 2, "-q and --limit belong to the list of actors"),
        (("verify", "--at", "3"), 2, "--at belongs to --head"),
        (("state", "--server", "http://127.0.0.1:1"), 2, "exclude each other"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_what_cannot_be_answered_says_why_and_how_it_ended(
    story: str, arguments: tuple[str, ...], status: int, told: str
) -> None:
    result = run(*arguments, *(() if arguments == ("nonsense",) else ("--store", story)))
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("state", "--store", "sqlite:///nowhere.db"), "there is no store nowhere.db"),
        (("append", "-", "--store", "sqlite:////nowhere/x.db"), "directory does not exist"),
        (("state", "--server", "http://127.0.0.1:1"), "does not answer"),
        (("append", "nowhere.ndjson"), "nowhere.ndjson"),
    ],
)
def test_what_could_not_run_ends_with_3(arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments, given=lines(ALAND))
    assert result.exit_code == 3
    assert told in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("state", "--store", "mysql://x"),
        ("serve", "--store", "story.db"),
        ("serve", "--store", "sqlite://", "--read-store", "sqlite:///x.db", "--port", "0"),
        ("backup", "x.db", "--store", "sqlite://"),
        ("replay", "--into", "x.db", str(STORY)),
        ("append", "-", "--store", "sqlite:///:memory:"),
        ("state", "--store", "sqlite:///:memory:"),
        ("backup", "x.db", "--store", "sqlite:///:memory:"),
    ],
    ids=" ".join,
)
def test_a_url_that_is_no_store_is_wrong_usage(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, given=lines(ALAND))
    assert (result.exit_code, result.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert re.search("accepted: |to a copy of a PostgreSQL store", result.stderr)


def test_a_store_in_memory_is_named_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("state", "--store", "sqlite:///:memory:").stderr
    assert "accepted: sqlite:// for a store in memory (this would be a file of that name), sqlite:///FILE" in told
    monkeypatch.setenv("ASOF_STORE", "foo")
    assert run("state").exit_code == 2


@pytest.mark.parametrize(
    "given",
    [
        lines(ALAND, TALKS),
        json.dumps([ALAND, TALKS], indent=2).encode(),
        b"\n\n" + lines(ALAND, TALKS),
        "\ufeff".encode() + lines(ALAND, TALKS),
    ],
    ids=["lines", "array", "blank lines first", "a byte order mark first"],
)
def test_events_are_appended_as_lines_or_as_an_array_and_only_once(empty: str, given: bytes) -> None:
    for told in ("2 events stored.\n", "none stored, 2 there already.\n"):
        result = run("append", "-", "--store", empty, given=given)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", told)
    assert json.loads(run("log", "--json", "--store", empty).stdout)["position"] == 2


def test_what_is_new_is_told_apart_from_what_was_there(empty: str) -> None:
    assert run("append", "-", "--store", empty, given=lines(ALAND)).stderr == "1 event stored.\n"
    again = run("append", "-", "--store", empty, given=lines(ALAND, TALKS, ALAND))
    assert again.stderr == "1 event stored, 1 there already.\n"


@pytest.mark.parametrize("given", [b"", b"\n", b"[]", b" [ \n] \n"])
@pytest.mark.parametrize("command", ["append -", "append - --dry-run"])
def test_nothing_to_append_is_refused_in_whatever_form(empty: str, command: str, given: bytes) -> None:
    result = run(*command.split(), "--store", empty, given=given)
    assert (result.exit_code, result.stderr) == (1, "no event was given; nothing is stored\n")


def test_an_import_of_no_lines_is_refused(empty: str) -> None:
    assert run("import", "-", "--store", empty, given=b"\n").stderr == "no event was given; nothing is stored\n"
    refused = run("import", "-", "--store", empty, given=b"[{}]")
    assert (refused.exit_code, "`asof append` takes a JSON array" in refused.stderr) == (1, True)


def test_one_event_may_be_written_over_several_lines(empty: str) -> None:
    assert run("append", "-", "--store", empty, given=json.dumps(ALAND, indent=1).encode()).exit_code == 0


def test_a_store_that_another_writes_to_is_told_as_it_says_itself(empty: str) -> None:
    assert run("append", "-", "--store", empty, given=lines(ALAND)).exit_code == 0
    with sqlite3.connect(empty.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        result = run("append", "-", "--store", empty, given=lines(TALKS))
        other.execute("ROLLBACK")
    assert result.exit_code == 3
    assert "is locked by another writer" in result.stderr
    assert "service" not in result.stderr


def test_a_refusal_names_line_and_pointer_and_stores_nothing(empty: str) -> None:
    result = run("append", "-", "--store", empty, given=b"\n" + lines(ALAND, {**TALKS, "occurred": "2025-13"}))
    assert result.exit_code == 1
    assert "refused (malformed)\n  line 3: /occurred: '2025-13'" in result.stderr
    assert "nothing of lines 2 to 3 is stored" in result.stderr
    assert json.loads(run("log", "--json", "--store", empty).stdout)["position"] == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b'{"type": "x",}\n' + lines(ALAND), "line 1: no JSON: trailing comma is not allowed: column 13"),
        (lines(ALAND) + b'{"type": "x"\n', "line 2: no JSON: unexpected end of data"),
        (b'[\n {"type": 1,}\n]', "no JSON: trailing comma is not allowed: line 2 column 12"),
        (b"[1]", "/0: 1; accepted: an event, a JSON object with a type"),
        (b"type,id\nx,y\n", "standard input does not begin as events do; accepted: NDJSON, an event a line; a JSON a"),
        (json.dumps({**TALKS, "kind": "x"}, indent=1).encode(), "/kind: 'x'; accepted: one of event"),
    ],
    ids=["a line", "a later line", "a document", "no event", "a table", "one event"],
)
def test_what_is_malformed_is_told_by_its_place_in_the_file(empty: str, given: bytes, told: str) -> None:
    result = run("append", "-", "--store", empty, given=given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr


def test_a_long_list_of_faults_is_told_in_part(empty: str) -> None:
    wrong = [{**TALKS, "id": f"d{number}", "kind": "x"} for number in range(30)]
    told = run("append", "-", "--store", empty, given=lines(*wrong)).stderr
    assert (told.count("/kind"), "  and 10 more\n" in told) == (20, True)


@pytest.mark.parametrize("command", ["append -", "import -", "import - --dry-run"])
def test_an_export_that_is_appended_is_told_where_it_belongs(empty: str, command: str) -> None:
    result = run(*command.split(), "--store", empty, given=STORY.read_bytes())
    first, last = result.stderr.splitlines()
    assert (result.exit_code, last.startswith("nothing ")) == (1, True)
    assert "`asof restore FILE`" in first
    assert "`asof replay FILE --into URL`" in first
    told = run(*command.split(), "--store", empty, given=lines({**ALAND, "position": 1})).stderr
    assert "line 1: /position: unknown field" in told


def test_unknown_names_can_be_registered_on_the_way(empty: str) -> None:
    refused = run("append", "-", "--store", empty, given=lines(TALKS))
    assert (refused.exit_code, "append with --register-actors\n" in refused.stderr) == (1, True)
    registered = run("append", "-", "--register-actors", "--store", empty, given=lines(TALKS))
    told = "2 events stored.\n1 actor registered on the way:\n  aland: Aland\n"
    assert (registered.exit_code, registered.stderr) == (0, told)
    again = run("append", "-", "--register-actors", "--store", empty, given=lines(TALKS))
    assert again.stderr == "none stored, 2 there already.\n"


@pytest.mark.parametrize("command", ["append", "import"])
@pytest.mark.parametrize(("option", "verb"), [((), "registered"), (("--dry-run",), "would be registered")])
def test_who_is_registered_on_the_way_is_told_and_who_is_given_is_not(
    empty: str, command: str, option: tuple[str, ...], verb: str
) -> None:
    talks = {**TALKS, "actors": [{"actor": "Aland"}, {"actor": "Åalnd"}, {"actor": "Borduria"}]}
    given = lines({**ALAND, "id": None}, talks)
    result = run(command, "-", "--register-actors", *option, "--store", empty, given=given)
    *_, heading, first, second = result.stderr.splitlines()
    assert heading == f"2 actors {verb} on the way:"
    assert (first, second) == ("  aalnd: Åalnd", "  borduria: Borduria")


def test_who_was_registered_before_something_was_refused_is_told(empty: str) -> None:
    many = [{**ALAND, "id": f"a{n}", "actor": f"a-{n}", "name": f"A {n}"} for n in range(9_999)]
    refused = run("append", "-", "--register-actors", "--store", empty, given=lines(TALKS, *many, TALKS, {}))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("1 actor registered on the way:\n  aland: Aland\n")


@pytest.mark.parametrize("command", ["append", "import"])
def test_where_events_are_stored_is_told_to_programs(empty: str, command: str) -> None:
    told = [run(command, "-", "--json", "--store", empty, given=lines(ALAND, TALKS)).stdout for _ in range(2)]
    assert told[0] == told[1]
    first, second = map(json.loads, told[0].splitlines())
    assert list(first) == ["id", "stream", "version", "position", "recorded_at"]
    assert (second["id"], second["stream"], second["version"], second["position"]) == ("d1", "development/talks", 1, 2)
    assert run(command, "-", "--json", "--dry-run", "--store", empty, given=lines(ALAND)).exit_code == 2


def test_events_go_in_whoever_reads_where_they_are_stored(empty: str, tmp_path: Path) -> None:
    many = [{**ALAND, "id": f"a{n}", "actor": f"a-{n}", "name": f"A {n}"} for n in range(10_100)]
    (tmp_path / "many.ndjson").write_bytes(lines(*many))
    command = f"{sys.executable} -m service.cli append {tmp_path}/many.ndjson --json | head -c 1"
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False, env=asking(empty))
    assert ran.stderr == b"10,100 events stored.\n"


@pytest.mark.parametrize("given", [lines(ALAND, TALKS), json.dumps([ALAND, TALKS], indent=1).encode()])
def test_a_dry_run_tells_what_is_new_from_what_is_there(empty: str, given: bytes) -> None:
    run("append", "-", "--store", empty, given=lines(ALAND))
    for told in ("1 event would be stored, 1 there already; nothing is stored.\n", "none would be stored, 2 there"):
        result = run("append", "-", "--dry-run", "--store", empty, given=given)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.startswith(told)
        run("append", "-", "--store", empty, given=given)


@pytest.mark.parametrize(
    "command",
    ["timeline Kim", "timeline --actor Kim", "state --actor Kim", "actors Kim", "changes --from 2025 --actor Kim"],
)
def test_a_name_of_several_actors_is_told_with_their_ids(empty: str, command: str) -> None:
    kims = [{**ALAND, "id": f"k{n}", "actor": f"kim-{n}", "name": "Kim"} for n in range(2)]
    assert run("append", "-", "--store", empty, given=lines(*kims)).exit_code == 0
    result = run(*command.split(), "--store", empty)
    assert result.exit_code == 2
    assert result.stderr == "Error: 'Kim' names more than one actor: kim-0, kim-1; give the id\n"


def test_a_dry_run_holds_nobody_up_while_it_waits_for_its_input(empty: str) -> None:
    run("append", "-", "--store", empty, given=lines(ALAND))
    other = {**TALKS, "id": "d2", "development": "more-talks"}
    command = [sys.executable, "-m", "service.cli", "import", "-", "--dry-run", "--store", empty]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
        assert waiting.stdin is not None
        assert waiting.stderr is not None
        waiting.stdin.write(lines(TALKS))
        waiting.stdin.flush()
        time.sleep(1)
        assert run("append", "-", "--store", empty, given=lines(other)).exit_code == 0
        waiting.stdin.close()
        assert b"1 event would be stored" in waiting.stderr.read()


def test_a_dry_run_judges_everything_and_stores_nothing(empty: str) -> None:
    result = run("import", "-", "--dry-run", "--store", empty, given=lines(ALAND, TALKS))
    assert (result.exit_code, result.stderr) == (0, "2 events would be stored; nothing is stored.\n")
    assert not Path(empty.removeprefix("sqlite:///")).exists()
    assert run("append", "-", "--store", empty, given=lines(ALAND)).exit_code == 0
    assert run("import", "-", "--dry-run", "--store", empty, given=lines(ALAND, TALKS)).exit_code == 0
    assert json.loads(run("log", "--json", "--store", empty).stdout)["position"] == 1
    refused = run("import", "-", "--dry-run", "--store", empty, given=lines(ALAND, TALKS, {**TALKS, "id": "d2"}))
    assert refused.exit_code == 1
    assert "line 3" in refused.stderr
    assert "development-exists" in refused.stderr
    assert run("import", "-", "--store", empty, given=lines(ALAND, TALKS)).exit_code == 0


@pytest.mark.parametrize("name", ["log.ndjson", "log.ndjson.gz"])
def test_an_export_is_the_log_byte_for_byte_and_is_taken_back(story: str, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert run("export", str(file), "--store", story).exit_code == 0
    content = gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes()
    assert content == STORY.read_bytes()
    again = f"sqlite:///{tmp_path}/again.db"
    restored = run("restore", str(file), "--head", HEAD, "--store", again)
    assert (restored.stdout, restored.stderr) == (f"127 events restored, head {HEAD}\n", "")
    assert run("export", "--store", again).stdout_bytes == STORY.read_bytes()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace(b'"position":5,', b'"position":6,', 1), "line 5"),
        (
            lambda text: text.replace(
                b'"recorded_at":"2024-10-19T08:00:00Z"', b'"recorded_at":"2026-01-01T00:00:00Z"', 1
            ),
            "line 2: the log goes back",
        ),
        (lambda text: text[:-20], "line 127"),
        (lambda text: text.replace(b'"ActorRegistered"', b'"ActorInvented"', 1), "line 1"),
    ],
    ids=["a gap", "a log that goes back", "a cut-off last line", "an unknown type"],
)
def test_an_export_that_does_not_fit_is_refused_by_line_and_leaves_the_store_empty(
    empty: str, change: object, told: str
) -> None:
    assert callable(change)
    result = run("restore", "-", "--store", empty, given=change(STORY.read_bytes()))
    assert result.exit_code == 1
    assert told in result.stderr
    assert json.loads(run("log", "--json", "--store", empty).stdout)["position"] == 0


def test_an_export_goes_into_an_empty_store_only_and_has_to_end_in_the_head_that_is_given(
    story: str, empty: str
) -> None:
    assert "holds 127 events" in run("restore", str(STORY), "--store", story).stderr
    refused = run("restore", str(STORY), "--head", "0" * 64, "--store", empty)
    assert refused.exit_code == 1
    assert "nothing was restored" in refused.stderr


def test_a_log_is_verified_in_a_store_and_in_an_export(story: str) -> None:
    for arguments in (("--store", story), (str(STORY), "--head", HEAD)):
        result = run("verify", *arguments)
        assert (result.exit_code, result.output) == (0, f"127 events fit, head {HEAD}\n")
    assert run("verify", str(STORY), "--head", "0" * 64).exit_code == 1


def test_of_an_export_it_is_told_that_no_heads_are_in_it() -> None:
    result = run("verify", str(STORY))
    assert (result.exit_code, result.stdout) == (0, f"127 events in order, head {HEAD}\n")
    assert "compare this one with one that was noted elsewhere (--head)" in result.stderr
    told = " ".join(run("verify", "--help").stdout.split())
    assert f"of a service with every {leaves.RANGE:,}th and the last" in told
    assert "An export carries no heads." in told


def test_one_changed_byte_in_a_store_is_found_and_named(tmp_path: Path) -> None:
    file = tmp_path / "changed.db"
    assert run("restore", str(STORY), "--store", f"sqlite:///{file}").exit_code == 0
    with sqlite3.connect(file) as connection:
        (state,) = connection.execute("SELECT state FROM event WHERE position = 50").fetchone()
        changed = state.replace(b'"name":"G', b'"name":"H', 1)
        connection.execute("UPDATE event SET state = ? WHERE position = 50", (changed,))
    assert changed != state
    result = run("verify", "--store", f"sqlite:///{file}")
    assert result.exit_code == 1
    assert "position 50: the event makes the head " in result.stderr


def test_a_command_is_told_in_one_whole_line_of_the_help() -> None:
    _, shown = run("--help").stdout.split("Options:")
    assert "..." not in shown
    assert "Write the log to FILE: NDJSON, an event a line.\n" in shown


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"asof {version('asof')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str) -> None:
    result = run("completion", shell)
    assert (result.exit_code, "_ASOF_COMPLETE" in result.stdout) == (0, True)


def test_the_help_of_completion_has_a_line_for_each_shell() -> None:
    shown = run("completion", "--help").stdout
    assert "\\b" not in shown
    assert all(re.search(rf"^ *{shell} .*asof completion {shell}", shown, re.MULTILINE) for shell in ("bash", "zsh"))
    assert "  fish   asof completion fish > ~/.config/fish/completions/asof.fish\n" in shown


def test_a_table_has_no_colours_where_none_are_wanted_and_none_in_a_pipe(story: str) -> None:
    command = [sys.executable, "-m", "service.cli", "timeline", "--store", story]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    assert b"\x1b[" not in shown


@pytest.mark.parametrize("command", ["export", "timeline --limit all", "timeline --json", "--help"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(story: str, command: str) -> None:
    piped = f"{sys.executable} -m service.cli {command} | head -c 10; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", piped], cwd=ROOT, capture_output=True, check=False, env=asking(story))
    assert (ran.returncode, len(ran.stdout)) == (0, 10)
    assert b"Error" not in ran.stderr


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["export", "timeline", "timeline --json", "--help", "--version"])
def test_what_cannot_be_written_is_told_and_ends_with_3(story: str, command: str) -> None:
    with FULL.open("wb") as full:
        arguments = [sys.executable, "-m", "service.cli", *command.split()]
        ran = subprocess.run(arguments, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False, env=asking(story))
    assert (ran.returncode, ran.stderr) == (3, b"Error: No space left on device\n")


def test_the_service_refuses_to_listen_where_others_could_reach_it() -> None:
    result = run("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 (what is refused)
    assert result.exit_code == 2
    assert "serves only loopback" in result.stderr
