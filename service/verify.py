"""The log proves itself: the chain of hashes is computed again and compared with every head that is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from adapters.codec.chain import EMPTY_HEAD, canonical, head, leaf
from domain.ports import EventLog, Views
from service.project import told

PAGE = 2_000


class DoesNotFit(Exception):  # noqa: N818 (named for what it says)
    """The first event whose head is not the one that is kept or was given."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"position {position}: {detail}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that fits: its last position and its head there."""

    position: int
    head: bytes


def verify_store(
    log: EventLog, views: Views, expected: tuple[int, bytes] | None, progress: Callable[[int], None]
) -> Verified:
    """Compute the chain of a store's log and compare it with the head the views keep for every position.

    `expected` is a position and the head it has to have. Raises DoesNotFit.
    """
    chain, position = EMPTY_HEAD, 0
    while entries := log.read(position, PAGE):
        with views.snapshot() as snapshot:
            for entry in entries:
                if entry.position != position + 1:
                    raise DoesNotFit(position + 1, f"missing: the log goes on at {entry.position}")
                try:
                    chain = head(chain, told(entry).leaf())
                except (ValueError, KeyError, TypeError) as fault:
                    raise DoesNotFit(entry.position, f"the event cannot be read: {fault!r}") from fault
                position = entry.position
                kept = snapshot.chain_head(position)
                if kept is not None and kept != chain:
                    raise DoesNotFit(position, f"the event makes the head {chain.hex()}, kept is {kept.hex()}")
                _compare(position, chain, expected)
        progress(position)
    return _end(position, chain, expected)


def verify_lines(
    lines: Iterable[tuple[int, dict[str, object]]],
    expected: tuple[int | None, bytes] | None,
    progress: Callable[[int], None],
) -> Verified:
    """Compute the chain of an export; `expected` is the head at a position, None for its end. Raises DoesNotFit."""
    chain, position = EMPTY_HEAD, 0
    at = expected if expected is not None and expected[0] is not None else None
    for line, exported in lines:
        position += 1
        if exported.get("position") != position:
            raise DoesNotFit(position, f"line {line} has the position {exported.get('position')}")
        chain = head(chain, leaf(canonical(exported)))
        _compare(position, chain, at)  # type: ignore[arg-type]
        if position % PAGE == 0:
            progress(position)
    if expected is not None and expected[0] is None:
        _compare(position, chain, (position, expected[1]))
    return _end(position, chain, at)  # type: ignore[arg-type]


def _compare(position: int, chain: bytes, expected: tuple[int, bytes] | None) -> None:
    if expected is not None and expected[0] == position and expected[1] != chain:
        raise DoesNotFit(position, f"the log makes the head {chain.hex()}, given was {expected[1].hex()}")


def _end(position: int, chain: bytes, expected: tuple[int, bytes] | None) -> Verified:
    if expected is not None and expected[0] > position:
        raise DoesNotFit(expected[0], f"missing: the log ends at position {position}")
    return Verified(position, chain)
