"""The shapes of events as the log gives them back: as stored, with their place in it."""

from __future__ import annotations

from typing import Any

from adapters.codec.schema import SHAPES
from service.http.schemas.base import inside

PREFIX = "Recorded"


def recorded_schemas(sent: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of every recorded event by name, and of their union, made from those of the events as sent."""
    shapes = {f"{PREFIX}{name}": _recorded(sent[name]) for name in SHAPES}
    union = {
        "description": "An event as stored: names of actors are ids, what was missing is left out.",
        "oneOf": [inside(name) for name in shapes],
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: inside(f"{PREFIX}{name}")["$ref"] for name in SHAPES},
        },
    }
    page = {
        "description": "A page of the log.",
        "allOf": [inside("Page")],
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": inside(f"{PREFIX}Event")}},
    }
    return {**shapes, f"{PREFIX}Event": union, f"{PREFIX}EventPage": page}


def _recorded(sent: dict[str, Any]) -> dict[str, Any]:
    kept = {name: schema for name, schema in sent["properties"].items() if name != "expected_version"}
    stamp = {
        "position": {"type": "integer", "minimum": 1, "description": "Its place in the log, from 1 on."},
        "recorded_at": inside("Instant"),
    }
    required = ["position", "recorded_at", "id", *sent["required"]]
    open_ = {key: value for key, value in sent.items() if key not in ("examples", "additionalProperties", "title")}
    return {**open_, "properties": {**stamp, **kept, "id": inside("EventId")}, "required": required}
