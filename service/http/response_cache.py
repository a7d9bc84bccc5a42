"""Answers that were given before: the same question has the same bytes, pinned for ever, else until the next commit.

They are kept as they go to the socket, compressed where they went so. Where it was only ever said that nothing has
changed, that is kept, without an answer that nobody asked for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import NamedTuple, Self

from domain.unavailable import Unavailable
from service.http.answer import Answer, RawHeaders
from service.http.coding import ANY, had
from service.http.given import Given

MOST_BYTES = 8 * 1024 * 1024
BESIDE = 3_072
"""Bytes that an answer takes beside its body and what it is found by, about: its headers, and its 304s."""
LONGEST_KEY = 4_096
"""Characters of what an answer is found by, from which on it is not kept."""
MOST_SAME, LONGEST_SAME = 4, 160
"""Texts of `If-None-Match` whose 304 is kept with an answer, each of two forms, weak or strong; and their length."""


class Reply:
    """An answer as it is sent, by way of ASGI or as the bytes of HTTP, and the route that it is counted under.

    Its body may be in parts, which go to the socket as they are.
    """

    __slots__ = ("_fields", "headers", "parts", "route", "status")

    def __init__(self, route: str, status: int, headers: RawHeaders, parts: tuple[bytes, ...]) -> None:
        self.route, self.status, self.headers, self.parts = route, status, headers, parts
        self._fields: bytes | None = None

    @classmethod
    def of(cls, route: str, answer: Answer) -> Self:
        """As it was answered by way of the framework."""
        return cls(route, answer.status_code, answer.raw_headers, (bytes(answer.body),))

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return sum(map(len, self.parts))

    @property
    def body(self) -> bytes:
        """The body in one, as it is from now on."""
        if len(self.parts) > 1:
            self.parts = (b"".join(self.parts),)
        return self.parts[0]

    @property
    def fields(self) -> bytes:
        """The headers as the lines of HTTP/1.1, and the empty one behind them."""
        if self._fields is None:
            self._fields = fields(self.headers) + b"\r\n"
        return self._fields


class Kept(NamedTuple):
    """What is told of a question: `tag` is the validator of its plain form, `first` what was told first.

    `same` are the 304s by the `If-None-Match` that they answer. `state` is that of the store which all this holds for,
    None where it is pinned; `size` are the bytes that all of it takes, about.
    """

    tag: str
    first: Reply
    same: dict[str, Reply]
    state: Hashable | None
    size: int

    @property
    def whole(self) -> bool:
        """Whether the answer itself is kept."""
        return self.first.status == 200  # noqa: PLR2004 (all else that is kept is 304)

    def to(self, given: Given) -> Reply | None:
        """The answer, or 304 where the client has it; None where the answer itself is not kept."""
        named = given.if_none_match
        if named is not None:
            same = self.same.get(named) or self._same(named, given)
            if same is not None:
                return same
        return self.first if self.whole else None

    def _same(self, named: str, given: Given) -> Reply | None:
        headers = self.first.headers
        if named == ANY:
            form = dict(headers)[b"etag"].decode("ascii") if self.whole else None
        else:
            form = had(named, self.tag, given.codings)
        if form is None:
            return None
        same = Reply.of(self.first.route, Answer.unchanged(form, headers))
        if len(self.same) < MOST_SAME and len(named) <= LONGEST_SAME:
            self.same[named] = same
        return same


class ResponseCache:
    """The answers asked for last, up to so many bytes, for one event loop; `state` tells that of the store."""

    def __init__(self, state: Callable[[], Hashable | None], most_bytes: int = MOST_BYTES) -> None:
        self._state = state
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def find(self, target: bytes, given: Given) -> Reply | None:
        """What GET of this target is answered with, if that is kept."""
        key = _key(target, given)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if not is_at(self._state, kept.state):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept.to(given)

    def keep(self, target: bytes, given: Given, tag: str, reply: Reply, state: Hashable | None = None) -> None:
        """Keep an answer, or that it was 304; the caller sees to it that it is whole, and pinned, or of this state."""
        key = _key(target, given)
        length = sum(len(text) for text in key if isinstance(text, str | bytes))
        size = len(reply.body) + length + BESIDE
        kept = Kept(tag, reply, {}, state, size)
        before = self._kept.get(key)
        if before is not None and (before.whole or not kept.whole):
            return
        if length > LONGEST_KEY or size > self._most:
            return
        if before is not None:
            self._drop(key)
        self._kept[key] = kept
        self._bytes += size
        while self._bytes > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        self._bytes -= self._kept.pop(key).size


def fields(headers: RawHeaders) -> bytes:
    """Headers as lines of HTTP/1.1."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def is_at(current: Callable[[], Hashable | None], state: Hashable | None) -> bool:
    """Whether what holds for this state of the store, or for ever where it is None, holds in the current one."""
    with suppress(Unavailable):
        return state is None or state == current()
    return False


def _key(target: bytes, given: Given) -> tuple[Hashable, ...]:
    return target, given.accept, given.codings, given.prefer
