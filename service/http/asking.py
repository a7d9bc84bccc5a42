"""Putting a question to the views: at once where that is quick, else in a thread; 304 before an answer is put together.

A thread costs more than most answers do, so a question is put in the event loop first, for so long as all the others
may wait. What takes longer is broken off and put again in a thread, and so are the next of its route for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from domain.ports import Contended, Late, Snapshot
from service.http.answer import Answer
from service.http.coding import ANY, LARGE, had
from service.http.given import Given, given
from service.http.parameters import Paged, Seen
from service.http.read_your_writes import seen
from service.http.replies import headers, media_type, not_acceptable, reply, sized, validator
from service.http.request_line import target_of
from service.http.response_cache import Reply, ResponseCache
from service.http.validity_cache import LastingPage, lasting_page
from service.reading.answers import Pending

Question = Callable[[Snapshot], Pending]

HASTE = 0.005
"""Seconds on the processor that the database has for a question in the event loop."""
LONGEST = 0.1
"""Seconds after which a question was late although it was answered."""
QUICK_ITEMS = 100
"""A longer page takes its time to be put together as well."""
FIRST_REST, LAST_REST = 0.05, 1.0
"""Seconds for which the questions of a route that was late are put in a thread: once, and again and again."""
TRIES = 3


NOW = "asof.now"
"""Stands in the scope of a request that is to be answered at once, or by another way."""


class NotNow(Exception):  # noqa: N818 (named for what it says)
    """Something would have to be waited for."""


class _Told(NamedTuple):
    """An answer, the validator of its plain form, whether it is for ever; the page, where it is known how it lasts."""

    answer: Answer
    tag: str
    pinned: bool
    lasting: LastingPage | None = None


class _Late(NamedTuple):
    """Until when the questions of a route are put in a thread, and for how long that is."""

    until: float
    rest: float


async def answer(request: Request, ask: Seen, question: Question, *, quick: bool = True) -> Response:
    """Put the question to one snapshot once it shows what is asked for, and answer it or say that nothing has changed.

    With `quick` it may be put in the event loop. Raises NotNow where it cannot be answered at once and has to be.
    """
    asked, now = given(request), NOW in request.scope
    if now and not (quick and ask.min_position is None and asked.prefer is None and _is_short(ask)):
        raise NotNow
    applied = {}
    if ask.min_position is not None or asked.prefer is not None:
        applied = await seen(request, ask.min_position)
    # Before the question is put: what is committed meanwhile may not be in the answer.
    state = request.app.state.turn.state()
    if now and (state is None or _was_late(request)):
        raise NotNow
    lasts = request.app.state.pages.note(target_of(request.scope), asked, state)
    told = _at_once(request, asked, question, lasts=lasts) if quick and _is_short(ask) else None
    if told is None:
        if now:
            # It is put, and noted, once more.
            if not lasts:
                request.app.state.pages.unnote(target_of(request.scope), asked)
            raise NotNow
        told = await to_thread.run_sync(partial(_put, request, asked, question, lasts=lasts))
    response = told.answer
    response.raw_headers += [(name.lower().encode(), value.encode()) for name, value in applied.items()]
    if response.status_code == 200:  # noqa: PLR2004 (else it is 304, without a body)
        response = await _coded(response, asked)
    if told.pinned or state is not None:
        _keep(request, asked, told, response, None if told.pinned else state, lasts=lasts)
    return response.same() if asked.if_none_match == ANY else response


def _keep(
    request: Request, asked: Given, told: _Told, response: Answer, state: Hashable | None, *, lasts: bool
) -> None:
    kept: ResponseCache = request.app.state.kept
    target, route = target_of(request.scope), request.scope["route"].path
    kept.keep(target, asked, told.tag, Reply.of(route, response), state)
    if lasts:
        request.app.state.pages.keep(target, asked, route, told.lasting, state)


def _is_short(ask: Seen) -> bool:
    return not isinstance(ask, Paged) or ask.limit <= QUICK_ITEMS


def _at_once(request: Request, asked: Given, question: Question, *, lasts: bool) -> _Told | None:
    """What can be told at once; None where that takes too long, or did a moment ago."""
    if _was_late(request):
        return None
    lates: dict[str, _Late] = request.app.state.late
    route = request.scope["route"].path
    late = lates.get(route) if lates else None
    began, told = time.perf_counter(), None
    with suppress(Late):
        told = _told(request, asked, question, HASTE, lasts=lasts)
    if told is None or time.perf_counter() - began > LONGEST:
        rest = FIRST_REST if late is None else min(2 * late.rest, LAST_REST)
        lates[route] = _Late(time.monotonic() + rest, rest)
    elif late is not None:
        del lates[route]
    return told


def _was_late(request: Request) -> bool:
    """Whether the questions of this route are put in a thread for a while."""
    lates: dict[str, _Late] = request.app.state.late
    late = lates.get(request.scope["route"].path) if lates else None
    return late is not None and late.until > time.monotonic()


def _put(request: Request, asked: Given, question: Question, *, lasts: bool) -> _Told:
    """Put the question; where others were in the way (a standby that had to move on), it is put again."""
    tries = 1
    while True:
        try:
            return _told(request, asked, question, None, lasts=lasts)
        except Contended:
            if tries == TRIES:
                raise
            tries += 1


def _told(request: Request, asked: Given, question: Question, within: float | None, *, lasts: bool) -> _Told:
    path, query = request.scope["path"], request.scope["query_string"]
    with request.app.state.services.views.snapshot(within) as snapshot:
        pending = question(snapshot)
        pin, many = pending.pin, pending.many
        media = media_type(asked.accept, many=many)
        chain = snapshot.chain_head(pin.at)
        tag = "" if media is None else validator(chain, pin, path, query, media)
        # Who names it was given it in this same state: it cannot have become a refusal.
        if media is not None:
            form = had(asked.if_none_match, tag, asked.codings)
            if form is not None:
                return _Told(Answer.unchanged(form, headers(pin, tag, many=many)), tag, pin.pinned)
        found = pending.answer()
        lasting = lasting_page(path, found, chain, media) if lasts and media is not None else None
    if media is None:
        raise not_acceptable(many=many)
    return _Told(reply(path, query, found, tag, media), tag, pin.pinned, lasting)


async def _coded(response: Answer, asked: Given) -> Answer:
    codings = asked.codings
    if codings.gzip and len(response.body) >= LARGE:
        return await to_thread.run_sync(sized, response, codings)
    return sized(response, codings)
