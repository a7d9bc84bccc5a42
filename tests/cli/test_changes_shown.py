"""Changes in a table: each row shows what belongs to its kind of change, and the events behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import ALAND, STORY, TALKS, lines, run

BORDURIA = {**ALAND, "id": "a2", "actor": "borduria", "name": "Borduria"}
OTHER = {
    "type": "DevelopmentCorroborated",
    "id": "d2",
    "development": "talks",
    "report": {
        "source": "AP",
        "reported": "2025-07-03",
        "figures": [{"metric": "delegates", "point": 12, "as_at": "2025-07-01"}],
    },
}
CONFIRMED = {
    "type": "DevelopmentConfirmed",
    "id": "d3",
    "development": "talks",
    "by": "aland",
    "report": {"source": "Aland News", "reported": "2025-07-04"},
}
WITHDRAWN = {
    "type": "ReportWithdrawn",
    "id": "d4",
    "development": "talks",
    "withdraws": ["d2"],
    "reason": "a mistake",
    "report": {"source": "AP", "reported": "2025-07-05"},
}
REINSTATED = {
    "type": "ReportReinstated",
    "id": "d5",
    "development": "talks",
    "reinstates": ["d2"],
    "reason": "no mistake",
    "report": {"source": "AP", "reported": "2025-07-06"},
}
ALSO_CONFIRMED = {**CONFIRMED, "id": "d6", "by": "borduria", "report": {"source": "B", "reported": "2025-07-07"}}
AMENDED = {
    "type": "DevelopmentAmended",
    "id": "d7",
    "development": "talks",
    "reason": "a typing error",
    "changes": {"headline": "Talks have begun"},
}


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> str:
    store = f"sqlite:///{tmp_path_factory.mktemp('talks')}/talks.db"
    given = lines(ALAND, BORDURIA, TALKS, OTHER, CONFIRMED, WITHDRAWN, REINSTATED, ALSO_CONFIRMED, AMENDED)
    assert run("append", "-", "--store", store, given=given).exit_code == 0
    return store


def rows(store: str, *arguments: str) -> list[list[str]]:
    """What the last column says, row by row."""
    shown = run("changes", *arguments, "--store", store, columns=200).stdout
    _, _, table = shown.partition("─\n")
    found: list[list[str]] = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.rstrip().split("  ") if cell.strip()]
        if not line.startswith(" "):
            found.append([cells[0]])
        found[-1] += [cell for cell in cells if cell not in ("talks", "Talks begin", "Talks have begun", found[-1][0])]
    return found


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        (
            ("2025-07-02", "2025-07-04"),
            [["confirmed", "reported → confirmed", "aland now confirms", "d2", "d3"], ["figure", "delegates"]],
        ),
        (
            ("2025-07-04", "2025-07-05"),
            [["withdrawn", "d4 withdraws d2", "confirmed, 3 → 2 sources"], ["figure", "delegates"]],
        ),
        (
            ("2025-07-05", "2025-07-06"),
            [
                ["corroborated", "confirmed, 2 → 3 sources", "d5"],
                ["reinstated", "d5 reinstates d2"],
                ["figure", "delegates"],
            ],
        ),
        (
            ("2025-07-06", "2025-07-07"),
            [["confirmed", "borduria now confirms", "d6"], ["corroborated", "confirmed, 3 → 4 sources"]],
        ),
        (("2025-07-01", "2025-07-07"), [["learned", "now confirmed, 4 sources", "d1", "d2", "d3", "and 3 more"]]),
    ],
    ids=["confirmed", "withdrawn", "reinstated", "a further party", "learned"],
)
def test_a_row_shows_what_belongs_to_its_change(talks: str, dates: tuple[str, str], shown: list[list[str]]) -> None:
    told = rows(talks, "--from", dates[0], "--to", dates[1])
    assert [[cell.partition(" · ")[0] for cell in row] for row in told] == shown


def test_an_amendment_shows_what_no_other_row_does(talks: str) -> None:
    (row,) = rows(talks, "--from-at", "8", "--to-at", "9")
    assert row == ["amended", "d7 amends the first entry", "headline: Talks begin", "→ Talks have begun"]
    *_, told = rows(talks, "--from-at", "3", "--to-at", "9", "--as-of", "2025-07-04")
    assert not [cell for cell in told if "sources" in cell or "delegates" in cell]


def test_a_withdrawal_of_everything_is_told_as_it_is(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/all.db"
    everything = {**WITHDRAWN, "withdraws": "*"}
    assert run("append", "-", "--store", store, given=lines(ALAND, TALKS, everything)).exit_code == 0
    (row,) = rows(store, "--from", "2025-07-04", "--to", "2025-07-05")
    assert row == ["withdrawn", "d4 withdraws all recorded before it", "reported → retracted"]


def test_the_acts_of_the_story_are_named(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/story.db"
    assert run("restore", str(STORY), "--store", store).exit_code == 0
    shown = run("changes", "--from-at", "58", "--to-at", "62", "--store", store).stdout
    assert "evt-2025-06-03-idn-figures amends" in shown
    assert "dprk-wounded · nis · as at 2025-04-30 (occurred clock): ~4,700 → 4,100" in " ".join(shown.split())
