"""As of which dates a page stays the same: as of every date between them it is, whatever the list and the order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from domain.clocks import Cut
from domain.ports import Snapshot
from domain.questions import Filters, Order, Place
from service.compose import services
from tests.oracle import material
from tests.oracle.asking import cuts
from tests.oracle.histories import history
from tests.stores import STORES

HISTORIES = 8
LISTS = (
    Filters(),
    *(Filters(actors=(actor,)) for actor in material.ACTORS[:2]),
    *(Filters(topic=topic) for topic in material.TOPICS[:2]),
    Filters(source=material.SOURCES[0]),
    Filters(metric=material.METRICS[0]),
)
ORDERS: tuple[Order, ...] = ("occurred", "-occurred", "known", "-known")


def page(snapshot: Snapshot, listed: Filters, order: Order, cut: Cut, limit: int) -> tuple[object, list[Place]]:
    """How the first page reads and whether another follows; its places with the one behind."""
    places = list(snapshot.page(listed, order, cut, limit + 1, None))
    versions = snapshot.versions([place.dev for place in places[:limit]], cut)
    return ([[version[0], *version[4:]] for version in versions], len(places) > limit), places


@pytest.mark.parametrize("store", STORES)
def test_between_the_dates_nothing_changes(store: str, tmp_path: Path) -> None:
    told = 0
    for seed in range(HISTORIES):
        random = Random(seed)
        log = history(random, 24)
        moments = [moment for moment in cuts(log) if moment is not None]
        with services(STORES[store](tmp_path / str(seed))) as inside:
            inside.restorer.restore(enumerate(log, 1))
            with inside.views.snapshot() as snapshot:
                for listed in LISTS:
                    order, limit, at = random.choice(ORDERS), random.choice((1, 2, 9)), random.randint(1, len(log))
                    pages = {as_of: page(snapshot, listed, order, Cut(as_of, at), limit) for as_of in moments}
                    for as_of, (read, places) in pages.items():
                        upto = places[limit] if len(places) > limit else None
                        lasting = snapshot.lasts(listed, order, Cut(as_of, at), places[:limit], upto)
                        assert lasting is not None
                        assert lasting.has(as_of)
                        same = [other for other in moments if lasting.has(other)]
                        assert all(pages[other][0] == read for other in same), (seed, listed, order, limit, at, as_of)
                        told += len(same) - 1
    assert told > 0


def test_of_parts_of_lists_and_of_long_ways_nothing_is_told(tmp_path: Path) -> None:
    log = history(Random(1), 24)
    with services("sqlite://") as inside:
        inside.restorer.restore(enumerate(log, 1))
        with inside.views.snapshot() as snapshot:
            cut = Cut(max(moment for moment in cuts(log) if moment is not None), len(log))
            assert snapshot.lasts(Filters(kind="event"), "occurred", cut, [], None) is None
            assert snapshot.lasts(Filters(words=("talks",)), "occurred", cut, [], None) is None
            with pytest.MonkeyPatch.context() as short:
                short.setattr("adapters.views.questions.developments.LOOKED_AT", 1)
                assert snapshot.lasts(Filters(), "occurred", cut, [], None) is None
