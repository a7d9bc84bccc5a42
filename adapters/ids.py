"""Event ids: UUIDv7 (RFC 9562, 5.7), with a counter where the clock stands still."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_COUNTER_BITS = 42


class TimeOrderedIds:
    """See `domain.ports.Ids`. Thread-safe; ids of one process strictly increase."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        """48 bits of milliseconds, then 42 random ones that count on within a millisecond, then 32 random ones."""
        fresh = (time.time_ns() // 1_000_000 << _COUNTER_BITS) | secrets.randbits(_COUNTER_BITS - 1)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            ordered = self._last
        milliseconds, counter = ordered >> _COUNTER_BITS, ordered & ((1 << _COUNTER_BITS) - 1)
        value = milliseconds << 80 | 0x7 << 76 | (counter >> 30) << 64 | 0b10 << 62
        value |= (counter & ((1 << 30) - 1)) << 32 | secrets.randbits(32)
        return str(uuid.UUID(int=value))
