"""Putting a question to the views: at once where that is quick, else in a thread; 304 before an answer is put together.

A thread costs more than most answers do, so a question is put in the event loop first, for so long as all the others
may wait. What takes longer is broken off and put again in a thread, and so are the next of its route for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from domain.ports import Contended, Late, Snapshot
from service.http.answer import Answer
from service.http.coding import ANY, had
from service.http.given import Given, given
from service.http.parameters import Paged, Seen
from service.http.replies import coded, headers, media_type, not_acceptable, reply, validator
from service.http.seen import seen
from service.reading.answers import Pending

Question = Callable[[Snapshot], Pending]

HASTE = 0.005
"""Seconds on the processor that the database has for a question in the event loop."""
LONGEST = 0.1
"""Seconds after which a question was late although it was answered."""
QUICK_ITEMS = 100
"""A longer page takes its time to be put together as well."""
LARGE = 131_072
"""Bytes from which on a body is compressed in a thread."""
FIRST_REST, LAST_REST = 0.05, 1.0
"""Seconds for which the questions of a route that was late are put in a thread: once, and again and again."""
TRIES = 3


class _Told(NamedTuple):
    """An answer and the validator of its plain form; whether it is for ever."""

    answer: Answer
    tag: str
    pinned: bool


class _Late(NamedTuple):
    """Until when the questions of a route are put in a thread, and for how long that is."""

    until: float
    rest: float


async def answer(request: Request, ask: Seen, question: Question, *, quick: bool = True) -> Response:
    """Put the question to one snapshot once it shows what is asked for, and answer it or say that nothing has changed.

    With `quick` it may be put in the event loop.
    """
    asked = given(request)
    applied = {}
    if ask.min_position is not None or asked.prefer is not None:
        applied = await seen(request, ask.min_position)
    # Before the question is put: what is committed meanwhile may not be in the answer.
    state = request.app.state.services.showing.state()
    told = _at_once(request, asked, question) if quick and _is_short(ask) else None
    if told is None:
        told = await to_thread.run_sync(_put, request, asked, question)
    response = told.answer
    response.raw_headers += [(name.lower().encode(), value.encode()) for name, value in applied.items()]
    if response.status_code == 200:  # noqa: PLR2004 (else it is 304, without a body)
        response = await _coded(response, asked)
    if told.pinned or state is not None:
        request.app.state.kept.keep(request.scope, asked, told.tag, response, None if told.pinned else state)
    return response.same() if asked.if_none_match == ANY else response


def _is_short(ask: Seen) -> bool:
    return not isinstance(ask, Paged) or ask.limit <= QUICK_ITEMS


def _at_once(request: Request, asked: Given, question: Question) -> _Told | None:
    """What can be told at once; None where that takes too long, or did a moment ago."""
    lates: dict[str, _Late] = request.app.state.late
    route = request.scope["route"].path
    late = lates.get(route) if lates else None
    if late is not None and late.until > time.monotonic():
        return None
    began, told = time.perf_counter(), None
    with suppress(Late):
        told = _told(request, asked, question, HASTE)
    if told is None or time.perf_counter() - began > LONGEST:
        rest = FIRST_REST if late is None else min(2 * late.rest, LAST_REST)
        lates[route] = _Late(time.monotonic() + rest, rest)
    elif late is not None:
        del lates[route]
    return told


def _put(request: Request, asked: Given, question: Question) -> _Told:
    """Put the question; where others were in the way (a standby that had to move on), it is put again."""
    tries = 1
    while True:
        try:
            return _told(request, asked, question, None)
        except Contended:
            if tries == TRIES:
                raise
            tries += 1


def _told(request: Request, asked: Given, question: Question, within: float | None) -> _Told:
    with request.app.state.services.views.snapshot(within) as snapshot:
        pending = question(snapshot)
        pin, many = pending.pin, pending.many
        media = media_type(asked.accept, many=many)
        tag = "" if media is None else validator(snapshot, pin, request, media)
        # Who names it was given it in this same state: it cannot have become a refusal.
        if media is not None:
            form = had(asked.if_none_match, tag, asked.codings)
            if form is not None:
                return _Told(Answer.unchanged(form, headers(pin, tag, many=many)), tag, pin.pinned)
        found = pending.answer()
    if media is None:
        raise not_acceptable(many=many)
    return _Told(reply(request, found, tag, media), tag, pin.pinned)


async def _coded(response: Answer, asked: Given) -> Answer:
    codings = asked.codings
    if not codings.gzip:
        response.raw_headers.append((b"content-length", b"%d" % len(response.body)))
        return response
    if len(response.body) >= LARGE:
        return await to_thread.run_sync(coded, response, codings)
    return coded(response, codings)
