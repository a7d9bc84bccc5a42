"""Whether two wires say the same: the same JSON values, whatever the order of keys and the way a number is written.

A null is a missing field, and `expected_version` is no part of an event. Nothing else is put aside: an empty list is
no missing one, and lists have an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from adapters.codec.normal import normalised
from adapters.codec.pointers import pointer


def content(wire: Mapping[str, Any]) -> bytes:
    """Bytes that are equal for two valid events just where their contents are; to compare, not to store."""
    return orjson.dumps(_members(wire), option=orjson.OPT_SORT_KEYS)


def _members(wire: Mapping[str, Any]) -> dict[str, Any]:
    return normalised({key: value for key, value in wire.items() if key != "expected_version"})


def difference(wire: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The first member in which two valid events differ, as a JSON pointer of one or two steps; empty without one."""
    one, another = _members(wire), _members(other)
    steps = _first(one, another)
    for step in steps:
        inner, outer = one.get(step), another.get(step)
        if isinstance(inner, dict) and isinstance(outer, dict):
            steps += _first(inner, outer)
            break
    return pointer(steps)


def _first(one: Mapping[str, Any], another: Mapping[str, Any]) -> list[str]:
    missing = object()
    return [key for key in dict.fromkeys((*one, *another)) if one.get(key, missing) != another.get(key, missing)][:1]


def digest(wire: Mapping[str, Any]) -> bytes:
    """The SHA-256 of the content: 32 bytes to keep where the content itself is not kept."""
    return sha256(content(wire)).digest()
