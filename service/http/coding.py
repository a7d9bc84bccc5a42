"""Content codings (RFC 9110, 8.4 and 12.5.3): gzip for who accepts it, where there is enough to compress.

Each coding is a representation of its own, so each has a strong validator of its own (RFC 9110, 8.8.3): that of the
gzip form is the other's with `-gzip` inside the quotes. Weak ones would do for `If-None-Match`, but would say less
than is true: the same answer in the same coding is the same bytes. A client that has either form and accepts it is told
304 with the validator of the one it has.

Only gzip is offered: it is in the standard library, and every client knows it. Brotli and zstd would save a tenth to a
fifth more of what is small already, for a compiled dependency each.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import NamedTuple

SMALLEST = 1_024
"""Bytes from which on a body is compressed: a smaller one fits into one packet anyway."""
LARGE = 131_072
"""Bytes from which on a body is put together and compressed in a thread, so that others need not wait."""
SUFFIX = "-gzip"
_LEVEL = 1
"""Twice as fast as zlib's default level, for a tenth more bytes."""
_GZIP = 16 + zlib.MAX_WBITS
_CODED = re.compile(r"(?:text/|application/(?:[\w.+-]*json|x-ndjson|javascript|link-format))|image/svg", re.ASCII)
_ITEM = re.compile(r"\s*([!#$%&'*+.^`|~\w-]+)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*", re.ASCII)


class Codings(NamedTuple):
    """What a request accepts: gzip at all, as it is (`identity`) at all, and whether gzip rather than as it is."""

    gzip: bool
    identity: bool
    rather: bool


ANY = "*"
"""An `If-None-Match` that names whatever there is."""
PLAIN = Codings(gzip=False, identity=True, rather=False)
"""What is sent to who says nothing."""


@lru_cache(maxsize=256)
def accepted(header: str) -> Codings:
    """What `Accept-Encoding` says. What cannot be read of it counts as not accepted; `x-gzip` is gzip."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        if part.strip():
            coding, weight = _weighed(part)
            weights.setdefault("gzip" if coding == "x-gzip" else coding, weight)
    others = weights.get("*")
    gzip = weights.get("gzip", others or 0.0)
    identity = weights.get("identity", others)
    # Not named, it is acceptable, and liked less than what is named.
    return Codings(gzip > 0, identity is None or identity > 0, gzip > 0 and gzip >= (identity or 0.0))


def _weighed(part: str) -> tuple[str, float]:
    found = _ITEM.fullmatch(part)
    return ("", 0.0) if found is None else (found[1].lower(), 1.0 if found[2] is None else float(found[2]))


def compresses(codings: Codings, media_type: str, size: int) -> bool:
    """Whether a body of this type and size goes out as gzip: where it is worth it, or nothing else is accepted."""
    worth = size >= SMALLEST and codings.rather and _CODED.match(media_type) is not None
    return worth or (codings.gzip and not codings.identity)


def compressed(body: bytes) -> bytes:
    """The body as gzip; the same bytes for the same body."""
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packing.compress(body) + packing.flush()


def gzip_tag(tag: str) -> str:
    """The validator of the gzip form of what has this one."""
    return f'{tag[:-1]}{SUFFIX}"'


def had(if_none_match: str | None, tag: str, codings: Codings) -> str | None:
    """Of the validators of the forms that the request accepts, one that its `If-None-Match` names.

    RFC 9110, 13.1.2: weak comparison with any of the list. ANY names none: it is the form that would be sent.
    """
    if if_none_match is None:
        return None
    given = [name.strip().removeprefix("W/") for name in if_none_match.split(",")]
    forms = ([gzip_tag(tag)] if codings.gzip else []) + ([tag] if codings.identity else [])
    return next((form for form in forms if form in given), None)
