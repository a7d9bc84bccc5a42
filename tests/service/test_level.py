"""Views that most of a long log is missing from are built anew where the store is opened or restored; others go on."""

from __future__ import annotations

import logging
from pathlib import Path
from unittest.mock import Mock

import pytest

from adapters.ids import TimeOrderedIds
from domain.ports import Unavailable
from service import story
from service.compose import services
from service.rebuilding import rebuild
from service.restore import Restorer
from service.stores import log_of
from tests.service.kept_store import Kept, tables
from tests.stores import KEPT

LAST = 127


@pytest.fixture(params=KEPT)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return Kept(KEPT[request.param](tmp_path / "level"))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """How often views were built anew; a log of a hundred events is a long one."""
    monkeypatch.setattr(rebuild, "LONG", 100)
    spy = Mock(wraps=rebuild.rebuild)
    monkeypatch.setattr(rebuild, "rebuild", spy)
    return spy


def restored(kept: Kept) -> list[int]:
    """Restore the story, and give the positions that were told of the views."""
    shown: list[int] = []
    with services(kept.url) as inside:
        inside.restorer.restore(story.lines(), shown=shown.append)
        assert not inside.restorer.showing
    return shown


def test_a_long_log_that_is_restored_is_shown_as_one_that_was_followed(
    empty: Kept, tmp_path: Path, built: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert restored(empty)[-1] == LAST
    assert built.call_count == 1
    anew = tables(empty)
    monkeypatch.setattr(rebuild, "LONG", LAST + 1)
    scheme = "sqlite-file" if empty.url.startswith("sqlite") else "postgres"
    other = Kept(KEPT[scheme](tmp_path / "other"))
    assert restored(other) == []
    assert built.call_count == 1
    assert anew == tables(other)


def test_a_store_whose_views_are_empty_is_opened_with_new_ones(empty: Kept, built: Mock) -> None:
    with services(empty.url):
        pass
    with log_of(empty.url) as log:
        Restorer(log, TimeOrderedIds()).restore(story.lines())
    with services(empty.url, projects=False):
        pass
    with services(empty.url) as inside, inside.views.snapshot() as snapshot:
        assert snapshot.head.position == LAST
    with services(empty.url):
        pass
    assert built.call_count == 1


def test_what_cannot_be_built_anew_is_followed(empty: Kept, built: Mock, caplog: pytest.LogCaptureFixture) -> None:
    built.side_effect = Unavailable("somebody else builds them")
    with caplog.at_level(logging.INFO, "asof.views"):
        assert restored(empty) == []
    assert "another process" in caplog.text
    with services(empty.url) as inside, inside.views.snapshot() as snapshot:
        assert snapshot.head.position == LAST
