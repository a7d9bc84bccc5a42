"""Canonical JSON, leaves and heads."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.codec.chain import EMPTY_HEAD, canonical, head, leaf
from adapters.codec.encode import body_of
from adapters.codec.parse import json_document
from adapters.codec.validate import check
from tests.codec.strategies import documents

keys = st.text("abcxyz_AZ09", min_size=1, max_size=5)
texts = st.text(max_size=6) | st.text(st.characters(max_codepoint=0xFF), max_size=6)
small_integers = st.integers(-(2**53) + 1, 2**53 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | small_integers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(keys, values, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, json_values, max_size=6))
def test_canonical_json_is_that_of_rfc_8785(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e-3, 1e-3) | st.floats(1e14, 1e17))
@example(1e-5)
@example(9.999999999999999e-06)
@example(1e-7)
@example(1e16)
@example(1e21)
@example(123456789.125)
@example(-0.0)
@example(5e-324)
@example(1.7976931348623157e308)
@example(9007199254740991.0)
@example(4503599627370495.5)
def test_every_float_is_written_as_ecmascript_writes_it(value: float) -> None:
    assert canonical({"a": [{"b": value}]}) == rfc8785.dumps({"a": [{"b": value}]})


@pytest.mark.parametrize(
    ("number", "written"),
    [
        pytest.param(2**53, b"9007199254740992", id="the largest integer"),
        pytest.param(-(2**53), b"-9007199254740992", id="the smallest integer"),
        pytest.param(2.0**53, b"9007199254740992", id="the largest as a float"),
        pytest.param(0.1 + 0.2, b"0.30000000000000004", id="a sum of fractions"),
        pytest.param(0.000001, b"0.000001", id="a millionth"),
        pytest.param(1e-7, b"1e-7", id="a tenth of it"),
    ],
)
def test_numbers_of_the_wire_are_written_in_full(number: float, written: bytes) -> None:
    assert canonical({"n": number}) == b'{"n":' + written + b"}"
    assert canonical({"n": [number, 1e-9]}) == b'{"n":[' + written + b",1e-9]}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, -(2**60), "\ud800"])
def test_what_canonical_json_cannot_say_raises(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical({"a": value})


@given(documents())
def test_stored_bytes_lead_to_the_same_leaf(document: dict[str, Any]) -> None:
    wire = check(document)[0]
    assert wire is not None
    seal = {"position": 7, "recorded_at": "2025-12-01T00:00:00Z", "recorded_by": "importer"}
    stored = json_document(body_of(wire))
    assert isinstance(stored, dict)
    assert leaf(canonical({**wire, **seal})) == leaf(canonical({**seal, **stored}))


def test_heads_chain_leaves_as_the_contract_has_it() -> None:
    exported: list[dict[str, Any]] = [
        {"id": "e1", "type": "ActorRegistered", "actor": "aland", "name": "Åland", "kind": "state"},
        {
            "id": "e2",
            "type": "DevelopmentReported",
            "development": "d",
            "headline": 'H "0" €',
            "kind": "event",
            "occurred": "2025-07-01",
            "actors": [{"actor": "aland", "role": "subject"}],
            "report": {
                "source": "Reuters",
                "reported": "2025-07-01",
                "figures": [{"metric": "killed", "point": 12}],
            },
        },
        {
            "id": "e3",
            "type": "DevelopmentConfirmed",
            "development": "d",
            "by": "aland",
            "report": {"source": "TASS", "reported": "2025-07-02"},
        },
    ]
    heads = [EMPTY_HEAD]
    for position, event in enumerate(exported, start=1):
        seal = {"position": position, "recorded_at": f"2025-12-0{position}T00:00:00Z"}
        heads.append(head(heads[-1], leaf(canonical(event | seal))))
    assert [head.hex() for head in heads] == [
        "0" * 64,
        "3433962cbfd382bea6ae48b72520a4f37cb4198ca261745a486e4687af2768f2",
        "343c3ba4834f33c382fcec6d19ed92a90c9c5bcfd4700330e2751337af16580e",
        "3ba993fef84f50bd5483f4dc8608b0efd101fc4fcdfaf8c4ff57ebde535393ab",
    ]
