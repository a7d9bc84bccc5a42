"""The JSON Schema of the wire."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from adapters.codec.examples import EXAMPLES
from adapters.codec.schema import SHAPES, json_schemas
from adapters.codec.validate import check
from tests.codec.schemas import DEFINITIONS, schema_accepts
from tests.codec.strategies import documents


def test_it_is_json_schema_of_2020_12() -> None:
    for definition in DEFINITIONS.values():
        Draft202012Validator.check_schema(definition)


def test_every_type_is_told_apart_by_its_name() -> None:
    event = json_schemas()["Event"]
    assert event["discriminator"]["mapping"] == {kind: f"#/components/schemas/{kind}" for kind in SHAPES}
    assert event["oneOf"] == [{"$ref": f"#/components/schemas/{kind}"} for kind in SHAPES]


def test_every_object_is_closed_and_described() -> None:
    for name, definition in DEFINITIONS.items():
        assert definition.get("description") or name == "Event"
        assert definition.get("additionalProperties") is False or definition.get("type") != "object"


@pytest.mark.parametrize("kind", SHAPES)
def test_every_type_has_an_example_that_is_accepted(kind: str) -> None:
    assert DEFINITIONS[kind]["examples"] == [EXAMPLES[kind]]
    assert EXAMPLES[kind]["type"] == kind
    assert check(EXAMPLES[kind])[2] == []
    assert schema_accepts(EXAMPLES[kind])


@given(documents())
def test_what_is_accepted_keeps_to_the_schema(document: dict[str, Any]) -> None:
    assert check(document)[2] == []
    assert schema_accepts(document)
