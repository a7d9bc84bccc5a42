"""How a fault is told: where it is (a JSON pointer, RFC 6901), what is wrong there, and what would be accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any, NotRequired, get_origin, get_type_hints

from pydantic_core import ErrorDetails, ValidationError

from adapters.codec.parts import ActorChanges, Changes, Figure, Listed, Place, Quote, Report, ReportChanges
from adapters.codec.pointers import pointer
from adapters.codec.schema import SHAPES
from domain.refusals import Fault

MOST_FAULTS = 100
_COUNTED_ONLY = 20_000
"""Twice what an event with known fields only can have; telling as many apart would take a second and more."""
_SHOWN = 60
_LONGEST_NAME = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def describe(value: Any) -> str:
    """A value in a few words, however large it is."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return _describe_text(value)
        case int() | float():
            return f"{value!r:.{_SHOWN}}"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _describe_text(text: str) -> str:
    if not text:
        return "an empty text"
    facts = []
    if len(text) > _SHOWN:
        facts.append(f"{len(text):,} characters")
    if control := _CONTROL.search(text):
        facts.append(f"with the control character U+{ord(control[0]):04X}")
    if _SURROGATE.search(text):
        facts.append("with half a surrogate pair")
    shown = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
    return f"{shown!r} ({', '.join(facts)})" if facts else repr(shown)


def shape_faults(error: ValidationError, document: dict[str, Any]) -> list[Fault]:
    """What pydantic says is wrong with the document, in our words, at most 100; pointers begin at the event."""
    if error.error_count() > _COUNTED_ONLY:
        return [
            Fault("", f"{error.error_count():,} faults, among them fields that no event has; see the API's description")
        ]
    return [_fault(details, document) for details in error.errors(include_url=False)[:MOST_FAULTS]]


def _fault(error: ErrorDetails, document: dict[str, Any]) -> Fault:
    steps = _steps(error["loc"], document)
    match error["type"]:
        case "extra_forbidden":
            return _unknown_field(steps, document["type"])
        case "missing":
            detail = "is required"
        case "dict_type" | "list_type" if (members := _members(_shape(document["type"], steps))) is not None:
            several = "" if error["type"] == "dict_type" else "a list, each "
            detail = f"{describe(error['input'])}; accepted: {several}an object{members}"
        case _:
            detail = refused(error)
    return Fault(pointer(steps), detail)


def refused(error: ErrorDetails) -> str:
    """What was given instead of what a field accepts, and what that is."""
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "too_long" if context["max_length"] == 0:
            return f"{describe(error['input'])}; accepted here: an empty list, or none"
        case "too_long":
            return f"a list of more than {context['max_length']:,}; accepted: at most {context['max_length']:,}"
        case "too_short":
            return f"an empty list; accepted: {context['min_length']} or more"
        case "list_type":
            accepted = "a list"
        case "dict_type":
            accepted = "an object"
        case _:
            accepted = error["msg"]
    return f"{describe(error['input'])}; accepted: {accepted}"


def _steps(location: tuple[int | str, ...], document: object) -> list[int | str]:
    """The path of an error without the labels that pydantic puts in for the members of a union."""
    steps: list[int | str] = []
    value: Any = document
    for step in location:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            continue
        steps.append(step)
    return steps


def _unknown_field(steps: list[int | str], kind: str) -> Fault:
    *parents, name = steps
    known = _fields(kind, parents)
    if len(str(name)) > _LONGEST_NAME:
        return Fault(pointer(parents), f"a field with a name of {len(str(name)):,} characters; {_known(known)}")
    return Fault(pointer(steps), f"unknown field; {nearest(str(name), known)}{_known(known)}")


def _known(fields: list[str]) -> str:
    return f"fields here: {', '.join(fields)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """A question whether the nearest known word was meant, or nothing."""
    close = get_close_matches(word[:_SHOWN], known, 1)
    return f"did you mean {close[0]}? " if close else ""


def _fields(kind: str, parents: list[int | str]) -> list[str]:
    return list(_shape(kind, parents).__annotations__)


def _shape(kind: str, steps: list[int | str]) -> Any:
    """The shape of the object at a place of an event; None where there is to be none."""
    names = [step for step in steps if isinstance(step, str)]
    if not names:
        return SHAPES[kind]
    return _OTHER_PARTS.get((kind, *names)) or _PARTS.get(names[-1])


@cache
def _members(shape: Any) -> str | None:
    """How the object of a shape is written, and what else may be in it."""
    if shape is None:
        return None
    hints = get_type_hints(shape, include_extras=True)
    optional = [name for name, hint in hints.items() if get_origin(hint) is NotRequired]
    required = ", ".join(f'"{name}": …' for name in hints if name not in optional)
    if not required:
        return f" of one or more of {', '.join(optional)}"
    return f" {{{required}}} with or without {', '.join(optional)}"


_PARTS: dict[str, Any] = {
    "report": Report,
    "figures": Figure,
    "quote": Quote,
    "actors": Listed,
    "place": Place,
    "changes": Changes,
}
_OTHER_PARTS: dict[tuple[str, ...], Any] = {
    ("ActorAmended", "changes"): ActorChanges,
    ("DevelopmentAmended", "report"): ReportChanges,
}
