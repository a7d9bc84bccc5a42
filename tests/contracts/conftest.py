from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ports import EventLog
from tests.contracts.logs import ADAPTERS, Place


@pytest.fixture(params=ADAPTERS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, tmp_path)


@pytest.fixture(params=[name for name, adapter in ADAPTERS.items() if adapter.kept])
def kept_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, tmp_path)


@pytest.fixture
def log(place: Place) -> Iterator[EventLog]:
    log = place.open()
    yield log
    log.close()
