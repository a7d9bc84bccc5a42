"""Refusals and failures as problem documents (RFC 9457): one table from what was refused to a status."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.clocks import show
from domain.ports import InDoubt, Unavailable
from domain.refusals import (
    ActorAmbiguous,
    ActorExists,
    ActorHasMerged,
    ActorNameUnknown,
    ActorUnknown,
    AlreadyWithdrawn,
    DevelopmentExists,
    DevelopmentUnknown,
    EventIdReused,
    EventUnknown,
    Malformed,
    NotWithdrawn,
    Refusal,
    VersionConflict,
)
from service.appending.capacity import Overloaded
from service.appending.proposals import TooManyEvents
from service.http.schemas.problems import CODES
from service.projecting.visibility import Behind
from service.reading.answers import NotThere
from service.reading.pins import BadParameter, Pin

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
IN_DOUBT = "the store was lost while it stored this, and it may have done so: send it again, under the same ids"
_log = logging.getLogger("asof.http")

_MORE = ("current_version", "nearest", "actors")
"""What a refusal may know besides its faults."""

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

STATUS: dict[type[Refusal], int] = {
    Malformed: 422,
    BadParameter: 422,
    ActorNameUnknown: 422,
    ActorAmbiguous: 422,
    DevelopmentExists: 409,
    DevelopmentUnknown: 409,
    ActorExists: 409,
    ActorUnknown: 409,
    ActorHasMerged: 409,
    EventUnknown: 409,
    AlreadyWithdrawn: 409,
    NotWithdrawn: 409,
    EventIdReused: 409,
    VersionConflict: 409,
    TooManyEvents: 413,
}


class PreconditionFailed(VersionConflict):
    """The version that a header asks for is not the stream's."""


class ActorNotThere(NotThere):
    """An actor that is not there, of which known names have all the words."""

    def __init__(self, missing: NotThere, nearest: list[str]) -> None:
        super().__init__(missing.what, missing.name, exists=missing.exists, pin=missing.pin)
        self.nearest = {missing.name: nearest}


class Refused(Exception):  # noqa: N818 (an answer, not an error of the program)
    """A request that the edge refuses before the inside hears of it."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = headers or {}


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """A problem document; its title is that of the code."""
    members = {
        "type": f"/docs#{code}",
        "title": CODES[code].title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    # A fault may quote what was sent, lone surrogates included.
    body = orjson.dumps(members) if _encodable(detail) else orjson.dumps(members | {"detail": ascii(detail)})
    return Response(body, status, headers, MEDIA_TYPE)


async def refusal(_: Request, refused: Exception) -> Response:
    """A refusal of the domain, of a parameter or of the codec."""
    assert isinstance(refused, Refusal)
    status = 412 if isinstance(refused, PreconditionFailed) else STATUS[type(refused)]
    query = isinstance(refused, BadParameter) or any(
        fault.pointer and not fault.pointer.startswith("/") for fault in refused.faults
    )
    place = "parameter" if query else "pointer"
    errors = [{place: fault.pointer, "detail": fault.detail} for fault in refused.faults]
    more = {"errors": errors or None} | {name: getattr(refused, name, None) for name in _MORE}
    known = {name: value for name, value in more.items() if value is not None}
    return problem(status, refused.code, refused.detail, **known)


async def refused_at_the_edge(_: Request, refused: Exception) -> Response:
    """A refusal of the edge."""
    assert isinstance(refused, Refused)
    return problem(refused.status, refused.code, refused.detail, refused.headers)


async def not_there(_: Request, missing: Exception) -> Response:
    """404, and whether it is there at all."""
    assert isinstance(missing, NotThere)
    place = "at this cut" if missing.exists else "in the log"
    stamp = {} if missing.pin is None else missing.pin.stamp()
    hint = {"nearest": missing.nearest} if isinstance(missing, ActorNotThere) else {}
    return problem(
        404,
        f"{missing.what}-unknown",
        f"there is no {missing.what} {missing.name!r} {place}",
        {"Cache-Control": "no-cache"} | where(missing.pin),
        exists=missing.exists,
        **stamp,
        **hint,
    )


def where(pin: Pin | None) -> dict[str, str]:
    """The headers of both clocks; a cut at an end of time has none."""
    if pin is None:
        return {}
    as_of = show(pin.as_of)
    return {"Asof-At": str(pin.at)} | ({} if as_of is None else {"Asof-As-Of": as_of})


async def unavailable(_: Request, fault: Exception) -> Response:
    """503: the store cannot be used now; nothing was changed, unless that is in doubt."""
    _log.warning("the store is not available: %s", fault)
    return problem(
        503,
        "store-unavailable",
        IN_DOUBT if isinstance(fault, InDoubt) else "the store cannot be used now, and nothing was changed: try again",
        {"Retry-After": RETRY_AFTER},
    )


async def behind(_: Request, fault: Exception) -> Response:
    """503: what was asked for is safe in the log, and does not show yet."""
    return problem(503, "views-behind", str(fault), {"Retry-After": RETRY_AFTER})


async def overloaded(_: Request, fault: Exception) -> Response:
    """503: more is being appended than gets done; nothing was changed."""
    return problem(503, "overloaded", f"{fault}: try again", {"Retry-After": RETRY_AFTER})


async def http_exception(request: Request, fault: Exception) -> Response:
    """What the router refuses: no such route, a method that the route does not have."""
    assert isinstance(fault, HTTPException)
    if fault.status_code == 405:  # noqa: PLR2004 (method not allowed)
        allowed = _methods(request)
        return problem(405, "method-not-allowed", f"accepted: {allowed}", {"Allow": allowed})
    if fault.status_code == 404:  # noqa: PLR2004 (not found)
        return problem(404, "route-unknown", "see /docs for the routes there are", exists=False)
    return problem(fault.status_code, "http", str(fault.detail), dict(fault.headers or {}))


def _methods(request: Request) -> str:
    """The methods of every route of this path; the router names those of one. HEAD answers wherever GET does."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if isinstance(route.original_route, Route) and route.original_route.path_regex.match(request.url.path):
            methods |= route.methods or set()
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def failure(request: Request, fault: Exception) -> Response:
    """500: tells nothing of the inside but an id that is in the log."""
    incident = uuid.uuid4().hex
    _log.error("incident %s on %s %s", incident, request.method, request.url.path, exc_info=fault)
    return problem(500, "internal", f"the fault is in the service's log as {incident}", id=incident)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


HANDLERS: dict[type[Exception] | int, Handler] = {
    Refusal: refusal,
    Refused: refused_at_the_edge,
    NotThere: not_there,
    Behind: behind,
    Unavailable: unavailable,
    Overloaded: overloaded,
    HTTPException: http_exception,
    Exception: failure,
}
