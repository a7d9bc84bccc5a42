"""Answers that were given before: the same question has the same bytes, pinned for ever, else until the next commit.

They are kept as they go to the socket, compressed where they went so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import NamedTuple

from starlette.types import Message, Scope

from domain.unavailable import Unavailable
from service.http.answer import Answer
from service.http.coding import had
from service.http.given import Given

MOST_BYTES = 16 * 1024 * 1024
BESIDE = 2_048
"""Bytes that an answer takes beside its body, about: what it is found by, and its headers."""


class Kept(NamedTuple):
    """An answer as ASGI messages: `tag` is the validator of its plain form, `route` what it is counted under.

    `state` is that of the store which it answers for, None where it is pinned.
    """

    route: str
    tag: str
    start: Message
    body: Message
    state: Hashable | None

    def to(self, given: Given) -> tuple[Message, Message]:
        """The answer, or 304 where the client has it."""
        if given.if_none_match is not None and (form := had(given.if_none_match, self.tag, given.codings)) is not None:
            same = Answer.unchanged(form, self.start["headers"])
            return same.start(), _NOTHING
        return self.start, self.body


class Answers:
    """The answers asked for last, up to so many bytes, for one event loop; `state` tells that of the store."""

    def __init__(self, state: Callable[[], Hashable | None], most_bytes: int = MOST_BYTES) -> None:
        self._state = state
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def find(self, scope: Scope, given: Given) -> Kept | None:
        """The answer to this question, if it is kept."""
        key = _key(scope, given)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if not self._holds(kept):
            self._drop(self._kept.pop(key))
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, scope: Scope, given: Given, tag: str, answer: Answer, state: Hashable | None = None) -> None:
        """Keep an answer; the caller sees to it that it is whole, and pinned, or of this state of the store."""
        key, size = _key(scope, given), len(answer.body) + BESIDE
        if size > self._most or key in self._kept:
            return
        self._kept[key] = Kept(scope["route"].path, tag, answer.start(), answer.content(), state)
        self._bytes += size
        while self._bytes > self._most:
            self._drop(self._kept.popitem(last=False)[1])

    def _holds(self, kept: Kept) -> bool:
        if kept.state is None:
            return True
        with suppress(Unavailable):
            return kept.state == self._state()
        return False

    def _drop(self, kept: Kept) -> None:
        self._bytes -= len(kept.body["body"]) + BESIDE


_NOTHING: Message = {"type": "http.response.body", "body": b""}


def _key(scope: Scope, given: Given) -> Hashable:
    return scope["path"], scope["query_string"], given.accept, given.codings, given.prefer
