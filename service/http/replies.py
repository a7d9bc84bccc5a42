"""Answers as HTTP: headers of both clocks, validators, media types of lists, content codings."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

import adapters
import domain
import service
from service.http.answer import Answer, RawHeaders
from service.http.coding import Codings, compressed, compresses, gzip_tag
from service.http.problems import Refused, where
from service.reading.answers import One, Page
from service.reading.pins import Pin

JSON = "application/json"
NDJSON = "application/x-ndjson"
PINNED = "max-age=3600"
NOT_PINNED = "no-cache"
_OF_ONE, _OF_MANY = (JSON,), (JSON, NDJSON)
_VARY = {False: b"Accept-Encoding", True: b"Accept, Accept-Encoding"}


def media_type(accept: str | None, *, many: bool) -> str | None:
    """What is offered that `Accept` likes best (RFC 9110, 12.5.1), JSON where it is silent; None where it takes none.

    Lists are offered as NDJSON as well.
    """
    if not accept or accept == "*/*":
        return JSON
    ranges = [_range(part) for part in accept.split(",")]
    best = max(_OF_MANY if many else _OF_ONE, key=lambda offer: _quality(offer, ranges))
    return best if _quality(best, ranges) > 0 else None


def validator(chain: bytes | None, pin: Pin, path: str, query: bytes, media: str) -> str:
    """The strong validator of the answer in its plain form, known before it is put together.

    An answer is made of three things: the log up to its position, of which the head of the hash chain tells; the
    question, which is the URL, with the cut that it comes to; and the program. `chain` is that head.
    """
    asked = f"{media} {pin.as_of} {pin.at} {path}?".encode(errors="surrogatepass")
    told = b"\0".join((program(), chain or b"", asked, query))
    return f'"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'


@cache
def program() -> bytes:
    """A digest of the program: another one may put another answer together."""
    digest = hashlib.blake2b(digest_size=16)
    for package in (adapters, domain, service):
        for file in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.digest()


def headers(pin: Pin, tag: str, *, many: bool) -> RawHeaders:
    """What every answer to a question says, 304 included."""
    return [(b"etag", tag.encode("ascii")), *_of_pin(pin, many=many)]


@lru_cache(maxsize=4_096)
def _of_pin(pin: Pin, *, many: bool) -> RawHeaders:
    placed = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in where(pin).items()]
    return [(b"cache-control", _kept_by_clients(pin).encode("ascii")), (b"vary", _VARY[many]), *placed]


def _kept_by_clients(pin: Pin) -> str:
    return PINNED if pin.pinned else NOT_PINNED


def reply(path: str, query: bytes, answer: One | Page, tag: str, media: str) -> Answer:
    """The answer to a question in a media type; `tag` is its validator."""
    if isinstance(answer, Page):
        told, parts = in_parts(path, query, answer, tag, media)
        return Answer(200, b"".join(parts), told)
    return Answer(200, answer.body, [*headers(answer.pin, tag, many=False), (b"content-type", media.encode("ascii"))])


def in_parts(path: str, query: bytes, page: Page, tag: str, media: str) -> tuple[RawHeaders, tuple[bytes, ...]]:
    """As `reply`, the headers and the body in parts."""
    told = [*headers(page.pin, tag, many=True), (b"content-type", media.encode("ascii"))]
    if page.next is not None:
        following = f"{_quoted(path)}?{_without_cursor(query)}cursor={page.next}"
        told.append((b"link", f'<{following}>; rel="next"'.encode("ascii")))
    return told, (page.lines(),) if media == NDJSON else page.parts()


def sized(answer: Answer, codings: Codings) -> Answer:
    """An answer of `reply` in the coding that the request likes best, its length told."""
    if codings.gzip:
        return coded(answer, codings)
    answer.raw_headers.append(length(len(answer.body)))
    return answer


def length(size: int) -> tuple[bytes, bytes]:
    """The header that tells how many bytes a body has."""
    return (b"content-length", b"%d" % size)


def coded(response: Response, codings: Codings) -> Answer:
    """The same whole response in the coding that the request likes best, its length and `Vary` told."""
    body, told, media, varies = bytes(response.body), [], "", b""
    for name, value in response.raw_headers:
        if name == b"content-type":
            media = value.decode("latin-1")
        elif name == b"vary":
            varies = value
        if name not in (b"content-length", b"vary"):
            told.append((name, value))
    if body and compresses(codings, media, len(body)):
        body = compressed(body)
        told = [(name, gzip_tag(value.decode()).encode() if name == b"etag" else value) for name, value in told]
        told.append((b"content-encoding", b"gzip"))
    if b"Accept-Encoding" not in varies:
        varies += b", Accept-Encoding" if varies else b"Accept-Encoding"
    told.append((b"vary", varies))
    if response.status_code != 304:  # noqa: PLR2004 (it has the length of what it stands for, which is not at hand)
        told.append(length(len(body)))
    return Answer(response.status_code, body, told)


def redirected(request: Request, path: str, pin: Pin) -> Response:
    """The same question of another path, which another log may send elsewhere."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, 308, {"Cache-Control": _kept_by_clients(pin)} | where(pin))


def not_acceptable(*, many: bool) -> Refused:
    """406: `Accept` takes nothing of what there is."""
    offered = ", ".join(_OF_MANY if many else _OF_ONE)
    return Refused(406, "not-acceptable", f"offered: {offered}")


_quoted = lru_cache(maxsize=1_024)(quote)


@lru_cache(maxsize=4_096)
def _without_cursor(query: bytes) -> str:
    """The question of a query string, to be followed by a cursor."""
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in given if name != "cursor"])
    return f"{kept}&" if kept else ""


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
