"""Lists and latest figures in every adapter, where there are several ways to have them."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

import pytest

from adapters.views import cache, zones
from adapters.views.questions import latest, segments
from adapters.views.questions.latest import Latest, Ranked
from domain.clocks import AFTER, Cut
from domain.ports import EventLog, Views
from domain.questions import Filters
from service.projecting.projector import Projector
from tests.contracts.views.telling import REPORT, figure, tell


@pytest.mark.parametrize(("still", "times"), [(100, 1), (3, 2)])
def test_zones_of_a_list_that_has_none_are_not_looked_for_behind_every_append(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch, still: int, times: int
) -> None:
    monkeypatch.setattr(cache, "STILL_SHORT", still)
    looked, asked, remembers = [], segments._asked, False  # noqa: SLF001 (whether zones are looked for)

    def told(list_: int, *given: Any) -> Any:
        looked.append(list_)
        return asked(list_, *given)

    monkeypatch.setattr(segments, "_asked", told)
    names = [f"d{n}" for n in range(6)]
    for n, name in enumerate(names):
        tell(log, {"development": name, "headline": "H", "topics": ["t"]})
        Projector(log, views).catch_up()
        with views.snapshot() as snapshot:
            page = snapshot.page(Filters(topic="t"), "occurred", Cut(AFTER, n + 1), 10, None)
            assert [place.id for place in page] == names[: n + 1]
            remembers = snapshot.recall([], Cut(AFTER, n + 1)) is not None
    assert len(looked) == (times if remembers else len(names))


def test_latest_figures_of_what_is_let_through_are_the_same_along_claims_and_along_lists(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zones, "ZONED", 4)
    monkeypatch.setattr(zones, "LARGEST", 4)
    monkeypatch.setattr(zones, "LOOK_AGAIN", 1)
    monkeypatch.setattr(latest, "SOME", 2)
    monkeypatch.setattr(latest, "MORE", 5)
    along, let_through = [], Latest._let_through  # noqa: SLF001 (whether it was found so)

    def told(self: Latest, filters: Filters) -> Collection[Ranked] | None:
        found = let_through(self, filters)
        along.append(found is not None)
        return found

    monkeypatch.setattr(Latest, "_let_through", told)
    chance = random.Random(3)
    tell(
        log,
        *(
            {
                "development": f"d{n:03}",
                "headline": "H",
                "kind": "plan" if n % 3 else "event",
                "topics": [f"t{n % 2}"] if n < 150 else ["t2"],
                "report": {**REPORT, "figures": [figure(chance) for _ in range(chance.randrange(4))]},
            }
            for n in range(200)
        ),
    )
    Projector(log, views).catch_up()
    asked = [Filters(kind="event"), Filters(topic="t1"), Filters(topic="t2"), Filters(kind="event", topic="t0")]
    cuts = [Cut(AFTER, at) for at in (200, 120, 60)]
    found = {}
    for long in (1, 1_000):
        monkeypatch.setattr(segments, "LONG", long)
        with views.snapshot() as snapshot:
            found[long] = [snapshot.latest(cut, None, filters) for cut in cuts for filters in asked]
    assert found[1] == found[1_000]
    assert all(found[1][:4])
    assert set(along) == {True, False}
