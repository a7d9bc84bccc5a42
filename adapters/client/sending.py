"""What both clients do alike: how long they wait, when they ask again, what they tell of themselves."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import httpx

from adapters.client.asked import Asked

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
"""Seconds for a connection, and for each read and write on it."""

RETRIES = 2
LONGEST_PAUSE = 10.0

_BUSY = 503


def headers(key: str | None) -> dict[str, str]:
    """What goes with every request."""
    named = {"User-Agent": "asof"}
    return named if key is None else named | {"Authorization": f"Bearer {key}"}


def pause(asked: Asked, response: httpx.Response, tries_left: int) -> float | None:
    """Seconds after which to ask again; None where the response stands.

    Only a question is asked again, and only where the service says that it is busy and when to come back (RFC 9110,
    10.2.3), at most 10 seconds later.
    """
    if asked.method != "GET" or response.status_code != _BUSY or tries_left <= 0:
        return None
    seconds = _seconds(response.headers.get("retry-after", ""))
    return None if seconds is None or seconds > LONGEST_PAUSE else seconds


def _seconds(retry_after: str) -> float | None:
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
