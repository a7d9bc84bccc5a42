"""Read your writes: an answer that waits until it shows what its reader has seen elsewhere.

`min_position=N` must show; `Prefer: wait` (RFC 7240) asks for what is in the log now. Both matter where questions are
put to a copy of the store, or where somebody else projects.
"""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request

from service.compose import Services
from service.http.given import given
from service.http.prefer import preferences
from service.projecting.visibility import Behind
from service.reading.pins import BadParameter

PATIENCE = 10.0
"""Seconds that an answer waits; `Prefer: wait=S` says others."""
LONGEST = 30
DIGITS = 6
"""Of a number of seconds at the most; what has more is no such number."""


async def seen(request: Request, min_position: int | None) -> dict[str, str]:
    """Wait until what is asked for shows, and give the headers that tell of it.

    Raises Behind where `min_position` does not show in time, and BadParameter where the log has no such position.
    """
    preferred = _wait(given(request).prefer)
    if preferred is None and min_position is None:
        return {}
    seconds = min(int(preferred), LONGEST) if preferred else PATIENCE
    services = request.app.state.services
    if min_position is not None:
        await to_thread.run_sync(_show, services, min_position, seconds)
    if preferred is None or not await to_thread.run_sync(_level, services, seconds):
        return {}
    return {"Preference-Applied": f"wait={preferred}" if preferred else "wait"}


def _wait(prefer: str | None) -> str | None:
    """The seconds to wait, empty for as long as usual; None where nothing of it is preferred."""
    wait = preferences(prefer).get("wait")
    if not wait:
        return wait
    return wait if wait.isascii() and wait.isdigit() and len(wait) <= DIGITS else None


def _show(services: Services, position: int, seconds: float) -> None:
    if services.visibility.position() < position:
        last = services.log.head().position
        if last < position:
            raise BadParameter("min_position", f"the log ends at position {last}; accepted: 0 to that")
        services.visibility.wait(position, seconds)


def _level(services: Services, seconds: float) -> bool:
    try:
        services.visibility.wait(services.log.head().position, seconds)
    except Behind:
        return False
    return True
