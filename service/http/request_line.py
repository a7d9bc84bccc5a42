"""The first line of a request (RFC 9112, 3), and who sent it."""

from __future__ import annotations

from typing import NamedTuple

from starlette.types import Scope


class RequestLine(NamedTuple):
    """Its parts; `client` is host and port, where they are known."""

    client: tuple[str, int] | None
    method: str
    target: bytes
    version: str

    @classmethod
    def of(cls, scope: Scope) -> RequestLine:
        """By ASGI."""
        return cls(scope.get("client"), scope["method"], target_of(scope), scope["http_version"])


def target_of(scope: Scope) -> bytes:
    """Path and query as they were sent, the path without escapes where that is not known."""
    path: bytes = scope.get("raw_path") or scope["path"].encode(errors="surrogatepass")
    query: bytes = scope["query_string"]
    return b"%b?%b" % (path, query) if query else path
