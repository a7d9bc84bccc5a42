"""What the inside asks of a store that several processes share."""

from __future__ import annotations

from typing import Any, Protocol


class Following(Protocol):
    """Learning that something was committed to a store, by any process."""

    exact: bool
    """Whether equal marks mean that nothing was committed between them, and not only that nothing is known of it."""

    def mark(self) -> Any:
        """Tell one state from the next: equal marks mean that nothing is known to have been committed between them."""

    def wait(self, mark: Any, seconds: float) -> None:
        """Return when something may have been committed since the mark, as far as that is told, or after the seconds.

        It may return for nothing; what other processes commit may not be told: look at the mark again.
        """


class Duty(Protocol):
    """A duty that at most one process of a store has at a time; it ends with the process."""

    def taken(self) -> bool:
        """Whether this process has it, taking it where nobody has. Raises Unavailable, and has it no longer then."""

    def leave(self) -> None:
        """Let another process take it."""
