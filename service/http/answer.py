"""An answer with its headers as they go out, without a copy on the way."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Message

RawHeaders = list[tuple[bytes, bytes]]
_OF_UNCHANGED = frozenset({b"cache-control", b"vary", b"asof-at", b"asof-as-of", b"preference-applied"})
"""What a 304 says besides its validator (RFC 9110, 15.4.5)."""


class Answer(Response):
    """A whole answer; `headers` are names in lower case and values, the length of the body included."""

    def __init__(self, status: int, body: bytes, headers: RawHeaders) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None

    @classmethod
    def unchanged(cls, tag: str, headers: Iterable[tuple[bytes, bytes]]) -> Answer:
        """304 to a client that has the form with this validator, of an answer with these headers."""
        kept = [header for header in headers if header[0] in _OF_UNCHANGED]
        return cls(304, b"", [(b"etag", tag.encode("ascii")), *kept])

    def same(self) -> Answer:
        """304 to a client that has this very answer."""
        tags = [value for name, value in self.raw_headers if name == b"etag"]
        return Answer.unchanged(tags[0].decode("ascii"), self.raw_headers)

    def start(self) -> Message:
        """As ASGI begins it."""
        return {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}

    def content(self) -> Message:
        """As ASGI ends it."""
        return {"type": "http.response.body", "body": self.body}
