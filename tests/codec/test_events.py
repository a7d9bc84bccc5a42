"""Wires to events and back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.codec.decode import event_from_body, event_of
from adapters.codec.encode import body_of, changes_of, figure_of, listed_of, place_of, quote_of, report_of, wire_of
from adapters.codec.normal import normalised
from adapters.codec.schema import SHAPES
from adapters.codec.validate import check
from domain.events import (
    ACTOR_EVENTS,
    DEVELOPMENT_EVENTS,
    ActorAffiliated,
    ActorAmended,
    Description,
    DevelopmentAmended,
    DevelopmentCorroborated,
    DevelopmentReported,
    Figure,
    Listed,
    Place,
    Quote,
    Report,
    ReportWithdrawn,
)
from tests.codec.samples import (
    EVERY_TYPE,
    actor_amended,
    affiliated,
    amended,
    corroborated,
    figure,
    report,
    reported,
    withdrawn,
)
from tests.codec.strategies import documents

REPORT = Report("Reuters", "2025-07-12", None, None, None, None, ())
FIGURE = Figure("killed", None, None, 10, False, None, None, None, None)  # noqa: FBT003


def test_the_domain_and_the_wire_know_the_same_types() -> None:
    assert set(SHAPES) == {event.__name__ for event in (*DEVELOPMENT_EVENTS, *ACTOR_EVENTS)}


def test_what_is_missing_is_none_false_or_empty() -> None:
    wire = reported(occurred=None, occurred_text="t", report=report(figures=[figure()]))
    figures = Report("Reuters", "2025-07-12", None, None, None, None, (FIGURE,))
    description = Description("H", None, "event", None, "t", (), None, ())
    assert event_of(wire) == DevelopmentReported("e1", "d", description, figures)


def test_what_is_given_is_there() -> None:
    full = figure(low=1, high=20, approximate=True, unit="u", as_at="2025", claimed_by="c", note="n")
    quote = {"exact": "x", "prefix": "p", "suffix": "s"}
    wire = reported(
        summary="s",
        occurred_text="t",
        actors=[{"actor": "a", "role": "r"}, {"actor": "b"}],
        place={"name": "p", "country": "RU", "latitude": 1.5, "longitude": 2},
        topics=["x", "y"],
        report=report(url="https://x", attributed_to="a", grade="B2", quote=quote, figures=[full]),
    )
    place = Place("p", "RU", 1.5, 2)
    listed = (Listed("a", "r"), Listed("b", None))
    figures = (Figure("killed", 1, 20, 10, True, "u", "2025", "c", "n"),)  # noqa: FBT003
    assert event_of(wire) == DevelopmentReported(
        "e1",
        "d",
        Description("H", "s", "event", "2025-07-01", "t", listed, place, ("x", "y")),
        Report("Reuters", "2025-07-12", "https://x", "a", "B2", Quote("x", "p", "s"), figures),
    )


def test_changes_hold_the_given_keys_only_and_none_clears() -> None:
    changes = {"summary": None, "place": None, "topics": None, "actors": [{"actor": "a"}]}
    event = event_of(corroborated(changes=changes))
    assert isinstance(event, DevelopmentCorroborated)
    assert event.changes == {"summary": None, "place": None, "topics": None, "actors": (Listed("a", None),)}
    assert event_of(corroborated()) == DevelopmentCorroborated("e2", "d", {}, REPORT)


def test_an_amendment_holds_the_given_parts_of_a_report_only() -> None:
    event = event_of(amended(report={"quote": None, "figures": [figure()], "grade": "A"}))
    assert isinstance(event, DevelopmentAmended)
    assert event.report == {"quote": None, "figures": (FIGURE,), "grade": "A"}
    assert event.amends is None


def test_a_cleared_list_is_none_where_it_clears_and_no_aliases_are_empty() -> None:
    event = event_of(amended(report={"figures": None}, changes={"topics": None}))
    assert isinstance(event, DevelopmentAmended)
    assert (event.report, event.changes) == ({"figures": None}, {"topics": None})
    assert event_of(actor_amended(changes={"aliases": None})) == ActorAmended("e12", "a", {"aliases": ()}, "r")


def test_a_withdrawal_of_everything_names_nothing() -> None:
    event = event_of(withdrawn(withdraws="*"))
    assert isinstance(event, ReportWithdrawn)
    assert event.withdraws is None
    assert wire_of(event)["withdraws"] == "*"


def test_an_affiliation_is_with_an_actor() -> None:
    assert event_of(affiliated(period="2004/..")) == ActorAffiliated("e11", "lavrov", "Russia", None, "2004/..")


@given(documents())
def test_an_event_becomes_a_valid_wire_and_the_same_event_again(document: dict[str, Any]) -> None:
    event = event_of(normalised(document))
    wire = wire_of(event)
    assert event_of(wire) == event
    assert check(wire)[0] == wire


@given(documents())
def test_nulls_and_stored_bytes_change_nothing_of_the_event(document: dict[str, Any]) -> None:
    wire = check(document)[0]
    assert wire is not None
    assert event_of(document) == event_of(wire) == event_from_body(body_of(wire))
    assert orjson.loads(body_of(wire)) == wire


@pytest.mark.parametrize("wire", [pytest.param(wire, id=wire["type"]) for wire in EVERY_TYPE])
def test_the_least_of_every_type_is_its_own_wire(wire: dict[str, Any]) -> None:
    assert wire_of(event_of(wire)) == wire


def test_stored_bytes_begin_with_type_id_and_stream_and_go_on_as_sent() -> None:
    body = body_of(dict(reversed(reported().items())))
    assert list(orjson.loads(body)) == ["type", "id", "development", "report", "actors", "occurred", "kind", "headline"]
    assert body_of(affiliated()).startswith(b'{"type":"ActorAffiliated","id":"e11","actor":"lavrov"')


def test_answers_show_every_key() -> None:
    assert report_of(Report("s", "2025", None, None, None, Quote("x", None, None), (FIGURE,))) == {
        "source": "s",
        "reported": "2025",
        "url": None,
        "attributed_to": None,
        "grade": None,
        "quote": {"exact": "x", "prefix": None, "suffix": None},
        "figures": [figure_of(FIGURE)],
    }
    assert report_of(REPORT)["quote"] is None
    assert list(figure_of(FIGURE)) == [
        "metric",
        "low",
        "high",
        "point",
        "approximate",
        "unit",
        "as_at",
        "claimed_by",
        "note",
    ]
    assert figure_of(FIGURE)["approximate"] is False
    assert place_of(Place("p", None, None, None)) == {"name": "p", "country": None, "latitude": None, "longitude": None}
    assert listed_of(Listed("a", None)) == {"actor": "a", "role": None}
    assert quote_of(Quote("x", "p", None)) == {"exact": "x", "prefix": "p", "suffix": None}


def test_answers_show_of_changes_what_was_given() -> None:
    assert changes_of({"place": None, "actors": (Listed("a", None),), "topics": (), "summary": None}) == {
        "place": None,
        "actors": [{"actor": "a", "role": None}],
        "topics": [],
        "summary": None,
    }
    assert changes_of({"place": Place("p", None, 1, None)})["place"]["latitude"] == 1
    assert changes_of({"quote": Quote("x", None, None), "figures": (FIGURE,)}) == {
        "quote": {"exact": "x", "prefix": None, "suffix": None},
        "figures": [figure_of(FIGURE)],
    }
    assert changes_of({"aliases": ("A",), "name": "N"}) == {"aliases": ["A"], "name": "N"}


@given(st.data())
def test_every_part_of_an_answer_is_json(data: st.DataObject) -> None:
    event = event_of(data.draw(documents()))
    report, changes = getattr(event, "report", None), getattr(event, "changes", None)
    if isinstance(report, Report):
        orjson.dumps(report_of(report))
    if changes is not None:
        orjson.dumps(changes_of(changes))
