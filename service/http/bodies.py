"""The body of an append, read from its request: what it may be, and how large."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.requests import Request

from service.appending.capacity import Capacity
from service.appending.proposals import JSON, NDJSON, Body
from service.http.problems import Refused

_CHARSET = re.compile(r'charset\s*=\s*"?([^\s";]*)', re.IGNORECASE)
_UTF_8 = ("utf-8", "utf8", "us-ascii")
MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_AT_ONCE = 4 * MOST_BYTES
"""Of bodies that are being read or appended."""


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


def _too_large() -> Refused:
    return Refused(413, "body-too-large", f"accepted: at most {MOST_BYTES} bytes at once")
