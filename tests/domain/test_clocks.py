"""Spans and cuts: the only comparisons of moments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import edtf
from domain.clocks import AFTER, BEFORE, Cut, Span, instant_of, knowledge, show

NOON = edtf.single("2025-07-12T12:00:00Z").begins


def span(text: str) -> Span:
    return edtf.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("2025-07", "2025-07-12", True),
        ("2025-07-11", "2025-07-12", False),
        ("2025-07-12T00:00:00Z", "2025-07-12", True),
        ("2025-07-13T00:00:00Z", "2025-07-12", False),
        ("2025-07-12T12:00:00Z", "2025-07-12T12:00:00Z", True),
        ("2025-07-12T12:00:00Z", "2025-07-12T12:00:01Z", False),
        ("2025-07/..", "2030", True),
        ("../2025-07", "2025-08", False),
        ("2025/", "2026", True),
        ("../2025-07-12", "2025-07-12T23:59:59Z", True),
    ],
)
def test_two_spans_overlap_where_they_share_a_moment(one: str, other: str, share: bool) -> None:  # noqa: FBT001
    assert span(one).overlaps(span(other)) is share
    assert span(other).overlaps(span(one)) is share


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_overlap_is_what_comparing_every_moment_says(a: int, b: int, c: int, d: int) -> None:
    one, other = Span(min(a, b), max(a, b), open_end=False), Span(min(c, d), max(c, d), open_end=False)
    moments = [moment / 2 for moment in range(14)]

    def holds(which: Span, moment: float) -> bool:
        return which.begins <= moment < which.ends or which.begins == moment == which.ends

    assert one.overlaps(other) is any(holds(one, moment) and holds(other, moment) for moment in moments)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (None, None),
        (BEFORE, None),
        (AFTER, None),
    ],
)
def test_an_instant_is_written_with_z_and_a_fraction_only_where_there_is_one(
    instant: int | None, text: str | None
) -> None:
    assert show(instant) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_as_the_same_instant(moment: datetime) -> None:
    text = show(instant_of(moment))
    assert text is not None
    assert edtf.single(text).begins == instant_of(moment)


def test_a_report_is_known_from_the_end_of_its_date_and_at_the_latest_when_recorded() -> None:
    month = span("2025-07")
    assert knowledge(month, AFTER) == (month.ends, month.begins)
    assert knowledge(month, NOON) == (NOON, month.begins)
    assert knowledge(span("2025-08"), NOON) == (NOON, NOON)


def test_what_becomes_known_at_the_very_cut_is_known() -> None:
    assert Cut(NOON, 1).knows(NOON)
    assert not Cut(NOON, 1).knows(NOON + 1)
