"""Numbers of things, as people say them."""

from __future__ import annotations


def events(number: int) -> str:
    """`1 event`, `2,000 events`."""
    return "1 event" if number == 1 else f"{number:,} events"
