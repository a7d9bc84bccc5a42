"""Dates, numbers and names in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_INSTANT = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)T(?P<minute>\d\d:\d\d)(?P<rest>:[\d.]+)Z")
_FRACTION = re.compile(r"\.\d+Z$")
_NARROW = 12
_EMPTY = "Nothing is recorded at this cut: the log is empty (recorded clock, position 0)."


def instant(text: str | None, never: str = "") -> str:
    """An instant to the minute, finer only where it is: `2025-04-28 05:50Z`."""
    if text is None:
        return never
    found = _INSTANT.fullmatch(text)
    if found is None:
        return text
    rest = "" if found["rest"] == ":00" else found["rest"]
    return f"{found['day']} {found['minute']}{rest}Z"


def second(text: str | None, never: str = "") -> str:
    """An instant for a column, as `instant` but to the second at the most: `2025-04-28 05:50:12Z`."""
    return never if text is None else instant(_FRACTION.sub("Z", text))


def date(edtf: str | None) -> str:
    """A date as it was told; a long interval on two lines, a time behind its day."""
    if edtf is None:
        return ""
    edtf = edtf.replace("T", " ")
    return edtf.replace("/", "/\n") if len(edtf) > _NARROW else edtf


def occurred(told: Json) -> str:
    """When it happened: the date, else the words of the source."""
    if told["edtf"] is not None:
        return date(told["edtf"])
    return f"“{told['text']}”" if told["text"] else "unknown"


def value(figure: Json) -> str:
    """The number of a figure: `≥ 100`, `~1,000`, `1,000–3,000`."""
    low, high, point = figure.get("low"), figure.get("high"), figure.get("point")
    about = "~" if figure.get("approximate") else ""
    if point is not None:
        between = f" ({_between(low, high)})" if low is not None or high is not None else ""
        return f"{about}{_number(point)}{between}"
    return about + _between(low, high)


def cut(answer: Json) -> str:
    """Where an answer stands on both clocks that it cuts."""
    if answer["as_of"] is None:
        return _EMPTY
    return f"Known by {instant(answer['as_of'])} (reported clock),\n{recorded(answer)}."


def log(answer: Json) -> str:
    """Where an answer about the log itself stands: it cuts the recorded clock only."""
    told = recorded(answer)
    return _EMPTY if answer["recorded_as_of"] is None else f"{told[0].upper()}{told[1:]}."


def recorded(answer: Json) -> str:
    """Where an answer stands on the recorded clock."""
    return f"recorded by {instant(answer['recorded_as_of'], 'nothing')} (recorded clock, position {answer['at']})"


def who(listed: Json) -> str:
    """An actor of a development with its role."""
    return f"{listed['name']} ({listed['role']})" if listed["role"] else str(listed["name"])


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return f"≤ {_number(high)}"
    if high is None:
        return f"≥ {_number(low)}"
    return f"{_number(low)}–{_number(high)}"


def _number(number: float | None) -> str:
    return f"{number:,}"
