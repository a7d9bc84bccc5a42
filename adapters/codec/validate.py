"""A document to a wire, or every fault it has."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import ValidationError

from adapters.codec.normal import normalised
from adapters.codec.rules import rule_faults
from adapters.codec.schema import SHAPES
from adapters.codec.wording import MOST_FAULTS, describe, nearest, shape_faults
from domain.refusals import Fault

_VALIDATE = {kind: TypeAdapter(shape).validator.validate_python for kind, shape in SHAPES.items()}


Checked = tuple[dict[str, Any] | None, int | None, list[Fault]]
"""A wire, the version that its writer expects of the stream, and no faults; or None, None and one fault or more."""


def check(document: object, base: str = "") -> Checked:
    """The normalised wire of one event as sent, or all its faults (at most 100), each with a pointer from `base` on.

    `expected_version` is taken out of the wire: it is no part of the event. The document is not changed, and the wire
    shares no object with it but lists of texts: names in it may be replaced in place. No values are made up: an `id`
    that is missing stays missing. Never raises for anything that JSON can say.
    """
    if not isinstance(document, dict):
        return _refused([Fault("", f"{describe(document)}; accepted: an event, a JSON object with a type")], base)
    kind = document.get("type")
    validate = _VALIDATE.get(kind) if isinstance(kind, str) else None
    if validate is None:
        return _refused([_unknown_type(document)], base)
    try:
        validate(document)
    except ValidationError as error:
        return _refused([*shape_faults(error, document), *rule_faults(document)], base)
    faults = rule_faults(document)
    if faults:
        return _refused(faults, base)
    wire = normalised(document)
    return wire, wire.pop("expected_version", None), faults


def _refused(faults: list[Fault], base: str) -> Checked:
    return None, None, [Fault(base + fault.pointer, fault.detail) for fault in faults[:MOST_FAULTS]]


def _unknown_type(document: dict[str, Any]) -> Fault:
    if "type" not in document:
        return Fault("/type", f"is required: one of {', '.join(SHAPES)}")
    kind = document["type"]
    meant = nearest(kind, SHAPES) if isinstance(kind, str) else ""
    return Fault("/type", f"{describe(kind)} is no type of event; {meant}accepted: {', '.join(SHAPES)}")
