from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ports import EventLog, Views
from tests.contracts.views.adapters import ADAPTERS, KEPT, Opened, Place


@pytest.fixture(params=ADAPTERS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    with Place(request.param, tmp_path).open() as opened:
        yield opened


@pytest.fixture
def log(opened: Opened) -> EventLog:
    return opened[0]


@pytest.fixture
def views(opened: Opened) -> Views:
    return opened[1]


@pytest.fixture(params=KEPT)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Opened, Opened]]:
    place = Place(request.param, tmp_path)
    with place.open() as one, place.open() as other:
        yield one, other
