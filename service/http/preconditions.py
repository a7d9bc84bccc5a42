"""Optimistic concurrency by headers (RFC 9110, section 13): the version that a stream has to have."""

from __future__ import annotations

import re

from starlette.datastructures import Headers

from adapters.codec.wording import describe
from domain.refusals import Fault
from service.http.query import malformed

_VERSION = re.compile(r'"(0|[1-9][0-9]{0,15})"')


def expected_version(headers: Headers) -> int | None:
    """`If-Match: "3"` asks for version 3, `If-None-Match: *` for a new stream; None where neither is given.

    Raises Malformed for anything else, and for both.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is not None and none_match is not None:
        raise malformed(Fault("If-None-Match", "two preconditions; accepted: If-Match or If-None-Match, one of them"))
    if none_match is not None:
        if none_match.strip() != "*":
            raise malformed(Fault("If-None-Match", f"{describe(none_match)}; accepted: * (the stream must be new)"))
        return 0
    if match is None:
        return None
    found = _VERSION.fullmatch(match.strip())
    if found is None:
        accepted = 'the version of the stream in quotes, such as "3"'
        raise malformed(Fault("If-Match", f"{describe(match)}; accepted: {accepted}"))
    return int(found[1])
