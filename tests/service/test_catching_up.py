"""However the work is parted into pages and turns, catching up ends level with the log."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from service.appending.proposals import JSON, Body, proposals
from service.compose import services
from service.projecting import projector
from service.verifying.verify import verify_store
from tests.http.wires import registered
from tests.stores import STORES

EVENTS = 11


@pytest.mark.parametrize("page", [1, 2, 3, 4, 10, 11, 12])
@pytest.mark.parametrize("turn", [0.0, 60.0])
@pytest.mark.parametrize("store", ["sqlite-memory", "postgres"])
def test_whoever_catches_up_is_level_with_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: str, page: int, turn: float
) -> None:
    monkeypatch.setattr(projector, "PAGE", page)
    monkeypatch.setattr(projector, "LONGEST_TURN", turn)
    events = [registered(f"actor-{number}") for number in range(EVENTS)]
    with services(STORES[store](tmp_path / "store")) as opened:
        opened.appender.append(proposals(Body(orjson.dumps(events), JSON), None), wait=False)
        assert opened.projector.catch_up() == EVENTS
        assert verify_store(opened.log, opened.views, None).position == EVENTS
        with opened.views.snapshot() as snapshot:
            assert snapshot.head.position == EVENTS
            assert [actor.id for actor in snapshot.register()] == [event["actor"] for event in events]
