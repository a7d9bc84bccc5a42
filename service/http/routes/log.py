"""The routes of the log: append to it, read it."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from adapters.codec.wording import describe
from domain.clocks import show
from domain.ports import Snapshot
from domain.questions import Selection
from domain.refusals import Fault, VersionConflict
from service.appending.admission import Proposal
from service.appending.appender import Appended, Appender
from service.appending.capacity import Capacity
from service.appending.proposals import Body, proposals
from service.http import bodies
from service.http.asking import answer
from service.http.given import given
from service.http.lean import LeanRoute
from service.http.parameters import AppendAsked, EventsAsked, LogAsked
from service.http.preconditions import expected_version
from service.http.prefer import preferences
from service.http.problems import PreconditionFailed
from service.http.query import LARGEST, malformed
from service.http.replies import created
from service.http.schemas.append import APPEND
from service.http.schemas.responses import one, page
from service.reading import log
from service.reading.answers import Pending
from service.reading.cursors import start
from service.reading.pins import When, pin

router = APIRouter(prefix="/v1", route_class=LeanRoute, tags=["log"])

SMALL = 32_768
"""Bytes of a body that is checked in the event loop: a few milliseconds at the most."""
POSITION = {"type": "integer", "minimum": 1, "maximum": LARGEST, "examples": [17]}


@router.post("/events", status_code=201, openapi_extra=APPEND)
async def post_events(request: Request, ask: Annotated[AppendAsked, Query()]) -> Response:
    """Append events, all or nothing: durable and visible when this answers.

    An actor is named by id, else by name, else by alias, and stored by id. Sending again what was appended before, with
    the same `id` and the same content, stores nothing and gives the first result; other content under a known `id` is
    refused.
    """
    room: Capacity = request.app.state.bodies
    body = await bodies.read(request, room)
    try:
        appended = await _append(request, body, register_actors=ask.register_actors)
    finally:
        room.give(len(body.content))
    request.app.state.metrics.events.inc(appended.stored)
    response = created(_body(appended), _status(appended), {"Location": _location(appended)})
    if not appended.visible:
        response.headers["Preference-Applied"] = "respond-async"
    return response


async def _append(request: Request, body: Body, *, register_actors: bool) -> Appended:
    version = expected_version(request.headers)
    wait = preferences(given(request).prefer).get("respond-async") != ""
    appender: Appender = request.app.state.services.appender
    try:
        proposed = await _proposals(body, version)
        return await appender.append_soon(proposed, register_actors=register_actors, wait=wait)
    except VersionConflict as conflict:
        if version is None:
            raise
        raise PreconditionFailed(conflict.detail, conflict.current_version) from conflict


async def _proposals(body: Body, version: int | None) -> list[Proposal]:
    """Checked at once where that takes no longer than to ask a thread for it."""
    if len(body.content) <= SMALL:
        return proposals(body, version)
    return await to_thread.run_sync(proposals, body, version)


def _status(appended: Appended) -> int:
    if not appended.visible:
        return 202
    return 201 if appended.stored else 200


def _body(appended: Appended) -> dict[str, object]:
    return {
        "position": appended.position,
        "events": [
            {
                "id": placed.id,
                "stream": placed.stream,
                "version": placed.version,
                "position": placed.position,
                "recorded_at": show(placed.recorded_at),
            }
            for placed in appended.events
        ],
    }


def _location(appended: Appended) -> str:
    kind, _, name = appended.first.stream.partition("/")
    return f"/v1/{kind}s/{name}"


@router.get("/events", openapi_extra=page("RecordedEventPage", "RecordedEvent"))
async def get_events(request: Request, ask: Annotated[EventsAsked, Query()]) -> Response:
    """The log in order, as stored.

    The items are what an export holds: the events as flat objects, each with its `position` and `recorded_at`.
    """
    which = Selection(tuple(ask.mentions()), ask.stream, ask.type)

    def question(s: Snapshot) -> Pending:
        begin = start(s, When(None, ask.at, None), ask.slice(), repr((which, ask.after)), (int,))
        return Pending(begin.pin, many=True, answer=lambda: log.events(s, begin, which, ask.after))

    return await answer(request, ask, question)


@router.get("/events/{position}", openapi_extra=one("RecordedEvent", "event-unknown"))
async def get_event(
    request: Request,
    position: Annotated[str, WithJsonSchema(POSITION), Path(description="Its position.")],
    ask: Annotated[LogAsked, Query()],
) -> Response:
    """One event, as stored."""
    if not (position.isascii() and position.isdigit()) or len(position) > 16:  # noqa: PLR2004 (see the pattern)
        raise malformed(Fault("position", f"{describe(position)}; accepted: a whole number from 1 on"))

    def question(s: Snapshot) -> Pending:
        pinned = pin(s, When(None, ask.at, None))
        return Pending(pinned, many=False, answer=lambda: log.event(s, pinned, int(position)))

    return await answer(request, ask, question)


@router.get("/log", openapi_extra=one("Head"))
async def get_log(request: Request, ask: Annotated[LogAsked, Query()]) -> Response:
    """The last position of the log, or an earlier one, and the head of its hash chain.

    The head of position n is SHA-256(head of n-1, leaf of n), that of position 0 is 32 zero bytes; the leaf is the
    SHA-256 of the canonical JSON (RFC 8785) of the event as exported.
    """

    def question(s: Snapshot) -> Pending:
        pinned = pin(s, When(None, ask.at, None))
        return Pending(pinned, many=False, answer=lambda: log.head(s, pinned))

    return await answer(request, ask, question)
