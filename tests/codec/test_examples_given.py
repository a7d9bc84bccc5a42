"""Whole examples: events and bodies of the contract's cases, and the sample story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.codec.decode import event_from_body, event_of
from adapters.codec.encode import body_of, wire_of
from adapters.codec.parse import ndjson_lines
from adapters.codec.validate import check
from tests.codec.schemas import schema_accepts

CASES = [orjson.loads(line) for line in (Path(__file__).parent / "data" / "cases.jsonl").read_bytes().splitlines()]
STORY = Path(__file__).parents[2] / "service" / "story" / "log.ndjson"


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{n}-{case['case']}") for n, case in enumerate(CASES)])
def test_the_cases_of_the_contract_are_accepted_or_refused_where_it_says(case: dict[str, Any]) -> None:
    assert [fault.pointer for fault in check(case["document"])[2]] == case["pointers"]


def test_every_line_of_the_story_is_an_event() -> None:
    for number, document in ndjson_lines(STORY.read_bytes()):
        assert isinstance(document, dict)
        assert document.pop("position") == number
        assert document.pop("recorded_at").endswith("Z")
        wire, _, faults = check(document)
        assert (wire, faults) == (document, [])
        assert wire is not None
        assert schema_accepts(document)
        assert event_of(wire) == event_from_body(body_of(wire)) == event_of(wire_of(event_of(wire)))
