"""One request, before it is sent: what is asked, in the terms of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import quote

JSON = "application/json"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `path` is quoted already, `parameters` are not."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None


class When(TypedDict, total=False):
    """The cuts: `as_of` of the reported clock, `at` or `recorded_as_of` of the recorded one. None is not asked.

    `min_position` is what the answer has to show.
    """

    as_of: str | None
    at: int | None
    recorded_as_of: str | None
    min_position: int | None


class Paged(TypedDict, total=False):
    """Which page of a list, and as which media type (JSON where nothing is said)."""

    limit: int | None
    cursor: str | None
    accept: str


class Filtered(TypedDict, total=False):
    """Which developments: everything that is given holds."""

    actor: Sequence[str]
    topic: str | None
    kind: str | None
    status: str | None
    source: str | None
    metric: str | None
    q: str | None
    occurred_from: str | None
    occurred_to: str | None
    known_since: str | None


class StateAsked(When, Filtered):
    """The state at a cut."""


class Page(When, Paged):
    """A page at a cut."""


class DevelopmentsAsked(Page, Filtered, total=False):
    """A page of developments; `order` is occurred, -occurred, known or -known."""

    order: str | None


class TimelineAsked(DevelopmentsAsked, total=False):
    """A page of an actor's timeline."""

    affiliates: bool


class ActorsAsked(Page, total=False):
    """A page of actors; `q` are words of their names."""

    q: str | None


class ChangesAsked(Page, Filtered, total=False):
    """A page of changes, between two dates or between two positions; `from_` is the parameter `from`."""

    from_: str | None
    to: str | None
    from_at: int | None
    to_at: int | None


class EventsAsked(Paged, total=False):
    """A page of the log behind a position."""

    at: int | None
    min_position: int | None
    after: int | None
    type: str | None
    stream: str | None
    actor: str | None
    topic: str | None


def get(path: str, asked: Mapping[str, object]) -> Asked:
    """A question: parameters that are None, and `affiliates` that is not wanted, are left out."""
    parameters = dict(asked)
    accept = str(parameters.pop("accept", JSON))
    return Asked("GET", path, tuple(_pairs(parameters)), (("Accept", accept),))


def segment(name: str) -> str:
    """A name as one segment of a path, also where by itself it would be a step of the path: `.` and `..`."""
    quoted = quote(name, safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def _pairs(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in parameters.items():
        name = key.rstrip("_")
        if value is None or value is False:
            continue
        if value is True:
            pairs.append((name, "true"))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        elif isinstance(value, Sequence):
            pairs.extend((name, str(each)) for each in value)
        else:
            raise TypeError(f"{key}: {type(value).__name__} is no parameter; accepted: text, number, list of texts")
    return pairs
