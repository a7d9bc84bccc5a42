"""Python's garbage collector, for a process that keeps much and throws away little."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 250_000, 10, 50


def collect_rarely() -> None:
    """Look for cycles less often, and never among what is there now (as long-lived services do: `gc.freeze`).

    Appends make many small objects without cycles; at Python's defaults a third of their time goes into looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
