"""The state of the store, looked at once for all that one turn of the event loop reads.

A loop first asks which connections have something to read, and then reads each. What it finds so was on its way before
that, so whoever looks at the store afterwards sees all that had been acknowledged to anybody who asks: one look is
enough for the first request of each connection. A second one may have been sent meanwhile, and is looked for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable


class Turn:
    """Tells the state of the store; while `shared`, the one that was told first in this turn. For one event loop.

    Only what the loop calls as it reads may share: what it calls before is of another turn.
    """

    def __init__(self, look: Callable[[], Hashable | None]) -> None:
        self._look = look
        self._state: Hashable | None = None
        self._is_known = self._is_on = False
        self._number = 0
        self.shared = False

    def number(self) -> int:
        """Tells this turn from the next, which begins before the loop reads again."""
        if not self._is_on:
            self._is_on = True
            asyncio.get_running_loop().call_soon(self._end)
        return self._number

    def state(self) -> Hashable | None:
        """As the store tells it. Raises Unavailable."""
        if not self.shared:
            return self._look()
        if not self._is_known:
            self._state = self._look()
            self._is_known = True
        return self._state

    def _end(self) -> None:
        self._is_known = self._is_on = False
        self._number += 1
