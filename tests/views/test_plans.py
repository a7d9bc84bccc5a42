"""No question goes through a table that grows with the log: every statement that a read sends is explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
import pytest

from adapters.views import zones
from adapters.views.questions import developments, segments
from adapters.views.questions import words as wordings
from tests.oracle.service import Asked, asked
from tests.stores import STORES
from tests.views.plans import Watched, watch
from tests.views.questions import NEVER_ASKED, fill, questions

EVENTS = 2_000
OPENAPI = Path(__file__).parents[2] / "openapi" / "openapi.json"


@pytest.fixture(scope="module", params=["sqlite-memory", "postgres"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with pytest.MonkeyPatch.context() as small:
        small.setattr(zones, "ZONED", 128)
        small.setattr(zones, "LARGEST", 64)
        small.setattr(segments, "ROWS_A_ZONE", 16)
        small.setattr(segments, "LONG", 2)
        place = tmp_path_factory.mktemp("views")
        with asked(STORES[request.param](place)) as service:
            fill(service, EVENTS)
            analyze(STORES[request.param](place))
            yield service


def analyze(store: str) -> None:
    """Tell the planner what there is, as the server does by itself after a while."""
    if store.startswith("postgresql"):
        with psycopg.connect(store, autocommit=True) as connection:
            connection.execute("ANALYZE")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return watch(monkeypatch)


def test_no_read_goes_through_a_table_that_grows_with_the_log(service: Asked, watched: Watched) -> None:
    head = service.get("/v1/log")["position"]  # type: ignore[index]
    for _, path, parameters in questions(head):
        watched.question = f"{path} {parameters}"
        answer = service.get(path, **parameters)
        if answer.get("next"):  # type: ignore[union-attr]
            service.items(path, limit=150, **parameters)
    told = [f"{table}: {question}\n    {statement}" for (table, statement), question in watched.scans.items()]
    assert not told, "\n".join(told)


def test_what_ever_had_a_word_is_found_by_an_index_once_for_a_long_list(
    service: Asked, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(developments, "RARE", 2)
    monkeypatch.setattr(developments, "COMMON", 4)
    monkeypatch.setattr(wordings, "FARTHEST", 0)
    monkeypatch.setattr(wordings, "SURE", 1)
    monkeypatch.setattr(wordings, "WORTH", 1_000)
    assert service.get("/v1/developments", q="convoy", topic="topic-007", limit=1)
    assert service.get("/v1/developments", q="convoy", kind="plan", limit=1)
    assert any("IN (SELECT" in statement and "EXISTS" in statement for statement in watched.statements)
    assert not watched.scans


def test_every_read_is_asked_with_every_parameter() -> None:
    asked: dict[str, set[str]] = {}
    for route, _, parameters in questions(1):
        asked.setdefault(route, set()).update(parameters)
    described = orjson.loads(OPENAPI.read_bytes())["paths"]
    reads = {route: told["get"] for route, told in described.items() if route.startswith("/v1/") and "get" in told}
    assert set(asked) == set(reads)
    for route, told in reads.items():
        named = {given["name"] for given in told["parameters"] if given["in"] == "query"}
        assert asked[route] >= named - NEVER_ASKED, route
