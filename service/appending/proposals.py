"""From bytes to checked proposals, or every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.codec.parse import is_lines, json_document, ndjson_lines
from adapters.codec.validate import check
from domain.refusals import Fault, Malformed, Refusal, summary
from service.appending.admission import Proposal

JSON = "application/json"
NDJSON = "application/x-ndjson"
MOST_EVENTS = 10_000
MOST_FAULTS = 100


class TooManyEvents(Refusal):
    """More than MOST_EVENTS in one request."""

    code = "too-many-events"


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent, and as which media type."""

    content: bytes
    media_type: str


def proposals(body: Body, expected_version: int | None) -> list[Proposal]:
    """Every event of the body, checked. `expected_version` is what a header asks for; it needs a single event.

    Raises Malformed with a fault per thing that is wrong (at most 100), and TooManyEvents.
    """
    single, documents = _documents(body)
    found: list[Proposal] = []
    faults: list[Fault] = []
    for base, document in documents:
        if len(found) == MOST_EVENTS:
            raise TooManyEvents(f"accepted: at most {MOST_EVENTS} events at once")
        wire, expected, wrong = check(document, base)
        faults += wrong
        if wire is not None:
            found.append(Proposal(wire, expected, base))
        elif len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise Malformed(summary(faults), *faults[:MOST_FAULTS])
    if not found:
        raise Malformed("no event was sent", Fault("", "accepted: at least one event"))
    if expected_version is None:
        return found
    return [_preconditioned(found[0], expected_version, single=single)]


def _documents(body: Body) -> tuple[bool, Iterable[tuple[str, Any]]]:
    if body.media_type == NDJSON:
        return False, _lines(body.content)
    try:
        document = json_document(body.content)
    except Malformed as wrong:
        if is_lines(body.content):
            raise _several(wrong.detail) from None
        raise
    if isinstance(document, list):
        return False, ((f"/{index}", item) for index, item in enumerate(document))
    return True, [("", document)]


def _several(detail: str) -> Malformed:
    told = f"{detail}; several events: an array, or Content-Type: {NDJSON}"
    return Malformed(told, Fault("", told))


def _lines(content: bytes) -> Iterator[tuple[str, Any]]:
    for index, (_, document) in enumerate(ndjson_lines(content)):
        yield f"/{index}", document


def _preconditioned(proposal: Proposal, expected_version: int, *, single: bool) -> Proposal:
    if not single:
        raise Malformed(
            "a precondition in a header is for a single event",
            Fault("If-Match", "accepted: `expected_version` in each event of a batch"),
        )
    if proposal.expected_version not in (None, expected_version):
        raise Malformed(
            "the header and the event expect different versions",
            Fault("/expected_version", f"accepted: {expected_version}, as the header, or nothing"),
        )
    return Proposal(proposal.wire, expected_version, proposal.pointer)
