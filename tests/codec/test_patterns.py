"""Regular expressions against what they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.codec import patterns
from domain import edtf
from domain.clocks import Span

_ALMOST_DATES = st.from_regex(
    r"[0-9]{2}[0-9X]{2}(-[0-3X][0-9X](-[0-3X][0-9X](T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]{1,7})?(Z|[+-][0-2][0-9]:[0-6][0-9])?)?)?)?[?~%]?",
    fullmatch=True,
)
_ENDS = _ALMOST_DATES | st.sampled_from(["", "..", "2025", "0001-01-01", "9999-12-31"])


def accepted(parse: Callable[[str], Span], text: str) -> bool:
    try:
        parse(text)
    except edtf.NotADate:
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None and not text.endswith("\n")


@given(_ALMOST_DATES)
@example("2024-02-29")
@example("2023-02-29")
@example("1900-02-29")
@example("2000-02-29T00:00:00Z")
@example("0000")
@example("000X")
@example("0000-02-29")
@example("2025-02-3X")
@example("2025-02-2X")
@example("2025-1X-XX")
@example("2025-33?")
@example("202X~")
@example("2025-07-12T24:00:00Z")
@example("2025-07-12T23:59:60Z")
@example("9999-12-31T23:59:59.999999Z")
@example("2025-07-12T09:30:00.1234567Z")
@example("2025-07-12T09:30:00+24:00")
@example("2025-07-12T09:30:00-23:59")
@example("2025\n")
@example("２０２５")
def test_the_pattern_of_a_date_matches_just_the_dates(text: str) -> None:
    if text[:4] not in ("0001", "9999") or "T" not in text:
        assert matches(patterns.SINGLE_DATE, text) == accepted(edtf.single, text)
    elif matches(patterns.SINGLE_DATE, text):
        assert accepted(edtf.single, text)


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_the_pattern_knows_the_calendar(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    assert matches(patterns.SINGLE_DATE, text) == accepted(edtf.single, text)


@given(_ENDS, _ENDS)
def test_the_pattern_of_an_interval_matches_every_interval(first: str, second: str) -> None:
    text = f"{first}/{second}"
    if accepted(edtf.parse, text):
        overflowing = any(end[:4] in ("0001", "9999") and "T" in end for end in (first, second))
        assert matches(patterns.DATE, text) or overflowing
    elif matches(patterns.DATE, text):
        with pytest.raises(edtf.NotADate, match="does not end after it begins"):
            edtf.parse(text)


@given(_ALMOST_DATES)
def test_a_single_date_is_a_date(text: str) -> None:
    assert matches(patterns.DATE, text) == matches(patterns.SINGLE_DATE, text)


@given(st.from_regex(patterns.DATE, fullmatch=True))
def test_no_date_is_longer_than_the_longest(text: str) -> None:
    assert len(text.rstrip("\n")) <= patterns.DATE_LENGTH
    assert max(map(len, text.rstrip("\n").split("/"))) <= patterns.SINGLE_DATE_LENGTH


@pytest.mark.parametrize(
    "text", ["..", "/", "../..", "../", "/..", "2025/2026/2027", "2025//2026", " 2025", "2025-7-1"]
)
def test_what_is_no_date_does_not_match(text: str) -> None:
    assert not matches(patterns.DATE, text)
    assert not accepted(edtf.parse, text)
