"""Pinned answers that were given before: the same question at the same pin has the same bytes, so they are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

MOST_BYTES = 32 * 1024 * 1024
BESIDE = 2_048
"""Bytes that an answer takes beside its body, about: what it is found by, and its headers."""
_CHOSEN_BY = ("accept", "if-none-match", "prefer")
"""The headers of a request that an answer depends on."""


class _Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Kept:
    """The pinned answers that were asked for last, up to so many bytes. For one event loop."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()

    def find(self, request: Request) -> Response | None:
        """The answer to this request, if it is kept."""
        key = _key(request)
        answer = self._answers.get(key)
        if answer is None:
            return None
        self._answers.move_to_end(key)
        return Response(answer.body, answer.status, answer.headers)

    def keep(self, request: Request, answer: Response) -> None:
        """Keep an answer; the caller sees to it that it is pinned."""
        key, body = _key(request), bytes(answer.body)
        size = len(body) + BESIDE
        if size > self._most or key in self._answers:
            return
        self._answers[key] = _Answer(answer.status_code, dict(answer.headers), body)
        self._bytes += size
        while self._bytes > self._most:
            _, dropped = self._answers.popitem(last=False)
            self._bytes -= len(dropped.body) + BESIDE


def _key(request: Request) -> Hashable:
    headers = request.headers
    asked = (request.method, request.scope["path"], request.scope["query_string"])
    return (*asked, *(headers.get(name) for name in _CHOSEN_BY))
