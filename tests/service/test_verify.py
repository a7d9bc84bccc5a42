"""The log proves itself: whatever is changed in a store or an export is found, and the first event of it named."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import orjson
import pytest
from click.testing import CliRunner, Result

from adapters.codec.chain import canonical
from benchmarks.server import serving
from service.cli.command import asof
from service.compose import Services, services
from service.processes import worker_pool
from service.reading.log import export_line
from service.stores import log_reopening
from service.verifying import leaves
from service.verifying.leaves import Reopen
from service.verifying.verify import DoesNotFit, NotedHead, Verified, verify_lines, verify_store

STORY = Path(__file__).parents[2] / "service" / "story" / "log.ndjson"
LINES = STORY.read_bytes().splitlines(keepends=True)
HEAD = bytes.fromhex("2f803d250d59a48e043aaa08b4e9bd7728e6bc84788e553b0d9faf89728f4e06")
COLUMNS = ("state", "id", "type", "version", "recorded_at", "stream")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "story.db"


@pytest.fixture
def inside(file: Path) -> Iterator[Services]:
    with services(f"sqlite:///{file}") as inside:
        inside.restorer.restore(enumerate(map(orjson.loads, LINES), 1))
        yield inside


@pytest.fixture(params=["here", "by several processes"])
def reopen(request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch) -> Reopen | None:
    """How others open the store, where they help to read it."""
    if request.param == "here":
        return None
    monkeypatch.setattr(worker_pool, "LONG", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(leaves, "RANGE", 50)
    return log_reopening(f"sqlite:///{file}")


def test_a_store_fits(inside: Services, reopen: Reopen | None) -> None:
    assert verify_store(inside.log, inside.views, NotedHead(None, HEAD), reopen=reopen) == Verified(127, HEAD)


def test_an_export_fits(reopen: Reopen | None) -> None:
    assert verify_lines(LINES, NotedHead(127, HEAD), many=2 if reopen else 0) == Verified(127, HEAD)


def test_one_byte_changed_in_the_store_is_found_by_whoever_reads_it(
    inside: Services, file: Path, reopen: Reopen | None
) -> None:
    change(file, 77, "state", lambda state: flipped(state, 100))
    with pytest.raises(DoesNotFit, match="position 77: "):
        verify_store(inside.log, inside.views, None, reopen=reopen)


@pytest.mark.parametrize("column", COLUMNS)
def test_any_byte_of_any_column_is_found_and_named(inside: Services, file: Path, column: str) -> None:
    chance = random.Random(column)
    for _ in range(60 if column == "state" else 6):
        position = chance.randint(1, 127)
        was = change(file, position, column, lambda value: changed(value, chance))
        with pytest.raises(DoesNotFit) as found:
            verify_store(inside.log, inside.views, None)
        assert found.value.position == position, (column, was)
        change(file, position, column, lambda _, was=was: was)
    assert verify_store(inside.log, inside.views, None) == Verified(127, HEAD)


def changed(value: object, chance: random.Random) -> object:
    if isinstance(value, int):
        return value + 1_000_000
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    assert isinstance(value, bytes)
    return flipped(value, chance.randrange(len(value)), 1 << chance.randrange(7))


def flipped(value: object, place: int, mask: int = 1) -> bytes:
    assert isinstance(value, bytes)
    return value[:place] + bytes([value[place] ^ mask]) + value[place + 1 :]


def change(file: Path, position: int, column: str, to: object) -> object:
    """Change a value behind the back of the store; the value that it was."""
    assert callable(to)
    with sqlite3.connect(file) as connection:
        (was,) = connection.execute(f"SELECT {column} FROM event WHERE position = ?", (position,)).fetchone()
        connection.execute(f"UPDATE event SET {column} = ? WHERE position = ?", (to(was), position))
    connection.close()
    return was


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM event WHERE position = 60", "position 60: missing: the log ends at 59, and goes on at 61"),
        ("DELETE FROM event WHERE position > 120", "position 121: missing: the log ends at 120"),
        ("DELETE FROM chain WHERE position = 60", "position 60: the event makes the head .*, none is kept"),
        (
            "UPDATE chain SET head = zeroblob(32) WHERE position = 60",
            "position 60: the event makes the head .*, kept is 00",
        ),
    ],
)
def test_what_is_missing_is_found(inside: Services, file: Path, statement: str, told: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(DoesNotFit, match=told):
        verify_store(inside.log, inside.views, None)


def test_whoever_makes_the_heads_anew_is_found_by_a_head_that_was_noted(inside: Services, file: Path) -> None:
    change(file, 50, "state", lambda state: state.replace(b'"name":"G', b'"name":"H', 1))
    with sqlite3.connect(file) as connection:
        chain = connection.execute("SELECT head FROM chain WHERE position = 49").fetchone()[0]
        for entry in inside.log.read(49, 1_000):
            made = leaves.of_entries([entry._replace(version=1)], exactly=True)
            chain = sha256(chain + made.made[0]).digest()
            connection.execute("UPDATE chain SET head = ? WHERE position = ?", (chain, entry.position))
    connection.close()
    assert verify_store(inside.log, inside.views, None).head == chain
    with pytest.raises(DoesNotFit, match=f"given was {HEAD.hex()}"):
        verify_store(inside.log, inside.views, NotedHead(None, HEAD))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([*LINES[:126], LINES[126][:-20]], "position 127: line 127: no JSON"),
        ([*LINES[:4], *LINES[5:]], "position 5: line 5 has the position 6"),
        ([*LINES[:5], *LINES[4:]], "position 6: line 6 has the position 5"),
        ([*LINES[:9], b"[]\n"], "position 10: line 10: it is no event"),
        ([*LINES[:9], b"\n", *LINES[10:]], "position 10: line 11 has the position 11"),
        ([*LINES[:9], b'{"position":10,"a":1,"a":2}\n'], "position 10: line 10: .*stands twice"),
        (LINES[:100], "position 101: missing: the log ends at 100"),
    ],
    ids=["a cut-off line", "a gap", "a repeat", "no event", "a blank line", "a key twice", "too short"],
)
def test_what_is_wrong_with_an_export_is_told_with_position_and_line(
    lines: list[bytes], told: str, reopen: Reopen | None
) -> None:
    with pytest.raises(DoesNotFit, match=told):
        verify_lines(lines, NotedHead(127, HEAD), many=2 if reopen else 0)


@pytest.mark.parametrize("latitude", [1e-7, 0.00001, 1.5, -0.000001, 12.0, 1e-300])
def test_numbers_that_are_stored_otherwise_than_the_chain_writes_them_fit(latitude: float, file: Path) -> None:
    registered = {"type": "ActorRegistered", "id": "a", "actor": "a", "name": "A", "kind": "state"}
    development = orjson.loads(next(line for line in LINES if b'"place"' in line))
    development |= {"position": 2, "actors": [], "place": {"name": "here", "latitude": latitude}}
    development["report"].pop("attributed_to", None)
    with services(f"sqlite:///{file}") as inside:
        first = {"position": 1, "recorded_at": development["recorded_at"], **registered}
        inside.restorer.restore(enumerate([first, development], 1))
        verified = verify_store(inside.log, inside.views, None)
        assert verified == verify_lines([export_line(entry) for entry in inside.log.read(0, 9)], None)


def test_leaves_made_quickly_are_those_made_exactly(inside: Services) -> None:
    entries = inside.log.read(0, 1_000)
    assert leaves.of_entries(entries, exactly=False) == leaves.of_entries(entries, exactly=True)
    made = [sha256(canonical(orjson.loads(export_line(entry)))).digest() for entry in entries]
    assert leaves.of_entries(entries, exactly=False).made == made


def test_a_running_service_is_verified_from_outside(inside: Services, file: Path) -> None:
    def verified(*more: str) -> Result:
        return CliRunner().invoke(asof, ["verify", "--server", server.url, *more])

    with serving(file) as server:
        assert verified("--head", HEAD.hex()).stdout == f"127 events fit, head {HEAD.hex()}\n"
        assert httpx.get(f"{server.url}/v1/log", params={"at": 127}).json()["head"] == HEAD.hex()
        change(file, 77, "state", lambda state: flipped(state, 100))
        found = verified()
        assert (found.exit_code, found.stdout) == (1, "")
        assert "position 77: the event makes the head " in found.stderr
