"""The worked example of the bitemporal textbook: the prospective owners of property 7797 in January 1998.

Richard Snodgrass, *Developing Time-Oriented Database Applications in SQL* (1999), chapter 10. Its valid time plays the
part of the reported clock here, its transaction time that of the recorded one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain import edtf
from domain.clocks import AFTER, Instant
from domain.plane import Interval, Plane, Row

BOOK: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "snodgrass_property_7797.json").read_text("utf-8"))
Owners = list[tuple[str, Instant, Instant]]


def instant(text: str | None) -> Instant:
    return AFTER if text is None else edtf.single(text).begins


def applied(owners: Owners, operation: dict[str, Any]) -> Owners:
    """The owners after an operation on a stretch of valid time."""
    begins, ends = map(instant, operation["valid"])
    kept: Owners = []
    for owner, first, last in owners:
        kept += [(owner, a, b) for a, b in ((first, min(last, begins)), (max(first, ends), last)) if a < b]
    if not operation["op"].startswith("delete"):
        kept.append((operation["owner"].split()[0], begins, ends))
    kept.sort(key=lambda owned: owned[1])
    joined: Owners = []
    for owner, first, last in kept:
        if joined and joined[-1][0] == owner and joined[-1][2] == first:
            joined[-1] = (owner, joined[-1][1], last)
        else:
            joined.append((owner, first, last))
    return joined


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    plane = Plane()
    owners: Owners = []
    drawn: dict[int, Row] = {}
    for operation in BOOK["operations"]:
        plane.at = instant(operation["tt"])
        owners = applied(owners, operation)
        plane.redraw([Interval("owner", None, owner, first, last) for owner, first, last in owners])
        drawn.update({row.no: row for row in plane.drain()})
    return list(drawn.values())


@pytest.mark.parametrize("expected", BOOK["expected_history_as_of"], ids=lambda expected: expected["tt"])
def test_the_history_of_owners_as_of_a_day_is_the_books(rows: list[Row], expected: dict[str, Any]) -> None:
    at = instant(expected["tt"])
    days = [instant(f"1998-01-{day:02d}") for day in range(1, 32)]
    owners = {day: [row.payload for row in rows if row.visible(day, at)] for day in days}
    wanted = {
        day: [owner.split()[0] for owner, first, last in expected["history"] if instant(first) <= day < instant(last)]
        for day in days
    }
    assert owners == wanted
