"""What a connection remembers of the views: how far it holds, and what is not asked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from adapters.views.postgres.reader import PostgresReader
from adapters.views.questions import where
from adapters.views.sqlite.reader import SQLiteReader
from adapters.views.sqlite.views import SQLiteViews
from domain import edtf
from domain.clocks import Cut
from domain.ports import Snapshot
from domain.questions import Filters, Named
from service.compose import Services, services
from service.reading.developments import bodies
from service.reading.pins import Pin
from tests.http.wires import corroborated, registered, reported
from tests.service.proposals import proposed
from tests.stores import KEPT

AS_OF = edtf.single("2026").ends


@pytest.fixture(params=KEPT.values(), ids=list(KEPT))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    with services(request.param(tmp_path / "kept")) as opened:
        yield opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent for a question."""
    statements: list[str] = []

    def listening(method: Any) -> Any:
        def told(self: Any, sql: str, *parameters: Any) -> Any:
            statements.append(sql)
            return method(self, sql, *parameters)

        return told

    for reader in (SQLiteReader, PostgresReader):
        for name in ("rows", "row"):
            monkeypatch.setattr(reader, name, listening(getattr(reader, name)))
    return statements


def append(store: Services, *events: dict[str, Any]) -> None:
    for event in events:
        store.appender.append(proposed(event))


def remembering(store: Services) -> AbstractContextManager[Snapshot]:
    """A snapshot of a connection that remembers, the same one each time."""
    return store.views.snapshot(5.0 if isinstance(store.views, SQLiteViews) else None)


def read(store: Services, at: int) -> bytes:
    """The development of position 2, as of the end."""
    with remembering(store) as snapshot:
        return bodies(snapshot, [2], Pin(AS_OF, at, None, pinned=True))[0]


def test_how_a_development_read_at_an_earlier_position_is_asked_for_once_and_told_of_no_later_one(
    store: Services, asked: list[str]
) -> None:
    renamed = {"type": "ActorRenamed", "actor": "aland", "name": "The Land"}
    append(store, registered("aland"), reported("d"), reported("other"), corroborated("d"), renamed)
    told = [read(store, at) for at in (3, 2, 4, 5, 3, 2, 4, 5)]
    assert told[:4] == told[4:]
    assert [told[0] == other for other in told[:4]] == [True, True, False, False]
    assert [b"The Land" in one for one in told[:4]] == [False, False, False, True]
    asked.clear()
    assert [read(store, at) for at in (2, 3, 4, 5)] == [told[0], *told[0:1], *told[2:4]]
    assert not [sql for sql in asked if "FROM version" in sql or "FROM actor" in sql]


def test_of_several_names_of_an_actor_each_is_told_where_it_was_so(store: Services) -> None:
    append(store, registered("aland"))
    append(store, *({"type": "ActorRenamed", "actor": "aland", "name": name} for name in ("B", "C")))
    for positions in ((1, 2, 3), (3, 2, 1), (2, 1, 3, 1)):
        with remembering(store) as snapshot:
            told = [snapshot.names(["aland"], at)["aland"] for at in positions]
        assert told == [(Named("Aland", 1), Named("B", 2), Named("C", 3))[at - 1] for at in positions]


def expected(store: Services, as_of: str) -> list[str]:
    with remembering(store) as snapshot:
        found = snapshot.expected(Filters(), Cut(edtf.single(as_of).ends, snapshot.head.position))
    return [place.id for place in found]


@pytest.mark.parametrize("handful", [500, 3])
def test_what_is_expected_is_found_whether_or_not_it_is_remembered_where(
    store: Services, monkeypatch: pytest.MonkeyPatch, asked: list[str], handful: int
) -> None:
    monkeypatch.setattr(where, "HANDFUL", handful)
    append(store, registered("aland"), reported("past"))
    assert expected(store, "2025-08") == []
    asked.clear()
    assert expected(store, "2025-09") == []
    assert not [sql for sql in asked if "listing" in sql]
    append(store, *(reported(f"p{year}", kind="plan", occurred=str(year)) for year in range(2026, 2030)))
    for _ in range(2):
        assert expected(store, "2025-08") == ["p2026", "p2027", "p2028", "p2029"]
        assert expected(store, "2027-08") == ["p2027", "p2028", "p2029"]
        assert expected(store, "2031") == []
