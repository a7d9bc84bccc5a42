"""How long work tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int], None]
"""Is told up to which position the work is done, now and then."""


def quiet(_: int) -> None:
    """Nobody wants to know."""
