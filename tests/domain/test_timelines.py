"""What is expected at a moment stands in one of the few lists that are looked into for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.clocks import AFTER, SECOND
from domain.projections.timelines import block, blocks

FIRST, LAST = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND
"""The beginning of the year 1, the end of the year 9999."""
moments = st.integers(FIRST, LAST)


@given(st.tuples(moments, moments, moments).map(sorted))
def test_what_lasts_beyond_a_moment_is_in_a_list_of_the_moment(three: list[int]) -> None:
    begins, asked, ends = three
    if asked < ends:
        assert block(begins, ends) in blocks(asked)


@given(moments, moments)
def test_what_never_ends_is_in_a_list_of_every_moment(begins: int, asked: int) -> None:
    assert block(begins, AFTER) in blocks(asked)


@given(moments, moments)
def test_what_ends_before_it_is_known_is_in_no_list(one: int, other: int) -> None:
    assert block(max(one, other), min(one, other)) is None


@given(moments)
def test_a_moment_has_few_lists_and_each_once(asked: int) -> None:
    assert len(set(blocks(asked))) == len(blocks(asked)) == 24
