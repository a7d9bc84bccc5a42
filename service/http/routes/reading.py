"""The routes of reading: parse, ask, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.codec.fields import Line, Slug
from domain.ports import Contended, Snapshot
from domain.questions import Filters
from service.cursors import Start, start
from service.http.lean import LeanRoute
from service.http.parameters import (
    ActorsAsked,
    ChangesAsked,
    DevelopmentsAsked,
    Filtered,
    Pinned,
    PinnedPage,
    Seen,
    StateAsked,
    TimelineAsked,
)
from service.http.replies import reply
from service.http.schemas.responses import CHANGES, NAMED, NAMING, one, page
from service.http.seen import seen
from service.pins import Pin, pin
from service.reading import actors, changes, developments, figures, state
from service.reading.answers import Elsewhere, One, Page

router = APIRouter(prefix="/v1", route_class=LeanRoute, tags=["reading"])

Question = Callable[[Snapshot], One | Page]
Development = Annotated[Slug, Path(description="Its id.", examples=["dprk-troops-fight-in-kursk"])]
Actor = Annotated[
    Line, Path(description="Its id; a name, an alias or a merged id redirects.", examples=["north-korea"])
]
Metric = Annotated[Slug, Path(description="Its id.", examples=["dprk-deployed"])]
TRIES = 3
NOTHING = Filters(actors=("",))
"""Filters that let nothing through: no actor has an empty id."""


async def answer(request: Request, ask: Seen, question: Question) -> Response:
    """Put the question to one snapshot, outside the event loop, once it shows what is asked for.

    Where others were in the way (a standby that had to move on), it is put again.
    """
    views = request.app.state.services.views
    applied = await seen(request, ask.min_position)

    def put() -> One | Page:
        tries = 1
        while True:
            try:
                with views.snapshot() as snapshot:
                    return question(snapshot)
            except Contended:
                if tries == TRIES:
                    raise
                tries += 1

    answered = await to_thread.run_sync(put)
    response = reply(request, answered)
    response.headers.update(applied)
    if answered.pin.pinned:
        request.app.state.kept.keep(request, response)
    return response


def _start(snapshot: Snapshot, ask: PinnedPage, shape: tuple[type, ...], *path: str) -> Start:
    return start(snapshot, ask.when(), ask.slice(), (path, ask.question()), shape)


def _filters(ask: Filtered, snapshot: Snapshot, at: int, of: str | None = None, *, affiliates: bool = False) -> Filters:
    return ask.filters(snapshot, at, of=of, affiliates=affiliates) or NOTHING


@router.get("/state", openapi_extra=one("State", **NAMING))
async def get_state(request: Request, ask: Annotated[StateAsked, Query()]) -> Response:
    """What was known: counts, latest figures, what is expected, what became known last.

    The filters choose the developments that count. Retracted ones are among them, marked by their status.
    """

    def question(s: Snapshot) -> One:
        pinned = pin(s, ask.when())
        return state.state(s, pinned, _filters(ask, s, pinned.cut.at))

    return await answer(request, ask, question)


@router.get("/developments", openapi_extra=page("DevelopmentPage", "Development", **NAMING))
async def get_developments(request: Request, ask: Annotated[DevelopmentsAsked, Query()]) -> Response:
    """The timeline over all actors: developments known at the cut.

    Each is the version that was known then; it holds from its `known_from` to its `known_to` on the reported clock.
    """

    def question(s: Snapshot) -> Page:
        begin = _start(s, ask, developments.KEY)
        return developments.page(s, begin, _filters(ask, s, begin.pin.cut.at), ask.order)

    return await answer(request, ask, question)


@router.get("/developments/{development}", openapi_extra=one("DevelopmentTold", "development-unknown"))
async def get_development(request: Request, development: Development, ask: Annotated[Pinned, Query()]) -> Response:
    """One development with the reports that tell of it.

    The reports are the known entries that tell of it, as amended, in order of knowledge; `stands` is false where one is
    withdrawn at the cut.
    """
    return await answer(request, ask, lambda s: developments.development(s, pin(s, ask.when()), development))


@router.get(
    "/developments/{development}/history",
    openapi_extra=page("HistoryPage", "HistoryEvent", "development-unknown"),
)
async def get_history(request: Request, development: Development, ask: Annotated[PinnedPage, Query()]) -> Response:
    """The events of a development, newest knowledge last.

    Entries read as amended and stand in the order of their amended `known_from`; an amendment stands at its recording,
    whatever `as_of`, its own `known_from` null.
    """
    return await answer(
        request, ask, lambda s: developments.history(s, _start(s, ask, (int,), development), development)
    )


@router.get("/actors", openapi_extra=page("ActorPage", "ActorTold"))
async def get_actors(request: Request, ask: Annotated[ActorsAsked, Query()]) -> Response:
    """Who is known: actors with their names, affiliations and number of developments.

    Actors are as at the position, on the whole reported clock; `as_of` cuts the developments that are counted.
    """
    return await answer(request, ask, lambda s: actors.page(s, _start(s, ask, (str,)), ask.q))


@router.get(
    "/actors/{actor:path}/timeline",
    openapi_extra=page("DevelopmentPage", "Development", "actor-unknown", **NAMED),
)
async def get_timeline(request: Request, actor: Actor, ask: Annotated[TimelineAsked, Query()]) -> Response:
    """The timeline of one actor.

    A development stands in the timeline of every actor that it lists, that takes a standing stance on it, or to whom a
    standing report of it is attributed.
    """

    def question(s: Snapshot) -> Page:
        begin = _start(s, ask, developments.KEY, actor)
        of = actors.find(s, actor, begin.pin)
        filters = _filters(ask, s, begin.pin.cut.at, of, affiliates=ask.affiliates)
        return developments.page(s, begin, filters, ask.order)

    try:
        return await answer(request, ask, question)
    except Elsewhere as elsewhere:
        return _redirect(request, f"/v1/actors/{quote(elsewhere.actor)}/timeline")


@router.get("/actors/{actor:path}", openapi_extra=one("StampedActor", "actor-unknown", **NAMED))
async def get_actor(request: Request, actor: Actor, ask: Annotated[Pinned, Query()]) -> Response:
    """One actor; an alias or a merged id redirects to the actor it means.

    A name that several actors share is refused: 422 with their ids.
    """
    try:
        return await answer(request, ask, lambda s: actors.actor(s, pin(s, ask.when()), actor))
    except Elsewhere as elsewhere:
        return _redirect(request, f"/v1/actors/{quote(elsewhere.actor)}")


@router.get("/figures", openapi_extra=page("MetricPage", "MetricFigures"))
async def get_metrics(request: Request, ask: Annotated[PinnedPage, Query()]) -> Response:
    """Every metric with the latest standing figure of each claimant.

    Latest is the greatest end of `as_at`, else of when the development occurred, then the last known.
    """
    return await answer(request, ask, lambda s: figures.metrics(s, _start(s, ask, (str,))))


@router.get("/figures/{metric}", openapi_extra=page("FigurePage", "StandingFigure", "metric-unknown"))
async def get_figures(request: Request, metric: Metric, ask: Annotated[PinnedPage, Query()]) -> Response:
    """One metric: every standing figure in order of knowledge, and the latest of each claimant.

    404 where no figure of it is known at the cut; an empty list where figures are known and none stands.
    """
    return await answer(request, ask, lambda s: figures.series(s, _start(s, ask, (int, int, int), metric), metric))


@router.get("/changes", openapi_extra=page(CHANGES, "ChangeTold", **NAMING))
async def get_changes(request: Request, ask: Annotated[ChangesAsked, Query()]) -> Response:
    """What changed in knowledge between two dates, or between two positions of the log.

    With dates: `from`, and `to` (without it: the default cut), on the log of `at` or `recorded_as_of`. With positions:
    `from_at`, and `to_at` (without it: the head), both cut by `as_of` where given. One of the two pairs, not both.
    """
    between = changes.Between(ask.from_, ask.to, ask.from_at, ask.to_at, ask.when())

    def question(s: Snapshot) -> Page:
        def filters(later: Pin) -> Filters:
            return _filters(ask, s, later.cut.at)

        return changes.changes(s, between, ask.slice(), filters, (between, ask.question()))

    return await answer(request, ask, question)


def _redirect(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, 308)
