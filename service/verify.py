"""The log proves itself: the chain of hashes is computed again and compared with the heads that are kept.

Who can write to a store can make its heads anew as well. Against that only a head helps that is kept elsewhere: it is
`expected` here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.codec.chain import EMPTY_HEAD, canonical, head, leaf
from domain.ports import EventLog, Snapshot, StoredEntry, Unreadable, Views
from domain.streams import stream_of_wire
from service.project import told

PAGE = 2_000
STEP = 1_000

Kept = Callable[[int], bytes]
"""The head that somebody keeps for a position."""


class DoesNotFit(Exception):  # noqa: N818 (named for what it says)
    """The first event that is not the one it was."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"position {position}: {detail}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that fits: its last position and its head there."""

    position: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Expected:
    """A head that was noted elsewhere, and the position that has to have it; None is the end."""

    position: int | None
    head: bytes

    def compare(self, position: int, chain: bytes, *, last: bool = False) -> None:
        """Raise DoesNotFit where the head of this position is another than noted, or the log ends before it."""
        if position == self.position or (last and self.position is None):
            if chain != self.head:
                raise DoesNotFit(position, f"the log makes the head {chain.hex()}, given was {self.head.hex()}")
        elif last and self.position is not None and position < self.position:
            raise DoesNotFit(position + 1, f"missing: the log ends at {position}, the head given is of {self.position}")


def verify_store(
    log: EventLog, views: Views, expected: Expected | None, progress: Callable[[int], None] = lambda _: None
) -> Verified:
    """Compute the chain of a store's log up to where the views are level, and compare it at every position.

    Also compares what the log keeps beside each event (id, type, stream, version) with the event. Raises DoesNotFit.
    """
    with views.snapshot() as snapshot:
        level = snapshot.head.position
    chain, position = _begin(expected), 0
    versions: dict[str, int] = {}
    while entries := log.read(position, PAGE, level):
        with views.snapshot() as snapshot:
            for entry in entries:
                _follows(entry, position)
                chain = _chained(entry, chain, versions, snapshot)
                position = entry.position
                if expected is not None:
                    expected.compare(position, chain)
        progress(position)
    if position < level:
        raise DoesNotFit(position + 1, f"missing: the log ends at {position}, and once went on to {level}")
    if expected is not None:
        expected.compare(position, chain, last=True)
    return Verified(position, chain)


def verify_lines(
    lines: Iterable[tuple[int, Mapping[str, Any]]],
    expected: Expected | None,
    progress: Callable[[int], None] = lambda _: None,
    kept: Kept | None = None,
) -> Verified:
    """Compute the chain of an export from its (line number, event) pairs. Raises DoesNotFit.

    `kept` is asked for every thousandth position and the last, and for others only to find the first that differs.
    """
    chain, position = _begin(expected), 0
    since: list[bytes] = []
    for line, exported in lines:
        _numbered(line, exported, position + 1)
        position += 1
        chain = head(chain, _leaf(position, exported))
        since.append(chain)
        if expected is not None:
            expected.compare(position, chain)
        if len(since) == STEP:
            _agree(position, since, kept)
            since.clear()
            progress(position)
    _agree(position, since, kept)
    if expected is not None:
        expected.compare(position, chain, last=True)
    return Verified(position, chain)


def _begin(expected: Expected | None) -> bytes:
    if expected is not None:
        expected.compare(0, EMPTY_HEAD)
    return EMPTY_HEAD


def _follows(entry: StoredEntry, position: int) -> None:
    if entry.position != position + 1:
        raise DoesNotFit(position + 1, f"missing: the log goes on at {entry.position}")


def _chained(entry: StoredEntry, chain: bytes, versions: dict[str, int], snapshot: Snapshot) -> bytes:
    try:
        event = told(entry)
        chain = head(chain, event.leaf())
    except (Unreadable, ValueError, TypeError) as fault:
        raise DoesNotFit(entry.position, f"{fault}") from fault
    kept = snapshot.chain_head(entry.position)
    if kept != chain:
        told_kept = "none is kept" if kept is None else f"kept is {kept.hex()}"
        raise DoesNotFit(entry.position, f"the event makes the head {chain.hex()}, {told_kept}")
    version = versions[entry.stream] = versions.get(entry.stream, 0) + 1
    beside = (entry.id, entry.type, entry.stream, entry.version)
    if beside != (event.wire["id"], type(event.event).__name__, stream_of_wire(event.wire), version):
        raise DoesNotFit(entry.position, f"the log has it as {', '.join(map(str, beside))}: the event says otherwise")
    return chain


def _numbered(line: int, exported: Mapping[str, Any], position: int) -> None:
    if exported.get("position") != position:
        raise DoesNotFit(position, f"line {line} has the position {exported.get('position')}")


def _leaf(position: int, exported: Mapping[str, Any]) -> bytes:
    try:
        return leaf(canonical(exported))
    except (ValueError, TypeError) as fault:
        raise DoesNotFit(position, f"the event has no canonical form: {fault}") from fault


def _agree(position: int, since: Sequence[bytes], kept: Kept | None) -> None:
    """The last head is the kept one; else the first that is not is found by halving: it spoils all behind it."""
    if kept is None or not since or kept(position) == since[-1]:
        return
    first = position - len(since) + 1
    wrong = bisect_left(range(len(since)), True, key=lambda n: kept(first + n) != since[n])  # noqa: FBT003
    made, known = since[wrong].hex(), kept(first + wrong).hex()
    raise DoesNotFit(first + wrong, f"the event makes the head {made}, kept is {known}")
