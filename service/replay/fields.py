"""Two values of JSON side by side: what differs between them, each by its path and with both values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

SHORT = 120
BEFORE = 20
"""Characters that are shown before those that differ, where a text is cut."""
_NAMED_BY: Mapping[str, Sequence[str]] = {
    "figures": ("metric", "claimant", "as_at"),
    "actors": ("actor", "role"),
    "stances": ("actor",),
    "affiliations": ("with", "title"),
}
"""What tells the items of a list apart."""


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Field by field: `figures[dprk-killed, nis, 2025-01-13].point 300 is now 3000`."""
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_lists(one, other, path)
    else:
        was, became = _shown(one, other)
        yield f"{path} {was} is now {became}".lstrip()


def _of_lists(one: Sequence[Any], other: Sequence[Any], path: str) -> Iterator[str]:
    was, became = ({_name(item, path): item for item in items} for items in (one, other))
    if len(was) < len(one) or len(became) < len(other):
        was, became = ({str(place): item for place, item in enumerate(items)} for items in (one, other))
    for name in {**was, **became}:
        place = f"{path}[{name}]"
        if name not in became:
            yield f"{place} is gone"
        elif name not in was:
            yield f"{place} is new"
        else:
            yield from differences(was[name], became[name], place)
    if [name for name in was if name in became] != [name for name in became if name in was]:
        yield f"{path} is in another order".lstrip()


def _name(item: Any, path: str) -> str:
    """What tells an item of a list apart from the others; it may not."""
    if isinstance(item, str):
        return item
    keys = _NAMED_BY.get(path.rpartition(".")[2], ())
    if isinstance(item, dict) and keys:
        return ", ".join(str(item[key]) for key in keys if item.get(key) is not None)
    return json.dumps(item, ensure_ascii=False, sort_keys=True)


def _shown(one: Any, other: Any) -> tuple[str, str]:
    """Both as JSON, of long ones the part where they begin to differ."""
    was, became = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (one, other))
    if max(len(was), len(became)) <= SHORT:
        return was, became
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(was, became, strict=False))
    begin = max(0, sum(1 for _ in alike) - BEFORE)
    return _cut(was, begin), _cut(became, begin)


def _cut(text: str, begin: int) -> str:
    end = begin + SHORT
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if text[end:] else ''}"
