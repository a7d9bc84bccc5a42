"""The body of an append: from bytes to checked proposals, or every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request

from adapters.codec.parse import is_lines, json_document, ndjson_lines
from adapters.codec.validate import check
from domain.refusals import Fault, Malformed, summary
from service.appending.admission import Proposal
from service.appending.capacity import Capacity
from service.http.problems import Refused

JSON = "application/json"
NDJSON = "application/x-ndjson"
_CHARSET = re.compile(r'charset\s*=\s*"?([^\s";]*)', re.IGNORECASE)
_UTF_8 = ("utf-8", "utf8", "us-ascii")
MOST_BYTES = 64 * 1024 * 1024
MOST_EVENTS = 10_000
MOST_FAULTS = 100
MOST_BYTES_AT_ONCE = 4 * MOST_BYTES
"""Of bodies that are being read or appended."""


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent, and as which media type."""

    content: bytes
    media_type: str


async def read(request: Request, room: Capacity) -> Body:
    """The body of the request, at most 64 MiB of it, in room for its bytes that the caller gives back.

    Raises Refused (413 for more, 415 for another media type) and Overloaded, the room given back.
    """
    media_type = _media_type(request.headers)
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > MOST_BYTES:
        raise _too_large()
    content = bytearray()
    try:
        await _receive(request, room, content)
    except BaseException:
        room.give(len(content))
        raise
    return Body(bytes(content), media_type)


def _media_type(headers: Headers) -> str:
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(parameters)
    known = media_type.strip().lower()
    if known not in (JSON, NDJSON) or (charset is not None and charset[1].lower() not in _UTF_8):
        raise _unsupported(f"accepted: {JSON} (one event or an array), {NDJSON}, in UTF-8")
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise _unsupported(
            f"the content coding {coding!r} is not read; accepted: none", {"Accept-Encoding": "identity"}
        )
    return known


def _unsupported(detail: str, headers: dict[str, str] | None = None) -> Refused:
    told = {"Accept-Post": f"{JSON}, {NDJSON}"} | (headers or {})
    return Refused(415, "media-type-unsupported", detail, told)


async def _receive(request: Request, room: Capacity, content: bytearray) -> None:
    async for chunk in request.stream():
        room.take(len(chunk))
        content += chunk
        if len(content) > MOST_BYTES:
            raise _too_large()


def proposals(body: Body, expected_version: int | None) -> list[Proposal]:
    """Every event of the body, checked. `expected_version` is what a header asks for; it needs a single event.

    Raises Malformed with a fault per thing that is wrong (at most 100), and Refused (413) for too many events.
    """
    single, documents = _documents(body)
    found: list[Proposal] = []
    faults: list[Fault] = []
    for base, document in documents:
        if len(found) == MOST_EVENTS:
            raise Refused(413, "too-many-events", f"accepted: at most {MOST_EVENTS} events at once")
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


def _too_large() -> Refused:
    return Refused(413, "body-too-large", f"accepted: at most {MOST_BYTES} bytes at once")
