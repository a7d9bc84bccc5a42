"""What the domain never makes up itself: the present instant and fresh ids are given to it."""

from __future__ import annotations

from typing import Protocol

from domain.clocks import Instant


class Clock(Protocol):
    """Where `recorded_at` comes from."""

    def now(self) -> Instant:
        """The present instant, UTC."""


class Ids(Protocol):
    """Where the id of an event comes from when its writer gives none."""

    def next(self) -> str:
        """A fresh id; later ones sort behind earlier ones (UUIDv7, RFC 9562)."""
