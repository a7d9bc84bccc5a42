"""Bad days of a PostgreSQL store: crashes under load, deadlocks, no connection left, a full disk, other clocks."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from adapters.log.postgres.log import PostgresLog
from adapters.postgres import database as adapter
from domain.clocks import Instant
from domain.ports import Contended, Unavailable
from service.compose import Services, services
from service.http.app import create_app
from tests.contracts.logs import append as append_entries
from tests.contracts.logs import entry
from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported
from tests.postgres import Server
from tests.proxy import Proxy
from tests.service.appending import append, shown

ROOT = Path(__file__).parents[2]
SECONDS = 30.0


@pytest.fixture
def server() -> Iterator[Server]:
    # Who waits looks once whether all wait for each other, after so long.
    server = Server(deadlock_timeout="2s").create().start()
    yield server
    server.remove()


@contextmanager
def asking(store: Services) -> Iterator[httpx.AsyncClient]:
    yield httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(store), raise_app_exceptions=False), base_url="http://asof"
    )


def until_taken(by: Services, batch: list[dict[str, Any]]) -> None:
    """Append it, again and again while the store cannot be used; sent again it is the same events."""
    late = time.monotonic() + SECONDS
    while True:
        try:
            append(by, *batch)
        except Unavailable:
            assert time.monotonic() < late
            time.sleep(0.05)
        else:
            return


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_is_restarted_under_load_loses_nothing_and_doubles_nothing(server: Server, mode: str) -> None:
    stop, chosen = threading.Event(), random.Random(mode)
    with services(server.url) as one, services(server.url) as other:
        append(one, registered("aland"))

        def write(by: Services, name: str) -> list[str]:
            taken: list[str] = []
            while not stop.is_set():
                batch = [reported(f"{name}-{len(taken)}", id=f"{name}-{len(taken)}")]
                batch.append(corroborated(batch[0]["development"], id=f"{name}-{len(taken) + 1}"))
                until_taken(by, batch)
                taken += [event["id"] for event in batch]
            return taken

        with ThreadPoolExecutor(4) as threads:
            writers = [threads.submit(write, (one, other)[n % 2], f"w{n}") for n in range(4)]
            try:
                for _ in range(3):
                    time.sleep(chosen.uniform(0.2, 0.6))
                    server.stop(mode)
                    time.sleep(chosen.uniform(0.0, 0.3))
                    server.start()
                time.sleep(0.5)
            finally:
                stop.set()
            acknowledged = [event_id for writer in writers for event_id in writer.result(SECONDS)]
        log = one.log.read(0, 1_000_000)
        assert [stored.position for stored in log] == list(range(1, len(log) + 1))
        assert sorted(stored.id for stored in log[1:]) == sorted(acknowledged)
        for reader in (one, other):
            assert reader.visibility.wait(len(log), SECONDS) == len(log)


def test_a_deadlock_is_tried_again(server: Server) -> None:
    database = adapter.Database(server.url, wait_seconds=SECONDS)
    log = PostgresLog(database)
    append_entries(log, entry("a"))
    with ThreadPoolExecutor(1) as threads, psycopg.connect(server.url) as other:
        other.execute("SET deadlock_timeout = '1min'")
        other.execute("LOCK TABLE stream IN SHARE MODE")
        # It has come into one table, and waits to come into the other.
        waiting = threads.submit(append_entries, log, entry("b"))
        blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'stream'::regclass"
        with psycopg.connect(server.url, autocommit=True) as watching:
            while watching.execute(blocked.encode()).fetchone() != (1,):
                time.sleep(0.005)
        other.execute("LOCK TABLE event IN SHARE MODE")
        other.commit()
        assert waiting.result(SECONDS) == 2
    assert [stored.id for stored in log.read(0, 10)] == ["a-1", "b-1"]
    assert "deadlock detected" in (server.directory / "log").read_text()
    log.close()


@pytest.mark.parametrize("arrives", [True, False])
def test_what_was_known_to_be_new_is_looked_up_where_its_commit_was_not_answered(
    postgres: str, *, arrives: bool
) -> None:
    def append_new(name: str) -> int:
        with log.session([f"{name}-1"], [f"development/{name}"]) as session:
            assert (session.by_id([f"{name}-1"]), session.versions([f"development/{name}"])) == ({}, {})
            return session.append([entry(name)], 0)

    with Proxy(postgres) as proxy:
        log = PostgresLog(adapter.Database(proxy.url, wait_seconds=SECONDS))
        append_new("a")
        proxy.cut(b"COMMIT", arrives=arrives)
        with nullcontext() if arrives else pytest.raises(Unavailable):
            append_new("b")
        assert proxy.cuts == 1
        append_new("c")
        assert [stored.id for stored in log.read(0, 10)] == (["a-1", "b-1", "c-1"] if arrives else ["a-1", "c-1"])
        log.close()


def put_out_of_turn(url: str, event_id: str) -> None:
    with psycopg.connect(url) as other:
        put = "INSERT INTO event SELECT 2, stream, 2, recorded_at, type, %s, sent, state FROM event"
        other.execute(put, (event_id,))


def test_events_that_somebody_stores_out_of_turn_are_not_doubled(postgres: str) -> None:
    log = PostgresLog(adapter.Database(postgres))
    append_entries(log, entry("a"))
    with suppress(Contended), log.session(["b-1"], ["development/b"]) as session:
        assert (session.by_id(["b-1"]), session.versions(["development/b"])) == ({}, {})
        put_out_of_turn(postgres, "b-1")
        with pytest.raises(Contended, match="out of turn") as refused:
            session.append([entry("b")], 0)
        with pytest.raises(Unavailable, match="ended"):
            session.by_id(["b-1"])
        raise refused.value
    append_entries(log, entry("c"))
    assert [stored.id for stored in log.read(0, 10)] == ["a-1", "b-1", "c-1"]
    log.close()


def test_requests_that_others_were_in_the_way_of_are_judged_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services(postgres) as store:
        session, faults = store.log.session, [Contended("a deadlock")] * 2

        def interrupted(*expected: Any) -> Any:
            if faults:
                raise faults.pop()
            return session(*expected)

        monkeypatch.setattr(store.log, "session", interrupted)
        assert append(store, registered("aland")) == 1
        faults += [Contended("a deadlock again and again")] * 3
        with pytest.raises(Contended):
            append(store, reported("d"))
        faults += [Contended("a deadlock")]
        assert append(store, reported("d", actors=[{"actor": "ALAND"}])) == 2


async def test_a_question_that_others_were_in_the_way_of_is_put_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services(postgres) as store, asking(store) as client:
        snapshot, faults = store.views.snapshot, [Contended("the standby moved on")] * 2

        def interrupted(within: float | None = None) -> Any:
            if faults and within is None:
                raise faults.pop()
            return snapshot(within)

        monkeypatch.setattr(store.views, "snapshot", interrupted)
        assert (await client.get("/v1/log")).status_code == 200
        faults += [Contended("the standby moves on all the time")] * 3
        assert (await client.get("/v1/log")).status_code == 503


async def test_without_a_free_connection_there_is_an_answer_all_the_same(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "Database", partial(adapter.Database, readers=2, wait_seconds=0.2))
    with services(postgres) as store, asking(store) as client:
        with store.views.snapshot(), store.views.snapshot():
            answer = await client.get("/v1/log")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            assert answer.json()["code"] == "store-unavailable"
        assert (await client.get("/v1/log")).status_code == 200


@pytest.mark.parametrize("state", ["53100", "53200", "58030", "57P03"])
async def test_a_server_that_cannot_store_refuses_the_append_and_takes_it_later(postgres: str, state: str) -> None:
    with services(postgres) as store, asking(store) as client, psycopg.connect(postgres, autocommit=True) as operator:
        await client.post("/v1/events", json=registered("aland"))
        operator.execute(
            f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '{state}'; END $$
        """.encode()
        )
        operator.execute("CREATE TRIGGER refusing BEFORE INSERT ON event EXECUTE FUNCTION refuse()")
        answer = await client.post("/v1/events", json=reported(id="e1"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert (await client.get("/v1/log")).json()["position"] == 1
        operator.execute("DROP TRIGGER refusing ON event")
        assert (await client.post("/v1/events", json=reported(id="e1"))).status_code == 201


def test_tables_of_a_newer_program_are_refused(postgres: str) -> None:
    with services(postgres) as store:
        append(store, registered("aland"))
    with psycopg.connect(postgres, autocommit=True) as newer:
        newer.execute("UPDATE schema SET version = 99 WHERE component = 'log'")
    with pytest.raises(Unavailable, match=r"version 99 of log.*or a newer one"), services(postgres):
        pass


def test_recorded_at_never_decreases_between_machines_whose_clocks_are_an_hour_apart(postgres: str) -> None:
    fast, slow = SetClock("2025-12-01T01:00:00Z"), SetClock("2025-12-01T00:00:00Z")
    with services(postgres, clock=slow) as behind, services(postgres, clock=fast) as ahead:
        append(behind, registered("aland"))
        for number in range(5):
            append(ahead, reported(f"ahead-{number}"))
            append(behind, reported(f"behind-{number}"))
        recorded: list[Instant] = [stored.recorded_at for stored in behind.log.read(0, 100)]
        assert recorded == [slow.now()] + [fast.now()] * 10
        assert shown(behind, "behind-4")["recorded_at"] == "2025-12-01T01:00:00Z"


@contextmanager
def projecting(store: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "service.cli", "project", "--store", store]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("asof projects postgresql://")
            yield process
        finally:
            process.kill()


def test_where_the_projector_is_killed_another_takes_over_within_seconds(postgres: str) -> None:
    with services(postgres, projects=False) as store, projecting(postgres) as first:
        append(store, registered("aland"))
        with projecting(postgres):
            first.kill()
            began = time.monotonic()
            append(store, reported("e"))
            assert shown(store, "e")["status"] == "reported"
            assert time.monotonic() - began < SECONDS / 6
