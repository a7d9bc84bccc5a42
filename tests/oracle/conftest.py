"""Lists of a few rows are kept here as those of many thousands are."""

from __future__ import annotations

import pytest

from adapters.views import tally, zones
from adapters.views.postgres import storing as postgres_storing
from adapters.views.postgres import writing as postgres_writing
from adapters.views.questions import developments, latest, segments, where
from adapters.views.questions import words as wordings
from service.projecting import projector


@pytest.fixture(autouse=True)
def small_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories are short: cut their lists and pages as if they were long, and take what a few say for common."""
    monkeypatch.setattr(zones, "ZONED", 4)
    monkeypatch.setattr(zones, "LARGEST", 4)
    monkeypatch.setattr(zones, "LOOK_AGAIN", 1)
    monkeypatch.setattr(segments, "ROWS_A_ZONE", 2)
    monkeypatch.setattr(developments, "RARE", 2)
    monkeypatch.setattr(developments, "COMMON", 3)
    monkeypatch.setattr(wordings, "MOST_TEXTS", 2)
    monkeypatch.setattr(wordings, "SURE", 2)
    monkeypatch.setattr(wordings, "FARTHEST", 12)
    monkeypatch.setattr(wordings, "WORTH", 1_000)
    monkeypatch.setattr(projector, "HANDED_ON", 2)
    monkeypatch.setattr(postgres_writing, "TOGETHER", 2)
    monkeypatch.setattr(postgres_storing, "ROWS_A_STATEMENT", 2)
    monkeypatch.setattr(latest, "HANDFUL", 4)
    monkeypatch.setattr(where, "HANDFUL", 4)
    monkeypatch.setattr(latest, "HANDFUL_OF_METRICS", 2)
    monkeypatch.setattr(latest, "FEW", 4)
    monkeypatch.setattr(latest, "FOR_EACH", 1)
    monkeypatch.setattr(latest, "MANY", 6)
    monkeypatch.setattr(latest, "TOGETHER", 1)
    monkeypatch.setattr(segments, "LONG", 1)
    monkeypatch.setattr(latest, "SOME", 1)
    monkeypatch.setattr(latest, "MORE", 2)
    monkeypatch.setattr(tally, "BLOCKS", (4, 3, 1))
    monkeypatch.setattr(tally, "SMALLEST", 1)
    monkeypatch.setattr(tally, "GROUP", 1)
