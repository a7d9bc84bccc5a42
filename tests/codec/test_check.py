"""What `check` promises beside accepting and refusing: all faults at once, pointers, one normal form, no harm."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.codec.normal import normalised
from adapters.codec.validate import check
from tests.codec.samples import actor_amended, amended, corroborated, figure, report, reported
from tests.codec.strategies import documents


def pointers(document: object, base: str = "") -> list[str]:
    return [fault.pointer for fault in check(document, base)[2]]


def wire_of(document: object) -> dict[str, Any]:
    wire, _, faults = check(document)
    assert wire is not None, faults
    return wire


def test_all_faults_of_shape_and_rules_are_told_at_once() -> None:
    document = reported(
        headline="",
        kind="x",
        occurred=None,
        topics=["a", "a", "B"],
        colour=1,
        report=report(reported="soon", figures=[figure(low=20, unit=5), {"metric": "m"}]),
    )
    assert set(pointers(document)) == {
        "/headline",
        "/kind",
        "/occurred",
        "/topics/1",
        "/topics/2",
        "/colour",
        "/report/reported",
        "/report/figures/0/unit",
        "/report/figures/0/point",
        "/report/figures/1",
    }


def test_pointers_begin_at_the_base() -> None:
    assert pointers(reported(headline=1), "/3") == ["/3/headline"]
    assert pointers(7, "/3") == ["/3"]


def test_at_most_100_faults_are_told() -> None:
    assert len(pointers(reported(**{f"f{n}": 1 for n in range(500)}))) == 100


def test_unknown_fields_in_their_thousands_are_one_fault() -> None:
    assert pointers({"type": "ActorMerged", **dict.fromkeys(map(str, range(30_000)))}) == [""]


def test_a_field_with_an_endless_name_is_told_at_its_parent() -> None:
    assert pointers(reported(report=report(**{"x" * 10_000: 1}))) == ["/report"]


def test_a_detail_is_short_however_long_the_value() -> None:
    document = reported(headline="x" * 1_000_000, kind="y" * 1_000_000, occurred="z" * 1_000_000)
    assert all(len(fault.detail) < 1_000 for fault in check(document)[2])


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    assert pointers(reported(report=report(figures=[figure(point=number)]))) == ["/report/figures/0/point"]


@pytest.mark.parametrize("field", ["headline", "occurred", "actors", "report", "place", "topics", "expected_version"])
def test_hostile_nesting_is_a_fault_like_any_other(field: str) -> None:
    nested: Any = 1
    for _ in range(250):
        nested = [{"a": nested}]
    assert pointers(reported(**{field: nested}))[0].startswith(f"/{field}")
    assert pointers(reported(report=report(figures=[nested, {"note": nested, "metric": nested}])))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda j: st.lists(j) | st.dictionaries(st.text(), j)
    )
)
def test_no_json_makes_it_raise(value: Any) -> None:
    for field in ("type", "changes", "report", "actors", "withdraws", "expected_version", "topics"):
        for document in (reported(), amended(), corroborated(), actor_amended()):
            faults = check(document | {field: value})[2]
            assert all(fault.pointer.startswith("/") for fault in faults)


def test_nulls_are_left_out() -> None:
    document = reported(
        summary=None,
        actors=[{"actor": "a", "role": None}],
        place={"name": "p", "country": None},
        report=report(url=None, quote={"exact": "x", "prefix": None}, figures=[figure(low=None)]),
    )
    expected = reported(
        actors=[{"actor": "a"}], place={"name": "p"}, report=report(quote={"exact": "x"}, figures=[figure()])
    )
    assert wire_of(document) == expected


def test_nulls_that_clear_are_kept_and_those_within_them_left_out() -> None:
    changes = {"summary": None, "place": {"name": "p", "country": None}, "actors": [{"actor": "a", "role": None}]}
    amendment = {"url": None, "quote": {"exact": "x", "prefix": None}, "figures": [figure(unit=None)]}
    wire = wire_of(amended(changes=changes, report=amendment, amends=None))
    assert wire["changes"] == {"summary": None, "place": {"name": "p"}, "actors": [{"actor": "a"}]}
    assert wire["report"] == {"url": None, "quote": {"exact": "x"}, "figures": [figure()]}
    assert "amends" not in wire
    assert wire_of(corroborated(changes=changes))["changes"] == wire["changes"]
    assert wire_of(actor_amended(changes={"aliases": None}))["changes"] == {"aliases": None}


def test_a_report_that_is_no_amendment_keeps_no_null() -> None:
    assert wire_of(corroborated(report=report(grade=None)))["report"] == report()


def test_numbers_without_a_fraction_become_integers() -> None:
    document = reported(
        place={"name": "p", "latitude": 50.0, "longitude": -0.0},
        report=report(figures=[figure(low=-1.0, point=1.5, high=2.0**53)]),
    )
    assert orjson.dumps(wire_of(document)["place"]) == b'{"name":"p","latitude":50,"longitude":0}'
    numbers = wire_of(document)["report"]["figures"][0]
    assert [(numbers[key], type(numbers[key])) for key in ("low", "point", "high")] == [
        (-1, int),
        (1.5, float),
        (2**53, int),
    ]


def test_the_expected_version_is_no_part_of_the_wire() -> None:
    wire, expected_version, _ = check(reported(expected_version=3.0))
    assert wire == reported()
    assert (expected_version, type(expected_version)) == (3, int)
    assert check(reported())[1] is None


def test_the_fields_keep_the_order_in_which_they_were_sent() -> None:
    document = dict(reversed(reported().items()))
    assert list(wire_of(document)) == list(document)


@given(documents())
def test_the_document_stays_as_it_is_and_shares_no_object_with_the_wire(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    stack: list[Any] = [wire_of(document)]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
            value.clear()
        elif isinstance(value, list):
            stack.extend(value)
    assert document == before


@given(documents())
def test_normalising_twice_is_normalising_once(document: dict[str, Any]) -> None:
    once = normalised(document)
    assert orjson.dumps(normalised(once)) == orjson.dumps(once)
    assert check(once)[0] == {key: value for key, value in once.items() if key != "expected_version"}
