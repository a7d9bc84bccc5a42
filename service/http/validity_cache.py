"""Pages that read the same as of many dates, told again as of any of them without asking the store.

Who moves `as_of` along a timeline asks the same question again and again, and what stands on a page changes seldom: its
answers differ in their stamps alone. So, the second time that a page is asked for while the store stands still, it is
also asked as of which dates it stays the same. (A cached result with the interval in which it is valid: Ports et al.,
*Transactional Consistency and Automatic Management in an Application Data Cache*, OSDI 2010.)
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from adapters.codec.patterns import SINGLE_DATE_LENGTH
from domain import edtf
from domain.clocks import Instant
from domain.questions import Lasting
from domain.unavailable import Late
from service.http.answer import Answer
from service.http.coding import ANY, LARGE, had
from service.http.given import Given
from service.http.replies import NDJSON, coded, headers, in_parts, length, reply, validator
from service.http.response_cache import LONGEST_KEY, Reply, is_at
from service.reading.answers import One, Page, retold
from service.reading.cursors import Start

MOST_BYTES = 8 * 1024 * 1024
BESIDE = 1_024
"""Bytes that a page takes beside its items, about."""
MOST_STRETCHES = 8
"""Of how many stretches of dates a page is kept."""
MOST_NOTED, MOST_TOLD = 4_096, 512
"""Of how many questions it is known that they were put, and of how many that they were answered here lately."""

_AS_OF = re.compile(rb"(?:^|&)as_of=([^&+]{4,40})(?=&|$)")
_PINS = re.compile(rb"(?:^|&)(?:at|recorded_as_of)=")

Key = tuple[bytes, bytes, str | None]


class LastingPage(NamedTuple):
    """A page and the dates as of which it reads the same.

    `begin` and `key` are as in `service.reading.answers.Retelling`; `chain` is the head of the hash chain at its
    position.
    """

    path: str
    items: list[bytes]
    begin: Start
    key: list[Any] | None
    chain: bytes | None
    media: str
    lasting: Lasting


class _Held(NamedTuple):
    """A page under its route; `state` is that of the store which it holds for, None where it is pinned."""

    route: str
    page: LastingPage
    state: Hashable | None

    def holds_beside(self, lasting: Lasting, state: Hashable | None) -> bool:
        """Whether it is worth keeping in this state beside a page of other dates."""
        mine = self.page.lasting
        return self.state in (None, state) and (mine.until <= lasting.since or lasting.until <= mine.since)


class Told(NamedTuple):
    """An answer made of a page; `tag` and `state` are as in `service.http.response_cache.Kept`.

    `lately`: it was told a moment ago as well, so it is worth keeping as it is.
    """

    reply: Reply
    tag: str
    state: Hashable | None
    lately: bool


class _Dated(NamedTuple):
    """A question without its date, and the date."""

    key: Key
    as_of: Instant


def lasting_page(path: str, found: One | Page, chain: bytes | None, media: str) -> LastingPage | None:
    """What can be told again of an answer, while the snapshot is held; None where nothing can, or not soon."""
    if not isinstance(found, Page) or found.retelling is None or sum(map(len, found.items)) > LARGE:
        return None
    begin, key, lasts = found.retelling
    lasting = None
    # The answer is there: it is not put together anew for what is only worth knowing.
    with suppress(Late):
        lasting = lasts()
    # One item that reads as all of them: they are not gone through each time.
    items = [(b"\n" if media == NDJSON else b",").join(found.items)] if found.items else []
    return None if lasting is None else LastingPage(path, items, begin, key, chain, media, lasting)


class ValidityCache:
    """The pages asked for last, up to so many bytes, for one event loop; `state` tells that of the store."""

    def __init__(self, state: Callable[[], Hashable | None], most_bytes: int = MOST_BYTES) -> None:
        self._state = state
        self._most = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Key, list[_Held]] = OrderedDict()
        # By hashes: of two that have the same, one is asked for or kept a bit early.
        self._noted: dict[int, Hashable | None] = {}
        self._told: set[int] = set()

    def find(self, target: bytes, given: Given) -> Told | None:
        """What GET of this target is answered with, if a page is held that reads the same as of its date."""
        dated = _dated(target, given)
        if dated is None:
            return None
        for held in self._held.get(dated.key, ()):
            if held.page.lasting.has(dated.as_of) and is_at(self._state, held.state):
                self._held.move_to_end(dated.key)
                tag, told = _told(held, target, dated.as_of, given)
                return Told(told, tag, held.state, lately=self._was_told(hash(target)))
        return None

    def note(self, target: bytes, given: Given, state: Hashable | None) -> bool:
        """A question is put: note it, and tell whether it was in this state of the store before, so that it is worth
        asking how long its page lasts.
        """
        dated = _dated(target, given)
        if dated is None or (state is None and not _PINS.search(dated.key[1])):
            return False
        noted = hash(dated.key)
        if noted in self._noted and self._noted[noted] == state:
            return True
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[noted] = state
        return False

    def unnote(self, target: bytes, given: Given) -> None:
        """The question counts as one that was not put yet."""
        dated = _dated(target, given)
        if dated is not None:
            self._noted.pop(hash(dated.key), None)

    def keep(self, target: bytes, given: Given, route: str, page: LastingPage | None, state: Hashable | None) -> None:
        """Keep a page that `note` was told of; the caller sees to it that it is pinned, or of this state.

        Where it could not be told how long it lasts, its question counts as one that was not put yet.
        """
        dated = _dated(target, given)
        assert dated is not None
        if page is None:
            self.unnote(target, given)
            return
        others = [held for held in self._drop(dated.key) if held.holds_beside(page.lasting, state)]
        held = [_Held(route, page, state), *others[: MOST_STRETCHES - 1]]
        self._held[dated.key] = held
        self._bytes += _size(dated.key, held)
        while self._bytes > self._most:
            self._drop(next(iter(self._held)))

    def _was_told(self, target: int) -> bool:
        if target in self._told:
            return True
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told.add(target)
        return False

    def _drop(self, key: Key) -> list[_Held]:
        held = self._held.pop(key, [])
        self._bytes -= _size(key, held)
        return held


def _size(key: Key, held: list[_Held]) -> int:
    return sum(BESIDE + _length(key) + sum(map(len, one.page.items)) for one in held)


def _length(key: Key) -> int:
    path, query, accept = key
    return len(path) + len(query) + len(accept or "")


@lru_cache(maxsize=8)
def _dated(target: bytes, given: Given) -> _Dated | None:
    """The parts of a question as of one date, asked for in the usual way; None for any other."""
    if given.prefer is not None or given.if_none_match == ANY or len(target) + len(given.accept or "") > LONGEST_KEY:
        return None
    if not (given.codings.identity or given.codings.gzip):
        return None
    path, _, query = target.partition(b"?")
    found = _AS_OF.search(query)
    if found is None:
        return None
    rest = query[: found.start()] + query[found.end() :]
    try:
        date = (unquote_to_bytes(found[1]) if b"%" in found[1] else found[1]).decode()
        as_of = edtf.single(date).ends
    except (UnicodeDecodeError, edtf.NotADate):
        return None
    return None if len(date) > SINGLE_DATE_LENGTH else _Dated((path, rest, given.accept), as_of)


def _told(held: _Held, target: bytes, as_of: Instant, given: Given) -> tuple[str, Reply]:
    """The validator of the plain form, and the answer."""
    route, page, _ = held
    found = retold(page.begin, page.key, page.items, as_of)
    query = target.partition(b"?")[2]
    tag = validator(page.chain, found.pin, page.path, query, page.media)
    form = had(given.if_none_match, tag, given.codings)
    if form is not None:
        return tag, Reply.of(route, Answer.unchanged(form, headers(found.pin, tag, many=True)))
    if given.codings.gzip:
        return tag, Reply.of(route, coded(reply(page.path, query, found, tag, page.media), given.codings))
    told, parts = in_parts(page.path, query, found, tag, page.media)
    plain = Reply(route, 200, told, parts)
    told.append(length(plain.size))
    return tag, plain
