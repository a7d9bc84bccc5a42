"""A service that is killed in mid-append loses nothing it acknowledged, and stores nothing twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.server import serving
from service.compose import services
from tests.http.wires import corroborated, registered, reported
from tests.stores import KEPT

ROUNDS = 4


def append_until_killed(url: str, prefix: str, acknowledged: list[str]) -> None:
    """Append two events at a time, and note what was acknowledged."""
    with httpx.Client(base_url=url, timeout=10) as client:
        for number in range(10_000):
            name = f"{prefix}-{number}"
            batch = [reported(name, id=f"{name}-1"), corroborated(name, id=f"{name}-2")]
            try:
                answer = client.post("/v1/events", json=batch)
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            acknowledged += [event["id"] for event in batch]


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("kind", KEPT)
def test_what_was_acknowledged_before_a_kill_is_there_once_and_the_views_catch_up(
    kind: str, seed: int, tmp_path: Path
) -> None:
    store = KEPT[kind](tmp_path / "killed")
    acknowledged: list[str] = []
    with serving(store) as server:
        httpx.post(f"{server.url}/v1/events", json=registered("aland")).raise_for_status()
        writers = [
            threading.Thread(target=append_until_killed, args=(server.url, f"w{n}", acknowledged)) for n in range(3)
        ]
        for writer in writers:
            writer.start()
        while not acknowledged and any(writer.is_alive() for writer in writers):
            time.sleep(0.01)
        time.sleep(random.Random(seed).uniform(0.0, 0.6))
        os.kill(server.pid, signal.SIGKILL)
        for writer in writers:
            writer.join()
    assert acknowledged
    with services(store) as opened:
        stored = [entry.id for entry in opened.log.read(0, 100_000)]
        assert len(stored) == len(set(stored))
        assert set(acknowledged) <= set(stored)
        firsts, seconds = (sum(event_id.endswith(end) for event_id in stored) for end in ("-1", "-2"))
        assert firsts == seconds
        with opened.views.snapshot() as snapshot:
            assert snapshot.head.position == len(stored)
