"""Pages of lists: where one begins and the next goes on.

A cursor is opaque to clients. It holds the cuts of the first page and the sort key of the last item seen, and is bound
to the question: what else was asked has to be the same on every page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from domain.clocks import AFTER, BEFORE, Instant, is_instant
from domain.ports import Snapshot
from service.reading.pins import BadParameter, Pin, When, cut_at, pin, pin_at

NOT_OF_THIS_LOG = "not a cursor of this log; accepted: `next` of the page before"


class Slice(NamedTuple):
    """Which page of a list: how many items, from behind which cursor."""

    limit: int
    cursor: str | None


class Start(NamedTuple):
    """Where a page begins: its pin, and the sort key of the item before it (None on the first page)."""

    pin: Pin
    key: list[Any] | None
    limit: int
    question: str

    def next(self, key: list[Any]) -> str:
        """The cursor of the page behind the item of this sort key."""
        content = [self.pin.as_of, self.pin.at, key, _fingerprint(self.question)]
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def start(snapshot: Snapshot, when: When, asked: Slice, question: str, shape: tuple[type, ...]) -> Start:
    """Resolve the cuts and the cursor of a request. Raises BadParameter, also where the two say different cuts.

    `question` is what else was asked; `shape` are the types of a sort key of its list.
    """
    if asked.cursor is None:
        return Start(pin(snapshot, when), None, asked.limit, question)
    as_of, at, key, of_question = _read(asked.cursor)
    if of_question != _fingerprint(question):
        raise BadParameter("cursor", "of another question; ask with the parameters of the first page")
    if [type(part) for part in key] != list(shape):
        raise BadParameter("cursor", NOT_OF_THIS_LOG)
    here, there = pin(snapshot, when), pin_of(snapshot, at, as_of)
    if when.as_of is not None and cut_at("as_of", when.as_of) != as_of:
        raise BadParameter("as_of", "another cut than that of the cursor, which keeps it; leave one of the two out")
    if here.pinned and here.at != at:
        name = "recorded_as_of" if when.at is None else "at"
        raise BadParameter(name, f"the cursor is of position {at}, and keeps it; leave one of the two out")
    return Start(there._replace(pinned=here.pinned), key, asked.limit, question)


def skipped(begin: Start) -> int:
    """How many items stand before the page, where that is what a sort key begins with. Raises BadParameter."""
    skip: int = 0 if begin.key is None else begin.key[0]
    if skip < 0:
        raise BadParameter("cursor", NOT_OF_THIS_LOG)
    return skip


def pin_of(snapshot: Snapshot, at: int, as_of: Instant) -> Pin:
    """The pin of cuts that a cursor says. Raises BadParameter where there are none such."""
    if not 0 <= at <= snapshot.head.position or not is_instant(as_of):
        raise BadParameter("cursor", NOT_OF_THIS_LOG)
    return pin_at(snapshot, at, as_of)


@lru_cache(maxsize=1_024)
def _fingerprint(question: str) -> str:
    return hashlib.sha256(question.encode(errors="surrogatepass")).hexdigest()[:12]


def _read(text: str) -> tuple[int, int, list[Any], str]:
    try:
        as_of, at, key, fingerprint = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise BadParameter("cursor", NOT_OF_THIS_LOG) from None
    if [type(part) for part in (as_of, at, key, fingerprint)] != [int, int, list, str] or not all(map(_is_key, key)):
        raise BadParameter("cursor", NOT_OF_THIS_LOG)
    return as_of, at, key, fingerprint


def _is_key(part: object) -> bool:
    """Whether a part of a sort key is one that a list can have: no number lies beyond the ends of time."""
    return not isinstance(part, int) or BEFORE <= part <= AFTER
