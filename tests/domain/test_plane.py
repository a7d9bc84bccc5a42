"""Rows on the plane of the two clocks answer as the facts they were drawn from."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.clocks import AFTER
from domain.plane import FOREVER, Interval, Intervals, Plane, Row

Fact = tuple[str, int, int]
"""Payload, known from, known to."""


@st.composite
def pictures(draw: st.DrawFn) -> list[list[Interval]]:
    """What each of a few positions sees: for two keys, intervals that follow each other."""
    seen: list[list[Interval]] = []
    for _ in range(draw(st.integers(1, 5))):
        intervals: list[Interval] = []
        for key in ("k", "l"):
            ends: list[int] = sorted(draw(st.sets(st.integers(0, 6), max_size=4)))
            lasting = draw(st.booleans())
            bounds = [*ends, AFTER] if ends and lasting else ends
            intervals += [Interval("f", key, draw(st.sampled_from("ab")), a, b) for a, b in pairwise(bounds)]
        seen.append(intervals)
    return seen


def visible(rows: list[Row], as_of: int, at: int) -> list[tuple[object, object]]:
    return sorted((str(row.key), str(row.payload)) for row in rows if row.visible(as_of, at))


@given(pictures())
def test_every_position_sees_its_own_picture_for_ever(seen: list[list[Interval]]) -> None:
    plane, rows = Plane(), {}
    for at, picture in enumerate(seen, 1):
        plane.at = at
        plane.redraw(picture)
        rows.update({row.no: row for row in plane.drain()})
    for at, picture in enumerate(seen, 1):
        for as_of in range(8):
            expected = sorted((str(i.key), str(i.payload)) for i in picture if i.known_from <= as_of < i.known_to)
            assert visible(list(rows.values()), as_of, at) == expected


@given(st.lists(st.dictionaries(st.sampled_from("klm"), st.sampled_from("ab"), max_size=3), min_size=1, max_size=6))
def test_a_history_in_order_is_drawn_the_same_step_by_step_and_at_once(states: list[dict[str, str]]) -> None:
    steps, whole, intervals = Plane(), Plane(), Intervals()
    stepped: dict[int, Row] = {}
    for at, state in enumerate(states, 1):
        steps.at = at
        facts: dict[Hashable, object] = dict(state.items())
        steps.put_all(at * 10, "f", facts)
        intervals.put_all(at * 10, "f", facts)
        stepped |= {row.no: row for row in steps.drain()}
    whole.at = len(states)
    whole.redraw(intervals.all())
    rows = whole.drain()
    for as_of in range(5, len(states) * 10 + 10, 5):
        assert visible(rows, as_of, len(states)) == visible(list(stepped.values()), as_of, len(states))


def test_a_fact_that_ends_in_order_keeps_its_one_row_and_earlier_positions_see_it_without_end() -> None:
    plane = Plane()
    plane.at = 1
    plane.put(10, "f", "k", "a")
    plane.drain()
    plane.at = 2
    plane.put(20, "f", "k", "b")
    ended, fresh = plane.drain()
    assert (ended.known_to, ended.superseded_at, ended.recorded_to) == (20, 2, FOREVER)
    assert ended.visible(25, 1)
    assert not ended.visible(25, 2)
    assert fresh.visible(25, 2)


def test_a_row_that_was_never_seen_is_never_handed_out() -> None:
    plane = Plane()
    plane.at = 1
    plane.put(10, "f", "k", "a")
    plane.put(10, "f", "k", "b")
    assert [row.payload for row in plane.drain()] == ["b"]
