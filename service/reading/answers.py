"""What a question is answered with, before it has a media type: one thing or a page, and where it is pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from domain.clocks import Instant
from domain.questions import Lasting
from service.reading.cursors import Start
from service.reading.pins import Pin


@dataclass(frozen=True, slots=True)
class One:
    """One JSON object; `body` holds its members and the stamp of its pin."""

    pin: Pin
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Items as JSON objects, in order; `next` is the cursor of the page behind; `beside` stands in the envelope.

    `retelling` is how it is told as of other dates, where it can be.
    """

    pin: Pin
    items: list[bytes]
    next: str | None
    beside: dict[str, Any] = field(default_factory=dict)
    retelling: Retelling | None = None

    def lines(self) -> bytes:
        """The items alone, one a line."""
        return b"".join(item + b"\n" for item in self.items)

    def body(self) -> bytes:
        """The envelope: the stamp, what stands beside, `items`, `next`."""
        return b"".join(self.parts())

    def parts(self) -> tuple[bytes, bytes, bytes]:
        """The same in parts, of which the second is the items: the very bytes of the one that there is."""
        envelope = orjson.dumps(self.pin.stamp() | self.beside)[:-1]
        return b'%b,"items":[' % envelope, b",".join(self.items), b'],"next":%b}' % orjson.dumps(self.next)


class Retelling(NamedTuple):
    """How a page is told as of other dates: what it began with, the sort key of its last item if another page follows.

    `lasts` tells as of which, None where it is not known; it is called while the snapshot is held, or not at all.
    """

    begin: Start
    key: list[Any] | None
    lasts: Callable[[], Lasting | None]


def retold(begin: Start, key: list[Any] | None, items: list[bytes], as_of: Instant) -> Page:
    """A page as of another date as of which it has these items; see `Retelling`."""
    pin = begin.pin._replace(as_of=as_of)
    return Page(pin, items, None if key is None else begin._replace(pin=pin).next(key))


def stamped(pin: Pin, members: bytes) -> bytes:
    """A JSON object with the pin's stamp before its members."""
    stamp = orjson.dumps(pin.stamp())
    return stamp if members == b"{}" else stamp[:-1] + b"," + members[1:]


class Pending(NamedTuple):
    """An answer that is not put together yet: where it is pinned, whether it is a page, and how to have it.

    `answer` is called while the snapshot is held, or not at all.
    """

    pin: Pin
    many: bool
    answer: Callable[[], One | Page]


class NotThere(Exception):  # noqa: N818 (an answer, not an error of the program)
    """What was asked for is not there at the cut; `exists` tells whether it is there at all."""

    def __init__(self, what: str, name: str, *, exists: bool, pin: Pin | None = None) -> None:
        super().__init__(what, name)
        self.what = what
        self.name = name
        self.exists = exists
        self.pin = pin


class Elsewhere(Exception):  # noqa: N818 (an answer, not an error of the program)
    """The actor asked for has another id at the pin: an alias, a name or a merged entry was given."""

    def __init__(self, actor: str, pin: Pin) -> None:
        super().__init__(actor)
        self.actor = actor
        self.pin = pin
