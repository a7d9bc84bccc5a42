"""The rows of the log, as every store keeps them, and the one transaction in which they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.clocks import Instant
from domain.ports import Head, StoredEntry

# position, number of the stream, version, type, recorded_at, id, sent, state
Row = tuple[int, int, int, str, Instant, str | None, bytes | None, bytes]

LAST = 2**63 - 1  # the greatest integer of the stores: no bound


class Clash(Exception):  # noqa: N818 (named for what it says)
    """A version that does not follow in its stream, or an id that is taken."""


class Transaction(Protocol):
    """The tables of the log while one writer has them. Where the transaction is over, Unavailable is raised."""

    def ends(self) -> tuple[Head, int]:
        """The last event and the number of the last stream: what is added gets the numbers behind them."""

    def places(self, streams: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The number and the greatest version of each of the streams that are there."""

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        """The events of these ids."""

    def after(self, position: int, limit: int) -> list[StoredEntry]:
        """Up to `limit` events behind the position, in order."""

    def of_stream(self, name: str) -> list[StoredEntry]:
        """All events of a stream, in order of version."""

    def insert(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        """Store the rows (at least one) and the streams they open with their numbers, or nothing.

        Raises Clash where a place in a stream or an id is taken.
        """

    def put(self, rows: Sequence[Row], opened: Mapping[str, int]) -> None:
        """As insert, where it was looked up in this transaction that no place and no id is taken.

        Raises Contended where one is taken all the same, by somebody who writes out of turn.
        """


def not_before(head: Head, instant: Instant) -> Instant:
    """The instant, raised to the head's: `recorded_at` never decreases along the log."""
    return instant if head.recorded_at is None else max(instant, head.recorded_at)
