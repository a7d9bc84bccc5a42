"""What was made of the views, kept from one question to the next as long as it holds.

A question whose rows were read a moment ago is answered without asking the database for them again. What is kept is of
one state of the views, and of earlier positions as far back as it was the same; how something read at an earlier
position is kept for that, as far back as well. When the views move on, that of the developments that changed is
forgotten, and everything where more than developments did. For one reader at a time: where several read at once, each
connection has its own, or none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from adapters.views.reader import Reader
from domain.clocks import AFTER, Cut
from domain.events import DEVELOPMENT_EVENTS
from domain.plane import FOREVER
from domain.ports import Head
from domain.questions import Filters, Named, Order, Shown

MOST_BYTES = 16 * 1024 * 1024
CONNECTIONS = 4
"""Connections that have a cache, where there may be several."""
MOST_KEYS = 4_096
MOST_WORDINGS = 8
"""Versions of one development."""
FAR = 1_000
"""Positions from which on it is easier to forget everything than to look at what was appended."""
STILL_SHORT = 256
"""Positions for which a list counts as one without zones: to go through one without them is slower, never wrong."""
BESIDE = 400
"""Bytes that something kept takes beside its own, about."""

Key = TypeVar("Key")
Told = TypeVar("Told")
Plan = tuple[str, dict[str, object]]
"""SQL and its parameters, without those of the cut and the limit."""

_OF_ITS_OWN = frozenset(event.__name__ for event in DEVELOPMENT_EVENTS)
"""Events that change the rows of their own development, and no others."""


class BoundedDict(dict[Key, Told]):
    """What is told by a key, for so many keys at the most: who asks for ever other names fills no memory."""

    def note(self, key: Key, told: Told) -> Told:
        """Remember; where there are too many, the others are forgotten."""
        if len(self) >= MOST_KEYS:
            self.clear()
        self[key] = told
        return told


class _Kept(NamedTuple):
    """How a development reads, until which position."""

    upto: int
    shown: Shown


def _size(shown: Shown) -> int:
    return len(shown.body) + BESIDE


class Cache:
    """What is known of the views.

    How developments read, whom names mean, who bears a word, which words many have, the numbers of terms and
    developments, which lists have no zones, how a first page of them is asked for; and handfuls: of claims, and of
    lists of what is expected.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self.standing = (-1, -1, -1)
        self.head: tuple[Head, bytes | None] = (Head(0, None), None)
        self._shown: dict[int, tuple[_Kept, ...]] = {}
        self._bytes = 0
        self.meant: BoundedDict[str, tuple[str, ...]] = BoundedDict()
        self._names: BoundedDict[str, tuple[Named, int]] = BoundedDict()
        self.logged: BoundedDict[tuple[str, int], Any] = BoundedDict()
        self.common: BoundedDict[tuple[tuple[str, ...], ...], int] = BoundedDict()
        self.bearers: BoundedDict[str, tuple[str, ...]] = BoundedDict()
        self.terms: BoundedDict[tuple[str, str], int] = BoundedDict()
        self.devs: BoundedDict[str, int] = BoundedDict()
        self.short: set[int] = set()
        self._short_since = 0
        self.plans: BoundedDict[tuple[Filters, Order], list[Plan]] = BoundedDict()
        # As many as their one asker looks at: see `adapters.views.questions.latest`.
        self.claims: list[tuple[int, str]] | None = None
        # The same: see `adapters.views.questions.where`.
        self.expected: dict[str, int] | None = None

    def _forget(self) -> None:
        for kept in (
            self._shown, self.meant, self._names, self.logged, self.common, self.bearers, self.terms, self.devs,
            self.short, self.plans,
        ):  # fmt: skip
            kept.clear()
        self._bytes = 0
        self.claims = self.expected = None

    def begin(self, reader: Reader, standing: tuple[int, int, int], head: tuple[Head, bytes | None]) -> None:
        """The views are read at another (generation, version, position), of this head: forget what does not hold."""
        *last_tables, last = self.standing
        *tables, position = standing
        self.standing = (-1, -1, -1)
        if tables != last_tables or not last <= position <= last + FAR:
            self._forget()
            self._short_since = position
        else:
            self._follow(reader, last, position)
        self.standing, self.head = standing, head

    def recall(self, devs: Sequence[int], cut: Cut) -> list[bytes | None]:
        """How these developments read at a cut; None for those of which nothing is kept."""
        shown, found, (as_of, at) = self._shown, [], cut
        for dev in devs:
            body = None
            for upto, (known_from, known_to, since, text) in shown.get(dev, ()):
                if known_from <= as_of and (as_of < known_to or known_to == AFTER) and since <= at <= upto:
                    body = text
                    break
            found.append(body)
        return found

    def keep(self, at: int, shown: Iterable[tuple[int, Shown]]) -> None:
        """Developments read so at a position; what was kept first goes where there is too much."""
        upto = self._upto(at)
        for dev, one in shown:
            others = self._shown.pop(dev, ())
            self._bytes += _size(one) - sum(_size(other) for _, other in others[MOST_WORDINGS - 1 :])
            self._shown[dev] = (_Kept(upto, one), *others[: MOST_WORDINGS - 1])
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._shown)))

    def names_of(self, actors: Iterable[str], at: int) -> dict[str, Named]:
        """The names that these actors had at a position, as far as they are kept."""
        kept = ((actor, self._names.get(actor)) for actor in actors)
        return {actor: held[0] for actor, held in kept if held is not None and held[0].since <= at <= held[1]}

    def keep_names(self, at: int, names: Mapping[str, Named]) -> None:
        """Actors were named so at a position: of several names of one, the last is kept."""
        upto = self._upto(at)
        for actor, name in names.items():
            held = self._names.get(actor)
            if held is None or held[1] < upto:
                self._names.note(actor, (name, upto))

    def _upto(self, at: int) -> int:
        """Until which position that holds which was so at one: at the head, until it is forgotten."""
        return FOREVER if at == self.head[0].position else at

    def _drop(self, dev: int) -> None:
        self._bytes -= sum(_size(shown) for _, shown in self._shown.pop(dev, ()))

    def _follow(self, reader: Reader, after: int, upto: int) -> None:
        changed = reader.rows(_APPENDED, {"after": after, "upto": upto})
        if any(not stream.startswith("development/") or kind not in _OF_ITS_OWN for kind, stream, _ in changed):
            self._forget()
        for _, _, dev in changed:
            self._drop(dev)
        if upto - self._short_since > STILL_SHORT:
            self.short.clear()
            self._short_since = upto
        self.plans.clear()
        self.claims = self.expected = None


class Caches:
    """For several readers at the same time: a cache for each of the connections that came first.

    It ends with its connection. A server that fails may lose the last commits of the views, and may make them again
    with other numbers for their terms; but it loses its connections as well.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: WeakKeyDictionary[object, Cache] = WeakKeyDictionary()

    def of(self, connection: object) -> Cache | None:
        """That of a connection, which reads one state at a time, none earlier than the one before; None for others."""
        with self._lock:
            cache = self._of.get(connection)
            if cache is None and len(self._of) < CONNECTIONS:
                cache = self._of[connection] = Cache(MOST_BYTES // CONNECTIONS)
            return cache


_APPENDED = """SELECT e.type, s.name, f.position FROM event e JOIN stream s ON s.no = e.stream
    JOIN event f ON f.stream = e.stream AND f.version = 1 WHERE :after < e.position AND e.position <= :upto"""
