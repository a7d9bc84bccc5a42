"""The log proves itself: the chain of hashes is computed again and compared with the heads that are kept.

Who can write to a store can make its heads anew as well. Against that only a head helps that is kept elsewhere: it is
`expected` here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.codec.chain import EMPTY_HEAD, head
from domain.ports import EventLog, Views
from service.processes.worker_pool import worker_pool
from service.progress import Progress, quiet
from service.verifying import leaves

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
class NotedHead:
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
    log: EventLog,
    views: Views,
    expected: NotedHead | None,
    progress: Progress = quiet,
    reopen: leaves.Reopen | None = None,
) -> Verified:
    """Compute the chain of a store's log up to where the views are level, and compare it at every position.

    Also compares what the log keeps beside each event (id, type, stream, version) with the event. Raises DoesNotFit.
    With `reopen` a long log is read by several processes.
    """
    with views.snapshot() as snapshot:
        level = snapshot.head.position
    chain, position = _begin(expected), 0
    versions: dict[str, int] = {}
    begin = None if reopen is None else partial(leaves.open_log, reopen)
    with worker_pool(level if begin else 0, begin) as pool:
        own = partial(leaves.packed_range, log=log, exactly=False)
        quickly = pool.map(partial(leaves.of_store, exactly=False), leaves.ranges(level), own)
        for span, quick in zip(leaves.ranges(level), map(leaves.unpacked, quickly), strict=True):
            heads = _kept(views, span)
            found, made = quick, _chained(chain, quick.made)
            if made != heads[: len(made)]:
                # A number that RFC 8785 writes otherwise than it is stored, or an event that is not the one it was.
                found = leaves.of_range(span, log, exactly=True)
                made = _chained(chain, found.made)
            _compare(position, made, heads, found, versions)
            if expected is not None:
                for number, head_ in enumerate(made, position + 1):
                    expected.compare(number, head_)
            chain, position = made[-1], span[1]
            progress(position)
    if expected is not None:
        expected.compare(position, chain, last=True)
    return Verified(position, chain)


def verify_lines(
    lines: Iterable[bytes],
    expected: NotedHead | None,
    progress: Progress = quiet,
    kept: Kept | None = None,
    many: int = 0,
) -> Verified:
    """Compute the chain of an export from its lines. Raises DoesNotFit.

    `kept` is asked for the end of every range and the last, and for others only to find the first that differs. With
    `many`, about how many lines there are, several processes share a long export.
    """
    chain, position = _begin(expected), 0
    with worker_pool(many) as pool:
        for number, (found, fault) in enumerate(pool.map(leaves.of_lines, leaves.chunks(lines))):
            before = number * leaves.RANGE
            made: list[bytes] = []
            for line, says, leaf_ in found:
                position += 1
                if says != position:
                    raise DoesNotFit(position, f"line {before + line} has the position {says}")
                chain = head(chain, leaf_)
                made.append(chain)
                if expected is not None:
                    expected.compare(position, chain)
            _agree(position, made, kept)
            if fault is not None:
                raise DoesNotFit(position + 1, f"line {before + fault[0]}: {fault[1]}")
            progress(position)
    if expected is not None:
        expected.compare(position, chain, last=True)
    return Verified(position, chain)


def _begin(expected: NotedHead | None) -> bytes:
    if expected is not None:
        expected.compare(0, EMPTY_HEAD)
    return EMPTY_HEAD


def _kept(views: Views, span: tuple[int, int]) -> list[bytes | None]:
    """The heads that the views keep of a range; None where there is none."""
    after, upto = span
    with views.snapshot() as snapshot:
        heads = snapshot.chain_heads(after, upto)
    if len(heads) == upto - after:
        return [head_ for _, head_ in heads]
    known = dict(heads)
    return [known.get(position) for position in range(after + 1, upto + 1)]


def _chained(chain: bytes, made: Iterable[bytes]) -> list[bytes]:
    return [chain := head(chain, leaf) for leaf in made]


def _compare(
    position: int, made: Sequence[bytes], heads: Sequence[bytes | None], found: leaves.Leaves, versions: dict[str, int]
) -> None:
    """Raise DoesNotFit for the first event of the range behind the position that does not fit."""
    faults = [] if found.fault is None else [found.fault]
    for stream, (begins, first, last) in found.streams.items():
        before = versions.get(stream, 0)
        if first != before + 1:
            faults.append(leaves.behind(begins, stream, first, before))
        versions[stream] = last
    if made != heads[: len(made)]:
        faults.append(_other_head(position, made, heads))
    if faults:
        raise DoesNotFit(*min(faults))


def _other_head(position: int, made: Sequence[bytes], heads: Sequence[bytes | None]) -> leaves.Mismatch:
    wrong = next(n for n, (computed, known) in enumerate(zip(made, heads, strict=False)) if computed != known)
    known = heads[wrong]
    told = "none is kept" if known is None else f"kept is {known.hex()}"
    return leaves.Mismatch(position + wrong + 1, f"the event makes the head {made[wrong].hex()}, {told}")


def _agree(position: int, since: Sequence[bytes], kept: Kept | None) -> None:
    """The last head is the kept one; else the first that is not is found by halving: it spoils all behind it."""
    if kept is None or not since or kept(position) == since[-1]:
        return
    first = position - len(since) + 1
    wrong = bisect_left(range(len(since)), True, key=lambda n: kept(first + n) != since[n])  # noqa: FBT003
    made, known = since[wrong].hex(), kept(first + wrong).hex()
    raise DoesNotFit(first + wrong, f"the event makes the head {made}, kept is {known}")
