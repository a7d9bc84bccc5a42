"""The chain of the log: each head takes in the event and the head before it, so no past event can change unseen.

`leaf(n)` is the SHA-256 of the canonical JSON (RFC 8785, JCS) of the event as exported; `head(n)` is
SHA-256(`head(n-1)` followed by `leaf(n)`); `head(0)` is 32 zero bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
import rfc8785

EMPTY_HEAD = bytes(32)
"""The head of the empty log."""
LEAF_BYTES = 32

_SMALLEST_PLAIN = 1e-5
_LARGEST_SAFE = 2**53


def sorted_json(exported: Mapping[str, Any]) -> bytes:
    """The JSON of an event with its keys in order: canonical but for a few numbers."""
    return orjson.dumps(exported, option=orjson.OPT_SORT_KEYS)


def canonical(exported: Mapping[str, Any], text: bytes | None = None) -> bytes:
    """The canonical JSON of an event as exported: its wire with `position`, `recorded_at` and, if known, `recorded_by`.

    `text` is its `sorted_json`, where that was made already. Raises ValueError or TypeError for what I-JSON cannot say:
    infinities, half a surrogate pair, integers beyond 2^53.
    """
    if _written_alike(exported):
        return sorted_json(exported) if text is None else text
    return rfc8785.dumps(_safe(exported))


def leaf(canonical_json: bytes) -> bytes:
    """The leaf of an exported event, 32 bytes."""
    return sha256(canonical_json).digest()


def head(previous: bytes, leaf_: bytes) -> bytes:
    """The head after the leaf, 32 bytes."""
    return sha256(previous + leaf_).digest()


def _written_alike(exported: Mapping[str, Any]) -> bool:
    """Whether orjson writes every number as ECMAScript does: it differs for 1.0, and with exponents.

    Keys need no look: the names of fields are ASCII, which sorts the same in UTF-8 and UTF-16.
    """
    alike = True
    containers: list[Any] = [exported.values()]
    for container in containers:
        for value in container:
            kind = type(value)
            if kind is str:
                continue
            if kind is dict:
                containers.append(value.values())
            elif kind is list:
                containers.append(value)
            elif kind is int:
                alike &= -_LARGEST_SAFE <= value <= _LARGEST_SAFE
            elif kind is float:
                alike &= _SMALLEST_PLAIN <= abs(value) < _LARGEST_SAFE and not value.is_integer()
    return alike


def _safe(value: Any) -> Any:
    """The same numbers as rfc8785 takes them: it refuses ±2^53, which a double holds exactly, as an int."""
    if isinstance(value, Mapping):
        return {key: _safe(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_safe(member) for member in value]
    if isinstance(value, int) and abs(value) == _LARGEST_SAFE:
        return float(value)
    return value
