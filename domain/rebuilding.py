"""What rebuilding asks of the views: to be written anew beside what is read, and to take its place at once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from domain.ports import Views, ViewsWriter


class Beside(ViewsWriter, Protocol):
    """Views that nobody reads yet, beside those that are read. They outlive the process that writes them."""

    def switch(self) -> AbstractContextManager[None]:
        """Take the place of the views that are read, on leaving without an exception, durably and for everybody.

        Inside, the views that are read stand still, and what is written here is part of the same transaction.
        """

    def clear(self) -> bool:
        """Take away a part of what views before them have left behind, and tell whether there was any."""


class Rebuildable(Views, Protocol):
    """Views that can be rebuilt while they are read."""

    outdated: bool
    """Whether they were built by an older version of the projections; they answer nothing then."""

    def beside(self) -> Beside:
        """Views beside these: those that an interrupted rebuilding left, where they are of this program's version."""
