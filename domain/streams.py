"""Which stream an event belongs to: `development/…` or `actor/…`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.events import DEVELOPMENT_EVENTS, Event


def stream_of(event: Event) -> str:
    """The stream an event belongs to: `development/…` or `actor/…`."""
    if isinstance(event, DEVELOPMENT_EVENTS):
        return f"development/{event.development}"
    return f"actor/{event.actor}"


def stream_of_wire(wire: Mapping[str, Any]) -> str:
    """The stream that an event in its wire form belongs to."""
    development = wire.get("development")
    return f"actor/{wire['actor']}" if development is None else f"development/{development}"
