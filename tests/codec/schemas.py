"""The JSON Schema of the wire, as a reader of the API's description applies it."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from adapters.codec.schema import json_schemas

DEFINITIONS = json_schemas("#/$defs/")
_VALIDATOR = Draft202012Validator({"$ref": "#/$defs/Event", "$defs": DEFINITIONS})


def schema_accepts(document: object) -> bool:
    """Whether JSON Schema, without any format, accepts the document as an event."""
    return bool(_VALIDATOR.is_valid(document))
