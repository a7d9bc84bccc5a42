"""However little one turn allows, catching up ends level with the log."""

from __future__ import annotations

import pytest

from service import project, story
from service.compose import services
from service.project import Projector
from service.replay.ledger import Ledger


@pytest.mark.parametrize("page", [1, 10, 200])
@pytest.mark.parametrize("turn", [0.25, -1.0], ids=["whole pages", "an event a turn"])
def test_catching_up_ends_at_the_end_of_the_log(page: int, turn: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with services("sqlite://") as inside:
        inside.restorer.restore(story.lines())
        monkeypatch.setattr(project, "PAGE", page)
        monkeypatch.setattr(project, "LONGEST_TURN", turn)
        monkeypatch.setattr(project, "BETWEEN_TURNS", 0)
        assert Projector(inside.log, Ledger(inside.log)).catch_up() == 127
