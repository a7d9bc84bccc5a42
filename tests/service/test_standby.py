"""A standby that cannot be reached: who waited for the try of another is told at once, and others try again."""

from __future__ import annotations

import threading
import time

import pytest

from domain.ports import Unavailable, Views
from domain.processes import Following
from service.compose import services
from service.standby import Standby


def test_of_many_who_ask_for_a_standby_that_is_away_one_tries_and_all_are_told() -> None:
    tried: list[int] = []
    told: list[str] = []

    def connect() -> tuple[Views, Following]:
        tried.append(1)
        time.sleep(0.5)
        raise Unavailable("no answer")

    copy = Standby(connect)

    def ask() -> None:
        with pytest.raises(Unavailable) as away:
            copy.snapshot()
        told.append(str(away.value))

    asking = [threading.Thread(target=ask) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert (len(tried), len(told), told.count("no answer")) == (1, 8, 1)


def test_a_standby_that_came_back_is_found_at_once() -> None:
    with services("sqlite://") as store:
        faults = [Unavailable("no answer")]

        def connect() -> tuple[Views, Following]:
            if faults:
                raise faults.pop()
            return store.views, store.visibility._following  # noqa: SLF001

        copy = Standby(connect)
        with pytest.raises(Unavailable):
            copy.snapshot()
        with copy.snapshot() as snapshot:
            assert snapshot.head.position == 0
