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


def content(wire: Mapping[str, Any]) -> bytes:
    """Bytes that are equal for two valid events just where their contents are; to compare, not to store."""
    members = {key: value for key, value in wire.items() if key != "expected_version"}
    return orjson.dumps(normalised(members), option=orjson.OPT_SORT_KEYS)


def digest(wire: Mapping[str, Any]) -> bytes:
    """The SHA-256 of the content: 32 bytes to keep where the content itself is not kept."""
    return sha256(content(wire)).digest()
