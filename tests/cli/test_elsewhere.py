"""An answer that is empty because of how it was asked says so."""

from __future__ import annotations

import pytest

from tests.cli.commands import STORY, run


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> str:
    store = f"sqlite:///{tmp_path_factory.mktemp('story')}/story.db"
    assert run("restore", str(STORY), "--store", store).exit_code == 0
    return store


@pytest.mark.parametrize("command", ["timeline", "timeline russia", "state", "changes --from 2025", "timeline --json"])
def test_a_name_that_nobody_has_is_told_beside_what_fits_it(story: str, command: str) -> None:
    result = run(*command.split(), "--actor", "Russia", "--actor", "Puttin", "--store", story)
    told = "there is no actor 'Puttin' in the log; `asof actors -q WORDS` looks for it among the names\n"
    assert (result.exit_code, result.stderr) == (0, told)
    assert result.stdout


def test_a_name_that_an_actor_has_only_later_is_told_by_its_cut(story: str) -> None:
    for cut in ("--at 1", "--recorded-as-of 2024-10-18"):
        told = run("timeline", "--actor", "Sergey Lavrov", *cut.split(), "--store", story).stderr
        assert told.startswith("there is no actor 'Sergey Lavrov' at this cut; ")


@pytest.mark.parametrize("command", ["development", "history"])
def test_of_what_is_known_later_it_is_told_from_when_on(story: str, command: str) -> None:
    result = run(command, "kim-backs-russia", "--as-of", "2025-01-01", "--store", story)
    told = "there is no development 'kim-backs-russia' at this cut: it is first known from 2025-07-14 00:00Z on"
    assert (result.exit_code, result.stderr) == (1, f"{told} (reported clock)\n")
    for cut in (("--at", "5"), ("--at", "5", "--as-of", "2025-01-01")):
        told = "there is no development 'kim-backs-russia' at this cut\n"
        assert run(command, "kim-backs-russia", *cut, "--store", story).stderr == told
