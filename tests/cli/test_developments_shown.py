"""Developments in tables: where a report can be read, what an amendment changed, on which clock each date is."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.commands import ALAND, TALKS, lines, run

URL = "https://news.example/world/2025/07/02/talks-begin-between-aland-and-borduria-in-the-capital-after-a-year"
TOLD = {
    **TALKS,
    "report": {
        "source": "Reuters",
        "reported": "2025-07-02",
        "url": URL,
        "grade": "C3",
        "quote": {"exact": "we begin today"},
        "figures": [{"metric": "delegates", "point": 12, "as_at": "2025-07-01"}],
    },
}
AMENDED = {
    "type": "DevelopmentAmended",
    "id": "d2",
    "development": "talks",
    "reason": "a typing error",
    "changes": {"topics": ["talks"]},
    "report": {
        "reported": "2025-07-03",
        "grade": "B2",
        "url": None,
        "quote": {"exact": "we began"},
        "figures": [{"metric": "delegates", "low": 10, "as_at": "2025-07-01"}],
    },
}
CLEARED = {**AMENDED, "id": "d3", "changes": None, "report": {"figures": None}}


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/talks.db"
    assert run("append", "-", "--store", url, given=lines(ALAND, TOLD)).exit_code == 0
    return url


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_a_report_shows_where_it_can_be_read_and_what_it_quotes(store: str, columns: int) -> None:
    shown = run("development", "talks", "--store", store, columns=columns).stdout
    assert URL in "".join(shown.split())
    assert "“we begin today”" in shown
    assert "Reuters C3: reported" in shown
    assert max(map(len, shown.splitlines())) <= columns


def test_an_amendment_shows_what_it_changed_and_in_which_entry(store: str) -> None:
    assert run("append", "-", "--store", store, given=lines(AMENDED, CLEARED)).exit_code == 0
    told = run("history", "talks", "--store", store).stdout
    shown = [line.rstrip().split("  ")[-1].strip() for line in told.splitlines()]
    begin = shown.index("amended")
    assert shown[begin + 1 : begin + 9] == [
        "amends d1",
        "reported now: 2025-07-03 (reported clock)",
        "grade now: B2",
        "url now: –",
        "quote now: we began",
        "figures now: delegates ≥ 10 as at 2025-07-01 (occurred clock)",
        "changes topics",
        "a typing error",
    ]
    assert shown[-4:] == ["amends d1", "figures now: –", "a typing error", "d3"]


@pytest.mark.parametrize(
    ("command", "labels"),
    [
        ("events", ["recorded recorded", "reported reported"]),
        ("development talks", ["known from reported", "reported reported", "as at occurred"]),
        ("timeline", ["occurred occurred", "first known reported"]),
        ("history talks", ["known from reported", "recorded recorded"]),
    ],
)
def test_every_column_of_dates_says_which_clock_it_is_on(store: str, command: str, labels: list[str]) -> None:
    told = run(*command.split(), "--store", store).stdout.splitlines()
    found = []
    for first, second in pairwise(told):
        for label in re.finditer(r"\S+(?: \S+)*", first):
            clock = re.match(r"\((\w+)", second[label.start() :])
            found += [f"{label[0]} {clock[1]}"] if clock else []
    assert set(labels) <= set(found)


def test_dates_outside_of_columns_say_which_clock_they_are_on(store: str) -> None:
    assert "Reuters, reported 2025-07-02 (reported clock)\n" in re.sub(
        " +\n", "\n", run("history", "talks", "--store", store).stdout
    )
    assert re.search(r"occurred \(occurred clock\) +2025-07-01", run("development", "talks", "--store", store).stdout)
    assert re.match(r"Recorded by \S+ \S+ \(recorded clock, position 2\)\.\n", run("events", "--store", store).stdout)
