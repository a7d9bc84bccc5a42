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
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from adapters.codec.patterns import SINGLE_DATE_LENGTH
from domain import edtf
from domain.clocks import Instant
from domain.questions import Lasting
from domain.unavailable import Unavailable
from service.cursors import Start
from service.http.answer import Answer
from service.http.coding import ANY, had
from service.http.given import Given
from service.http.kept import LONGEST_KEY, Reply
from service.http.replies import coded, headers, reply, validator
from service.reading.answers import One, Page, told_again

MOST_BYTES = 8 * 1024 * 1024
BESIDE = 1_024
"""Bytes that a page takes beside its items, about."""
MOST_STRETCHES = 8
"""Of how many stretches of dates a page is kept."""
MOST_ASKED = 4_096
MOST_TOLD = 512
"""Of how many answers it is known that they were told lately."""
MOST_ITEMS = 131_072
"""Bytes of items up to which a page is put together, and maybe compressed, while others wait."""

_AS_OF = re.compile(rb"(?:^|&)as_of=([^&+]{4,40})(?=&|$)")
_PINS = re.compile(rb"(?:^|&)(?:at|recorded_as_of)=")

Key = tuple[bytes, bytes, str | None]


class LastingPage(NamedTuple):
    """A page and the dates as of which it reads the same.

    `begin` and `key` are as in `service.reading.answers.Again`, `chain` is the head of the hash chain at its position.
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


class Told(NamedTuple):
    """An answer made of a page; `tag` and `state` are as in `service.http.kept.Kept`.

    `again`: it was told lately, so it is worth keeping as it is.
    """

    reply: Reply
    tag: str
    state: Hashable | None
    again: bool


class _Dated(NamedTuple):
    """A question without its date, and the date."""

    key: Key
    as_of: Instant


def lasting_page(path: str, found: One | Page, chain: bytes | None, media: str) -> LastingPage | None:
    """What can be told again of an answer, while the snapshot is held; None where nothing can."""
    if not isinstance(found, Page) or found.again is None or sum(map(len, found.items)) > MOST_ITEMS:
        return None
    begin, key, lasts = found.again
    lasting = lasts()
    return None if lasting is None else LastingPage(path, found.items, begin, key, chain, media, lasting)


class Pages:
    """The pages asked for last, up to so many bytes, for one event loop; `state` tells that of the store."""

    def __init__(self, state: Callable[[], Hashable | None], most_bytes: int = MOST_BYTES) -> None:
        self._state = state
        self._most = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Key, list[_Held]] = OrderedDict()
        self._asked: dict[Key, Hashable | None] = {}
        self._told: set[bytes] = set()

    def find(self, target: bytes, given: Given) -> Told | None:
        """What GET of this target is answered with, if a page is held that reads the same as of its date."""
        dated = _dated(target, given)
        if dated is None:
            return None
        for route, page, state in self._held.get(dated.key, ()):
            if page.lasting.has(dated.as_of) and (state is None or self._is_at(state)):
                self._held.move_to_end(dated.key)
                tag, answer = _answer(page, target, dated.as_of, given)
                return Told(Reply(route, answer), tag, state, again=self._is_again(target))
        return None

    def asked(self, target: bytes, given: Given, state: Hashable | None) -> bool:
        """A question is put; whether it was before, in this state of the store, and its page may be kept."""
        dated = _dated(target, given)
        if dated is None or (state is None and not _PINS.search(dated.key[1])):
            return False
        if dated.key in self._asked and self._asked[dated.key] == state:
            return True
        if len(self._asked) >= MOST_ASKED:
            self._asked.clear()
        self._asked[dated.key] = state
        return False

    def keep(self, target: bytes, given: Given, route: str, page: LastingPage, state: Hashable | None) -> None:
        """Keep a page; the caller sees to it that it is pinned, or of this state."""
        dated = _dated(target, given)
        assert dated is not None
        others = [held for held in self._drop(dated.key) if held.state in (None, state)]
        held = [_Held(route, page, state), *others[: MOST_STRETCHES - 1]]
        self._held[dated.key] = held
        self._bytes += _size(held)
        while self._bytes > self._most:
            self._drop(next(iter(self._held)))

    def _is_again(self, target: bytes) -> bool:
        if target in self._told:
            return True
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told.add(target)
        return False

    def _drop(self, key: Key) -> list[_Held]:
        held = self._held.pop(key, [])
        self._bytes -= _size(held)
        return held

    def _is_at(self, state: Hashable) -> bool:
        with suppress(Unavailable):
            return state == self._state()
        return False


def _size(held: list[_Held]) -> int:
    return sum(BESIDE + sum(map(len, one.page.items)) for one in held)


def _dated(target: bytes, given: Given) -> _Dated | None:
    """The parts of a question as of one date, asked for in the usual way; None for any other."""
    if given.prefer is not None or given.if_none_match == ANY or len(target) > LONGEST_KEY:
        return None
    if not (given.codings.identity or given.codings.gzip):
        return None
    path, _, query = target.partition(b"?")
    found = _AS_OF.search(query)
    if found is None:
        return None
    rest = query[: found.start()] + query[found.end() :]
    try:
        date = unquote_to_bytes(found[1]).decode()
        as_of = edtf.single(date).ends
    except (UnicodeDecodeError, edtf.NotADate):
        return None
    return None if len(date) > SINGLE_DATE_LENGTH else _Dated((path, rest, given.accept), as_of)


def _answer(page: LastingPage, target: bytes, as_of: Instant, given: Given) -> tuple[str, Answer]:
    """The validator of the plain form, and the answer."""
    found = told_again(page.begin, page.key, page.items, as_of)
    query = target.partition(b"?")[2]
    tag = validator(page.chain, found.pin, page.path, query, page.media)
    form = had(given.if_none_match, tag, given.codings)
    if form is not None:
        return tag, Answer.unchanged(form, headers(found.pin, tag, many=True))
    answer = reply(page.path, query, found, tag, page.media)
    if given.codings.gzip:
        return tag, coded(answer, given.codings)
    answer.raw_headers.append((b"content-length", b"%d" % len(answer.body)))
    return tag, answer
