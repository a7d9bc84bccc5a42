"""Answers as HTTP: headers of both clocks, validators, media types of lists."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.http.problems import Refused, where
from service.pins import Pin
from service.reading.answers import One, Page

JSON = "application/json"
NDJSON = "application/x-ndjson"
PINNED = "max-age=3600"
NOT_PINNED = "no-cache"


def reply(request: Request, answer: One | Page) -> Response:
    """The answer in the media type that the request accepts, or 304 where the client has it. Raises Refused (406)."""
    if isinstance(answer, One):
        _accepted(request, (JSON,))
        return _reply(request, answer.pin, answer.body, JSON, {})
    headers = {"Vary": "Accept"}
    if answer.next is not None:
        headers["Link"] = f'<{_next(request, answer.next)}>; rel="next"'
    if _accepted(request, (JSON, NDJSON)) == NDJSON:
        body = b"".join(item + b"\n" for item in answer.items)
        return _reply(request, answer.pin, body, NDJSON, headers)
    return _reply(request, answer.pin, answer.body(), JSON, headers)


def _reply(request: Request, pin: Pin, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    headers["ETag"] = etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers["Cache-Control"] = PINNED if pin.pinned else NOT_PINNED
    headers |= where(pin)
    if has(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type)


def has(if_none_match: str | None, etag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison with any of the list, or `*`."""
    if if_none_match is None:
        return False
    given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in given or given == ["*"]


def _next(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _accepted(request: Request, offered: tuple[str, ...]) -> str:
    """The offered media type that the request likes best (RFC 9110, 12.5.1); the first where it is silent."""
    header = request.headers.get("accept")
    if not header or header == "*/*":
        return offered[0]
    ranges = [_range(part) for part in header.split(",")]
    best = max(offered, key=lambda offer: _quality(offer, ranges))
    if _quality(best, ranges) <= 0:
        raise Refused(406, "not-acceptable", "Not acceptable", f"offered: {', '.join(offered)}")
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return media, float(quality)
    except ValueError:
        return media, 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers the offer."""
    for wanted in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        found = [quality for media, quality in ranges if media == wanted]
        if found:
            return max(found)
    return 0.0


def created(body: dict[str, object], status: int, headers: dict[str, str]) -> Response:
    """The answer to an append."""
    return Response(orjson.dumps(body), status, headers, JSON)
