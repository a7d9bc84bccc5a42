"""The peers hold the same story as asof and are asked the same, those at least that need no server of their own."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import check, mariadb_server, states, temporal
from benchmarks.peers.asked import Asked, Store, Tuples, compared, marks, questions
from benchmarks.peers.events_postgres import EventsInPostgres
from benchmarks.peers.events_sqlite import EventsInSQLite
from benchmarks.peers.ours import Ours
from benchmarks.peers.story import story
from benchmarks.peers.temporal import Dialect
from service.compose import services
from tests.postgres import store_at

_NEVER = "9999-12-31 00:00:00"
COUNT, ACTORS = 3_000, 800
ASKED = list(questions(*marks(story(COUNT, ACTORS), COUNT)))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    with services(f"sqlite:///{tmp_path_factory.mktemp('ours') / 'asof.db'}") as inside:
        store = Ours("asof", inside)
        store.load(COUNT, ACTORS)
        yield store


class Bitemporal:
    """The tables of states without a server that has such tables: every row with its two periods, in SQLite."""

    name = "states"
    _DIALECT = Dialect(
        as_recorded="(SELECT * FROM past_{} WHERE recorded_from <= :recorded AND recorded_to > :recorded)".format,
        has_word="' ' || replace(lower(d.words), '.', ' ') || ' ' LIKE '% ' || :subject || ' %'",
        value=":{}".format,
    )

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        for table, columns in states.TABLES.items():
            self._connection.execute(f"CREATE TABLE past_{table} ({', '.join((*columns, *states.CLOCKS))})")
            self._connection.execute(
                f"CREATE VIEW {table} AS SELECT * FROM past_{table} WHERE recorded_to = '{_NEVER}'"
            )
        for table, row in states.rows(story(COUNT, ACTORS)):
            values = [_NEVER if value is None else _text(value) for value in row]
            self._connection.execute(f"INSERT INTO past_{table} VALUES ({', '.join('?' * len(values))})", values)
        self._connection.execute("CREATE INDEX of_timeline ON past_timeline (actor)")
        self._connection.execute("CREATE INDEX of_development ON past_development (development)")

    def ask(self, asked: Asked) -> Any:
        values = {name: _text(value) for name, value in asked.values.items()}
        return self._connection.execute(temporal.statement(asked, self._DIALECT), values).fetchall()

    def told(self, asked: Asked, answer: Any) -> Tuples:
        if asked.kind in ("page", "search", "one", "learned"):
            answer = [(*row[:9], row[9].replace(" ", "T"), *row[10:]) for row in answer]
        return compared(asked, answer)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return str(value.replace(tzinfo=None))
    return str(value) if isinstance(value, date) else value


class Forgetful:
    """A store that leaves the last item of every answer away."""

    name = "forgetful"

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, asked: Asked) -> Any:
        return self._store.ask(asked)

    def told(self, asked: Asked, answer: Any) -> Tuples:
        return self._store.told(asked, answer)[:-1]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_question_of_the_comparison_has_an_answer_whose_loss_would_be_noticed(asked: Asked, ours: Ours) -> None:
    with pytest.raises(AssertionError, match="forgetful tells"):
        check(asked, [ours, Forgetful(ours)])


def test_an_events_table_in_sqlite_answers_as_asof(ours: Ours, tmp_path: Path) -> None:
    with closing(EventsInSQLite(tmp_path / "events.db")) as events:
        events.load(story(COUNT, ACTORS))
        for asked in ASKED:
            check(asked, [ours, events])


def test_an_events_table_in_postgres_answers_as_asof(ours: Ours, tmp_path: Path) -> None:
    with closing(EventsInPostgres(store_at(tmp_path))) as events:
        events.load(story(COUNT, ACTORS))
        for asked in ASKED:
            check(asked, [ours, events])


def test_the_states_that_temporal_tables_are_given_answer_as_asof(ours: Ours) -> None:
    tables = Bitemporal()
    for asked in ASKED:
        check(asked, [ours, tables])


def test_a_late_report_is_recorded_behind_later_ones_but_never_before_the_first_of_its_development() -> None:
    seen: set[str] = set()
    known: list[datetime] = []
    for told in story(COUNT, ACTORS):
        assert (told.event["type"] == "DevelopmentReported") == (told.event["development"] not in seen)
        assert told.known < told.recorded
        seen.add(told.event["development"])
        known.append(told.known)
    late = sum(earlier > later for earlier, later in pairwise(known))
    assert COUNT / 16 < late < COUNT / 8


def test_a_server_that_is_not_installed_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert mariadb_server.missing() == "apt install mariadb-server"
