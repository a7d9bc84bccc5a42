"""Zones leave nothing out: lists cut into them are answered as by looking at every row, whatever happened to the rows.

Developments arrive in any order, late ones before others on both clocks; their rows end, are closed and drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.log.sqlite.log import SQLiteLog
from adapters.sqlite.database import Database
from adapters.views import bounds, zones
from adapters.views.questions import segments
from adapters.views.questions.sizes import Sizes
from adapters.views.reader import Reader
from adapters.views.sqlite.reader import SQLiteReader
from adapters.views.sqlite.views import SQLiteViews
from adapters.views.zones import ALL, COLUMNS, FIRST, LAST, by_knowledge
from domain.clocks import AFTER, Cut, Span
from domain.plane import Interval, Plane, Row
from domain.projections.timelines import NEVER, Listing, Overview
from domain.questions import Filters, Order, Place

ORDERS: tuple[Order, ...] = get_args(Order)
LIST = ("actor", "aland")
CASES = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

moments = st.integers(0, 7)
spans = st.one_of(
    st.just(NEVER),
    st.tuples(moments, moments).map(lambda pair: Span(min(pair), max(pair), open_end=False)),
    moments.map(lambda moment: Span(moment, None, open_end=True)),
)
kinds = st.sampled_from(("event", "plan", "forecast"))
statuses = st.sampled_from(("reported", "disputed", "retracted"))


class Told(NamedTuple):
    """What is said of a development from one position on: facts, each known since a moment until the next begins."""

    dev: int
    since: list[int]
    facts: list[tuple[Span, str, str, bool]]


@st.composite
def histories(draw: st.DrawFn) -> list[list[Told]]:
    """Transactions, each of some positions."""
    told = st.builds(
        Told,
        st.integers(1, 14),
        st.lists(moments, min_size=1, max_size=3, unique=True).map(sorted),
        st.lists(st.tuples(spans, kinds, statuses, st.booleans()), min_size=3, max_size=3),
    )
    return draw(st.lists(st.lists(told, min_size=1, max_size=6), min_size=1, max_size=8))


@pytest.fixture(autouse=True, params=[2, 4])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "ZONED", 3)
    monkeypatch.setattr(zones, "LARGEST", request.param)
    monkeypatch.setattr(zones, "LOOK_AGAIN", 1)
    monkeypatch.setattr(segments, "ROWS_A_ZONE", 1)


class Stored(NamedTuple):
    """Views of a history, and all its rows as they were drawn."""

    database: Database
    views: SQLiteViews
    rows: list[tuple[int, Row]]
    """Each with the number of its development."""
    head: int


@contextmanager
def stored(history: list[list[Told]]) -> Iterator[Stored]:
    database = Database(None)
    log, views = SQLiteLog(database), SQLiteViews(database)
    planes: dict[int, Plane] = {}
    rows: dict[tuple[int, int], tuple[int, Row]] = {}
    position = 0
    for transaction in history:
        with views.write() as writing:
            for told in transaction:
                position += 1
                if told.dev not in planes:
                    planes[told.dev] = Plane()
                    writing.development(told.dev, name(told.dev))
                plane = planes[told.dev]
                plane.at = position
                plane.redraw(intervals(told))
                drained = plane.drain()
                rows |= {(told.dev, row.no): (told.dev, row) for row in drained}
                writing.rows(told.dev, name(told.dev), drained)
            writing.position = position
    try:
        yield Stored(database, views, list(rows.values()), position)
    finally:
        log.close()


def name(dev: int) -> str:
    return f"d{dev * 7 % 15:02}"


def intervals(told: Told) -> Iterator[Interval]:
    first = told.since[0]
    for (begins, ends), (span, kind, status, listed) in zip(pairwise([*told.since, AFTER]), told.facts, strict=False):
        rank = AFTER if span.earliest is None or span is NEVER else span.earliest
        overview = Overview(rank, span.begins, span.ends, kind, status, first)  # type: ignore[arg-type]  # of strings
        yield Interval("overview", None, overview, begins, ends)
        if listed:
            yield Interval("listing", LIST, Listing(rank, first), begins, ends)


def visible(store: Stored, cut: Cut, kind: str) -> dict[int, Row]:
    return {dev: row for dev, row in store.rows if row.kind == kind and row.visible(*cut)}


def naive(store: Stored, filters: Filters, order: Order, cut: Cut) -> list[str]:
    """By looking at every row."""
    seen: dict[int, Overview] = {
        dev: row.payload  # type: ignore[misc]  # the payload of an overview
        for dev, row in visible(store, cut, "overview").items()
    }
    listed = visible(store, cut, "listing") if filters.actors else seen
    places = [
        Place(one.rank, one.first_known, name(dev), dev)
        for dev, one in seen.items()
        if dev in listed
        and filters.kind in (None, one.kind)
        and filters.status in (None, one.status)
        and (filters.known_since is None or one.first_known >= filters.known_since)
        and (filters.occurred is None or (one.rank, one.begins) != (AFTER, AFTER))
        and (filters.occurred is None or Span(one.begins, one.ends, open_end=False).overlaps(filters.occurred))
    ]
    return [place.id for place in sorted(places, key=segments.KEYS[order])]


@st.composite
def asked(draw: st.DrawFn) -> Filters:
    return Filters(
        actors=draw(st.sampled_from([(), (LIST[1],)])),
        kind=draw(st.one_of(st.none(), kinds)),
        status=draw(st.one_of(st.none(), statuses)),
        occurred=draw(st.none() | st.tuples(moments, moments).map(lambda p: Span(min(p), max(p), open_end=True))),
        known_since=draw(st.none() | moments),
    )


@CASES
@given(histories(), st.data())
def test_pages_of_a_list_in_zones_are_those_of_all_its_rows(history: list[list[Told]], data: st.DataObject) -> None:
    with stored(history) as store, store.views.snapshot() as snapshot:
        for _ in range(6):
            cut = Cut(data.draw(st.integers(-1, 8)), data.draw(st.integers(0, store.head)))
            filters = data.draw(st.just(Filters()) | st.just(Filters(actors=(LIST[1],))) | asked())
            for order in ORDERS:
                expected = naive(store, filters, order, cut)
                limit = data.draw(st.integers(1, 4))
                found: list[Place] = []
                while page := snapshot.page(filters, order, cut, limit, found[-1] if found else None):
                    assert len(page) <= limit
                    found += page
                assert [place.id for place in found] == expected, (filters, order, cut)
                assert [place.id for place in snapshot.page(filters, order, cut, -1, None)] == expected


@CASES
@given(histories(), st.data())
def test_counts_and_sizes_are_those_of_all_rows(history: list[list[Told]], data: st.DataObject) -> None:
    with stored(history) as store, reading(store) as reader, store.views.snapshot() as snapshot:
        list_ = reader.term(*LIST)
        for _ in range(6):
            cut = Cut(data.draw(st.integers(-1, 8)), data.draw(st.integers(0, store.head)))
            filters = data.draw(asked())
            # Without any of these it is no list that is gone through: see the oracle for those sums of steps.
            filters = filters if filters.actors or filters.occurred else filters._replace(known_since=0)
            assert sum(snapshot.counts(filters, cut).kind.values()) == len(naive(store, filters, "known", cut))
            assert Sizes(reader, cut).of([list_]).get(list_, 0) == len(visible(store, cut, "listing"))


@CASES
@given(histories())
def test_zones_lie_side_by_side_and_hold_what_their_rows_say(history: list[list[Told]]) -> None:
    with stored(history) as store, reading(store) as reader:
        for list_ in (ALL, by_knowledge(ALL), reader.term(*LIST), by_knowledge(reader.term(*LIST))):
            sql = f"SELECT {', '.join(COLUMNS)} FROM zone WHERE list = {list_} ORDER BY lo_rank, lo_id"
            cut = [zones.Zone.of(row) for row in reader.rows(sql)]
            assert [(one.hi, other.lo) for one, other in pairwise(cut)] == [(one.hi, one.hi) for one in cut[:-1]]
            assert not cut or (cut[0].lo, cut[-1].hi) == (FIRST, LAST)
            for zone in cut:
                assert_holds(zone, [row for dev, row in store.rows if zone.lo <= key(list_, dev, row) < zone.hi])


def key(list_: int, dev: int, row: Row) -> tuple[int, str]:
    """The key of a row in a list; beyond all others where it does not stand in it."""
    if (row.kind == "overview") != (list_ in (ALL, by_knowledge(ALL))):
        return LAST
    told = row.payload
    assert isinstance(told, Overview | Listing)
    return (told.rank if list_ >= ALL else told.first_known, name(dev))


def assert_holds(zone: zones.Zone, rows: list[Row]) -> None:
    endings = [bounds.ending(row.known_to, row.superseded_at, row.recorded_to) for row in rows]
    assert (zone.size, zone.ended) == (len(rows), len(endings) - endings.count(None))
    assert all(known <= zone.known_by and recorded <= zone.recorded_by for known, recorded in filter(None, endings))
    for row in rows:
        assert zone.known_from <= row.known_from <= zone.known_by
        assert zone.recorded_from <= row.recorded_from <= zone.recorded_by
        if isinstance(row.payload, Overview):
            assert zone.begins <= row.payload.begins
            assert zone.ends >= row.payload.ends
            told = bounds.kinds(row.payload.kind, row.payload.status)
            assert zone.kinds & told == told


@contextmanager
def reading(store: Stored) -> Iterator[Reader]:
    with store.database.read() as connection:
        yield SQLiteReader(connection)
