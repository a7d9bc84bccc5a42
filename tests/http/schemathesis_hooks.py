"""What an OpenAPI document cannot say, said to schemathesis: how a request that it made from the document becomes one
that the log at hand can answer. Only requests that are meant to be accepted are touched; no check is.

| the document cannot say | so here |
|---|---|
| a position lies on the log, which grows | positions are taken modulo the length of the log |
| `at` and `recorded_as_of` exclude each other, as do dates and positions of changes | one of them stays |
| a cursor is what a page gave | there is none |
| two preconditions exclude each other, and are for a single event | one of them stays, or none |
| an event opens a new stream, or is of one that is there, at the version expected | so it is, and expects none |
| an event's id is new, a name is that of one actor | they get a number |
| low <= point <= high, an interval begins before it ends | numbers are sorted, intervals left open |
| an entry keeps saying when it occurred | what clears the date gives the words, and the other way round |
| a report is not from the future | it is from the past |
| an actor is somebody who is there, and listed once in a role | it is one of the story |

What was meant to be accepted and is refused by a rule of the log (409) or a precondition (412) counts as accepted.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

import schemathesis

Json = Any

ACTORS = ("north-korea", "russia", "ukraine", "south-korea", "united-states", "kim-jong-un", "nis")
DEVELOPMENTS = (
    "dprk-troops-fight-in-kursk",
    "dprk-losses-in-kursk",
    "dprk-further-troops-forecast",
    "dprk-troops-pulled-back",
    "kursk-fully-retaken",
    "lavrov-meets-kim",
    "storm-shadow-strike-500",
    "kursk-mines-cleared",
)
PAST = "2024-10-21"
NDJSON = "application/x-ndjson"
FEW = 100
OPENERS = ("DevelopmentReported", "ActorRegistered")
_numbers = count(1)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _question(case.query, case.operation.path, _length(case.operation.schema.get_base_url()))
    if case.method == "POST":
        events = case.body if isinstance(case.body, list) else [case.body]
        for event in events:
            if isinstance(event, dict):
                _event(event)
                # Thousands of reports of one development would take minutes.
                if len(events) <= FEW:
                    _placed(event)
        _preconditions(case.headers, case.body)
    elif len(case.query) % 2:
        case.headers["Accept"] = f"{NDJSON}, */*;q=0.5"


@cache
def _length(base_url: str) -> int:
    with urlopen(urljoin(base_url, "/v1/log")) as response:  # noqa: S310 (the service under test)
        return int(json.load(response)["position"])


def _question(query: dict[str, Json], path: str, length: int) -> None:
    query.pop("cursor", None)
    for name in ("at", "min_position", "from_at", "to_at"):
        if name in query:
            query[name] = int(query[name]) % (length + 1)
    excluded: tuple[str, ...] = ("recorded_as_of",) if "at" in query else ()
    changes = path == "/v1/changes"
    if changes and "from_at" in query:
        excluded = ("from", "to", "at", "recorded_as_of")
    elif changes:
        excluded += ("to_at", "as_of")
        query.setdefault("from", PAST)
    for name in excluded:
        query.pop(name, None)


def _preconditions(headers: MutableMapping[str, Json], body: Json) -> None:
    if not isinstance(body, dict):
        headers.pop("If-None-Match", None)
    if not isinstance(body, dict) or "If-None-Match" in headers:
        headers.pop("If-Match", None)
    # Coverage makes header values of letters and digits only, and takes a wrong one where that does not do.
    if not headers.get("If-Match", '"').startswith('"'):
        headers["If-Match"] = '"3"'


def _event(event: dict[str, Json]) -> None:
    for name in ("by", "with", "into"):
        _known(event, name)
    _begun(event, "period")
    report = event.get("report")
    if isinstance(report, dict):
        if "reported" in report:
            report["reported"] = PAST
        _known(report, "attributed_to")
        _figures(report)
    for holder in (event, event.get("changes")):
        if isinstance(holder, dict):
            _dated(holder)
            _begun(holder, "occurred")
            _listed(holder)
            _named(holder)


def _dated(changes: dict[str, Json]) -> None:
    for cleared, given in (("occurred", "occurred_text"), ("occurred_text", "occurred")):
        if changes.get(cleared, ...) is None:
            changes[given] = changes.get(given) or PAST


def _placed(event: dict[str, Json]) -> None:
    stream = "development" if "development" in event else "actor"
    _numbered(event, "id")
    event.pop("expected_version", None)
    if event["type"] in OPENERS:
        _numbered(event, stream)
    elif event["type"] != "ActorMerged":
        there = DEVELOPMENTS if stream == "development" else ACTORS
        event[stream] = there[next(_numbers) % len(there)]


def _named(holder: dict[str, Json]) -> None:
    _numbered(holder, "name")
    _numbered(holder, "alias")
    if holder.get("aliases"):
        holder["aliases"] = [f"alias {next(_numbers)}"]


def _numbered(holder: dict[str, Json], name: str) -> None:
    if isinstance(holder.get(name), str):
        holder[name] = f"{holder[name][:110]}-{next(_numbers)}"


def _figures(report: dict[str, Json]) -> None:
    for index, figure in enumerate(report.get("figures") or ()):
        figure["metric"] = f"metric-{index}"
        _known(figure, "claimed_by")
        _begun(figure, "as_at")
        given = [name for name in ("low", "point", "high") if figure.get(name) is not None]
        figure.update(zip(given, sorted(figure[name] for name in given), strict=True))


def _listed(holder: dict[str, Json]) -> None:
    actors = holder.get("actors")
    if not isinstance(actors, list):
        return
    kept: dict[tuple[str, str | None], Json] = {}
    for listed in actors:
        _known(listed, "actor")
        kept.setdefault((listed["actor"], listed.get("role")), listed)
    actors[:] = kept.values()


def _known(holder: dict[str, Json], name: str) -> None:
    if isinstance(holder.get(name), str):
        holder[name] = ACTORS[len(holder[name]) % len(ACTORS)]


def _begun(holder: dict[str, Json], name: str) -> None:
    date = holder.get(name)
    if isinstance(date, str) and "/" in date:
        begin, _, end = date.partition("/")
        holder[name] = f"{begin}/.." if begin not in ("", "..") else f"../{end}"


@schemathesis.serializer(NDJSON)
def lines(context: schemathesis.SerializationContext, value: Json) -> bytes:
    """A list as lines. The example of the document is text already; what is meant to be refused may be anything."""
    if isinstance(value, str):
        return value.encode()
    return b"".join(json.dumps(item).encode() + b"\n" for item in (value if isinstance(value, list) else [value]))


@schemathesis.deserializer(NDJSON)
def items(context: schemathesis.DeserializationContext, response: schemathesis.Response) -> list[Json]:
    """Lines as a list."""
    return [json.loads(line) for line in response.content.splitlines()]
