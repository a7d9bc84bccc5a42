"""Optimistic concurrency by headers (RFC 9110, section 13): the version that a stream has to have."""

from __future__ import annotations

import re

from starlette.datastructures import Headers

from domain.refusals import Fault, Malformed

_VERSION = re.compile(r'"(0|[1-9][0-9]{0,15})"')


def expected_version(headers: Headers) -> int | None:
    """`If-Match: "3"` asks for version 3, `If-None-Match: *` for a new stream; None where neither is given.

    Raises Malformed for anything else, and for both.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is not None and none_match is not None:
        raise Malformed("two preconditions exclude each other", Fault("If-None-Match", "If-Match or If-None-Match"))
    if none_match is not None:
        if none_match.strip() != "*":
            raise Malformed("If-None-Match of an append", Fault("If-None-Match", "* (the stream must be new)"))
        return 0
    if match is None:
        return None
    found = _VERSION.fullmatch(match.strip())
    if found is None:
        raise Malformed("If-Match of an append", Fault("If-Match", 'the version of the stream in quotes, such as "3"'))
    return int(found[1])
