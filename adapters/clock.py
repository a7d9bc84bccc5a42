"""The clock of this machine."""

from __future__ import annotations

import time

from domain.clocks import Instant


class SystemClock:
    """See `domain.ports.Clock`."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000
