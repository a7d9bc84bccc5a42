"""The numbers of terms in PostgreSQL, given by whoever has the sole right to write."""

from __future__ import annotations

from adapters.postgres.database import Connection

Term = tuple[str, str]


class Terms:
    """Every term that was read to be there, kept from one transaction of a connection to the next, and new ones."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._stored: dict[Term, int] = {}
        self._last = 0

    def begin(self, connection: Connection) -> None:
        """A transaction begins; new is what it numbers, whatever became of the one before."""
        self._connection = connection
        self._level = False
        self._new: dict[Term, int] = {}
        self._pending: list[tuple[int, str, str]] = []

    def number(self, kind: str, text: str) -> int:
        """The number of a term, a new one where it has none."""
        found = self._stored.get((kind, text))
        if found is None and not self._level:
            self._read()
            found = self._stored.get((kind, text))
        if found is None:
            found = self._new.get((kind, text))
        if found is None:
            found = self._new[kind, text] = self._last + len(self._new) + 1
            self._pending.append((found, kind, text))
        return found

    def take(self) -> list[tuple[int, str, str]]:
        """The rows of the terms that became known since the last time."""
        pending, self._pending = self._pending, []
        return pending

    def _read(self) -> None:
        """What this and other processes have stored since the last time."""
        assert self._connection is not None
        self._level = True
        for number, kind, text in self._connection.execute(
            "SELECT no, kind, text FROM term WHERE no > %s ORDER BY no", (self._last,)
        ):
            self._stored[kind, text] = self._last = number
