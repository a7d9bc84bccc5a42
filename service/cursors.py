"""Pages of lists: where one begins and the next goes on.

A cursor is opaque to clients. It holds the cuts of the first page and the sort key of the last item seen, and is bound
to the question: what else was asked has to be the same on every page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any, NamedTuple

import orjson

from domain.ports import Snapshot
from service.pins import BadParameter, Pin, When, pin, pin_at


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
        content = [self.pin.cut.as_of, self.pin.cut.at, key, _fingerprint(self.question)]
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def start(snapshot: Snapshot, when: When, asked: Slice, question: str, shape: tuple[type, ...]) -> Start:
    """Resolve the cuts and the cursor of a request. Raises BadParameter.

    `question` is what else was asked; `shape` are the types of a sort key of its list.
    """
    if asked.cursor is None:
        return Start(pin(snapshot, when), None, asked.limit, question)
    as_of, at, key, of_question = _read(asked.cursor)
    if of_question != _fingerprint(question):
        raise BadParameter("cursor", "of another question; ask with the parameters of the first page")
    if [type(part) for part in key] != list(shape) or not 0 <= at <= snapshot.head.position:
        raise BadParameter("cursor", "not a cursor of this log")
    here = pin(snapshot, when)
    return Start(pin_at(snapshot, at, as_of)._replace(pinned=here.pinned), key, asked.limit, question)


def _fingerprint(question: str) -> str:
    return hashlib.sha256(question.encode(errors="surrogatepass")).hexdigest()[:12]


def _read(text: str) -> tuple[int, int, list[Any], str]:
    try:
        as_of, at, key, fingerprint = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise BadParameter("cursor", "not a cursor; accepted: `next` of the page before") from None
    if [type(part) for part in (as_of, at, key, fingerprint)] != [int, int, list, str]:
        raise BadParameter("cursor", "not a cursor; accepted: `next` of the page before")
    return as_of, at, key, fingerprint
