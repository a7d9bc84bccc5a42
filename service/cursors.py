"""Pages of lists: where one begins and the next goes on.

A cursor is opaque to clients. It holds the cuts of the first page and the sort key of the last item seen, and is bound
to the question: what else was asked has to be the same on every page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from typing import Any

import orjson

from domain.ports import Snapshot
from service.pins import BadParameter, Pin, When, pin, pin_at


@dataclass(frozen=True, slots=True)
class Slice:
    """Which page of a list: how many items, from behind which cursor."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: its pin, and the sort key of the item before it (None on the first page)."""

    pin: Pin
    key: list[Any] | None
    limit: int
    fingerprint: str

    def next(self, key: list[Any]) -> str:
        """The cursor of the page behind the item of this sort key."""
        content = [self.pin.cut.as_of, self.pin.cut.at, key, self.fingerprint]
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def start(snapshot: Snapshot, when: When, asked: Slice, question: object, shape: tuple[type, ...]) -> Start:
    """Resolve the cuts and the cursor of a request. Raises BadParameter.

    `question` is what else was asked; `shape` are the types of a sort key of its list.
    """
    fingerprint = hashlib.sha256(repr(question).encode(errors="surrogatepass")).hexdigest()[:12]
    if asked.cursor is None:
        return Start(pin(snapshot, when), None, asked.limit, fingerprint)
    as_of, at, key, of_question = _read(asked.cursor)
    if of_question != fingerprint:
        raise BadParameter("cursor", "of another question; ask with the parameters of the first page")
    if [type(part) for part in key] != list(shape) or not 0 <= at <= snapshot.head.position:
        raise BadParameter("cursor", "not a cursor of this log")
    here = pin(snapshot, when)
    return Start(replace(pin_at(snapshot, at, as_of), pinned=here.pinned), key, asked.limit, fingerprint)


def _read(text: str) -> tuple[int, int, list[Any], str]:
    try:
        as_of, at, key, fingerprint = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise BadParameter("cursor", "not a cursor; accepted: `next` of the page before") from None
    if [type(part) for part in (as_of, at, key, fingerprint)] != [int, int, list, str]:
        raise BadParameter("cursor", "not a cursor; accepted: `next` of the page before")
    return as_of, at, key, fingerprint
