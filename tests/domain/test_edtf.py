"""The profile of EDTF: what is a date, and over which span."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import edtf
from domain.clocks import AFTER, BEFORE, show

DATA = Path(__file__).parent / "data"


def vectors(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def bounds(text: str) -> tuple[str | None, str | None]:
    span = edtf.parse(text)
    return show(span.earliest), show(span.latest)


IN_PROFILE = [
    vector
    for vector in vectors("edtf_bounds.jsonl")
    if vector["level"] < 2 and not vector["edtf"].startswith(("-", "0000", "Y")) and "-2" not in vector["edtf"][4:6]
    if "T" not in vector["edtf"] and "/-" not in vector["edtf"]
]


@pytest.mark.parametrize("vector", IN_PROFILE, ids=lambda vector: vector["edtf"])
def test_a_published_vector_of_the_profile_has_its_published_bounds(vector: dict[str, Any]) -> None:
    span = edtf.parse(vector["edtf"])
    last_day = None if vector["latest"] == "inf" else date.fromisoformat(vector["latest"]) + timedelta(days=1)
    first_day = None if vector["earliest"] == "-inf" else vector["earliest"]
    assert show(span.earliest) == (first_day and f"{first_day}T00:00:00Z")
    assert show(span.latest) == (last_day and f"{last_day.isoformat()}T00:00:00Z")


@pytest.mark.parametrize("vector", vectors("edtf_invalid.jsonl"), ids=lambda vector: vector["edtf"])
def test_a_published_invalid_text_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(edtf.NotADate):
        edtf.parse(vector["edtf"])


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2025-12", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2025-33", "2025-01-01T00:00:00Z", "2025-04-01T00:00:00Z"),
        ("2025-36", "2025-10-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("000X", "0001-01-01T00:00:00Z", "0010-01-01T00:00:00Z"),
        ("00XX", "0001-01-01T00:00:00Z", "0100-01-01T00:00:00Z"),
        ("2025-0X", "2025-01-01T00:00:00Z", "2025-10-01T00:00:00Z"),
        ("2025-1X", "2025-10-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2025-04-0X", "2025-04-01T00:00:00Z", "2025-04-10T00:00:00Z"),
        ("2024-02-2X", "2024-02-20T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2025-04-3X", "2025-04-30T00:00:00Z", "2025-05-01T00:00:00Z"),
        ("2025-12-3X", "2025-12-30T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("9999", "9999-01-01T00:00:00Z", None),
        ("9999-12-31", "9999-12-31T00:00:00Z", None),
        ("9999-12-3X", "9999-12-30T00:00:00Z", None),
        ("9999-12-30", "9999-12-30T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("2025-07-12T09:30:00+09:00", "2025-07-12T00:30:00Z", "2025-07-12T00:30:00Z"),
        ("2025-07-12T09:30:00.5-00:00", "2025-07-12T09:30:00.500000Z", "2025-07-12T09:30:00.500000Z"),
        ("2025-07-12T00:00:00Z/2025-07-12T00:00:00+00:00", "2025-07-12T00:00:00Z", "2025-07-12T00:00:00Z"),
        ("2025-07-12/2025-07", "2025-07-12T00:00:00Z", "2025-08-01T00:00:00Z"),
        ("2025~/2026-01?", "2025-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ("/2025", None, "2026-01-01T00:00:00Z"),
        ("2025/", "2025-01-01T00:00:00Z", None),
    ],
)
def test_a_date_spans_from_its_first_moment_to_the_end_of_its_last(
    text: str, earliest: str | None, latest: str | None
) -> None:
    assert bounds(text) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "/",
            "..",
            "../..",
            "../",
            "2025/2026/2027",
            " 2025",
            "2025 ",
            "２０２５",
            "2025-00",
            "2025-13",
            "0000",
            "XXXX",
        ),
        *(
            "2025-02-29",
            "2025-04-31",
            "2025-02-3X",
            "2025-XX-12",
            "2025-1X-XX",
            "2X25",
            "2025-2X",
            "2025-21",
            "2025-37",
        ),
        *(
            "2025-07-12T25:00:00Z",
            "2025-07-12T23:59:60Z",
            "2025-07-12T24:00:00Z",
            "2025-07-12T09:30Z",
            "2025-07-12T09:30:00",
        ),
        *("2025-07-12t09:30:00Z", "2025-07-12T09:30:00z", "2025-07-12T09:30:00.1234567Z", "2025-07-12T09:30:00.Z"),
        *(
            "2025-07-12T09:30:00+24:00",
            "2025-07-12T09:30:00+00:60",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ),
        *("2025-07-13/2025-07-12", "2025-07-12/2025-07-12T00:00:00Z", "2025-07-12T00:00:01Z/2025-07-12T00:00:00Z"),
        *(
            "2025-07-13T00:00:00Z/2025-07-12",
            "202X?",
            "2025-33~",
            "2025-07-12T09:30:00Z?",
            "[2025,2026]",
            "{2025}",
            "-2025",
        ),
    ],
)
def test_whatever_is_not_of_the_profile_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(edtf.NotADate) as refused:
        edtf.parse(text)
    assert str(refused.value).endswith(f"; accepted: {edtf.ACCEPTED_INTERVALS}")


@pytest.mark.parametrize("text", ["2025/2026", "2025-04/..", "../2025", "2025/"])
def test_a_single_date_is_no_interval(text: str) -> None:
    with pytest.raises(edtf.NotADate) as refused:
        edtf.single(text)
    assert str(refused.value).endswith(f"; accepted: {edtf.ACCEPTED}")


def test_an_open_end_is_later_than_any_date_and_an_unknown_one_earlier() -> None:
    ranks = [edtf.parse(text).end_rank for text in ("2025/", "2025", "2025/9999-12-30", "2025/..")]
    assert ranks == sorted(ranks)
    assert (ranks[0], ranks[-1]) == (BEFORE, AFTER)


@given(st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 30)))
def test_every_day_spans_to_its_next_midnight_and_lies_in_its_month_and_year(day: date) -> None:
    span = edtf.parse(day.isoformat())
    month, year = edtf.parse(day.isoformat()[:7]), edtf.parse(day.isoformat()[:4])
    assert show(span.latest) == f"{(day + timedelta(days=1)).isoformat()}T00:00:00Z"
    assert year.begins <= month.begins <= span.begins < span.ends <= month.ends <= year.ends


@given(st.text(alphabet="0123456789-X?~%/.TZ:+ ", max_size=24))
def test_any_text_is_either_a_span_that_does_not_end_before_it_begins_or_refused(text: str) -> None:
    try:
        span = edtf.parse(text)
    except edtf.NotADate:
        return
    assert span.begins <= span.ends
