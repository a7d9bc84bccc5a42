"""The routes of reading: parse, ask, answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from adapters.codec.fields import Line, Slug
from domain.actor import NEAREST
from domain.ports import Snapshot, Views
from domain.questions import Filters
from domain.words import words
from service.http.asking import NOW, NotNow, answer
from service.http.lean import LeanRoute
from service.http.parameters import (
    ActorsAsked,
    ChangesAsked,
    DevelopmentsAsked,
    Filtered,
    Pinned,
    PinnedPage,
    StateAsked,
    TimelineAsked,
)
from service.http.problems import ActorNotThere
from service.http.replies import redirected
from service.http.schemas.responses import CHANGES, NAMED, NAMING, one, page
from service.reading import actors, changes, developments, figures, state
from service.reading.answers import Elsewhere, NotThere, One, Page, Pending
from service.reading.cursors import Start, start
from service.reading.pins import Pin, pin

router = APIRouter(prefix="/v1", route_class=LeanRoute, tags=["reading"])

Development = Annotated[Slug, Path(description="Its id.", examples=["dprk-troops-fight-in-kursk"])]
Actor = Annotated[
    Line, Path(description="Its id; a name, an alias or a merged id redirects.", examples=["north-korea"])
]
Metric = Annotated[Slug, Path(description="Its id.", examples=["dprk-deployed"])]
NOTHING = Filters(actors=("",))
"""Filters that let nothing through: no actor has an empty id."""


def _start(snapshot: Snapshot, ask: PinnedPage, shape: tuple[type, ...], *path: str) -> Start:
    return start(snapshot, ask.when(), ask.slice(), f"({path!r}, {ask.question})", shape)


def _one(snapshot: Snapshot, ask: Pinned, tell: Callable[[Pin], One]) -> Pending:
    pinned = pin(snapshot, ask.when())
    return Pending(pinned, many=False, answer=lambda: tell(pinned))


def _page(begin: Start, tell: Callable[[Start], Page]) -> Pending:
    return Pending(begin.pin, many=True, answer=lambda: tell(begin))


def _filters(ask: Filtered, snapshot: Snapshot, at: int, of: str | None = None, *, affiliates: bool = False) -> Filters:
    return ask.filters(snapshot, at, of=of, affiliates=affiliates) or NOTHING


async def _hinted(request: Request, missing: NotThere) -> NotThere:
    """An actor that never was there, with those whose names have all words of it: found in a thread, it may take long.

    Raises NotNow where it has to be answered at once.
    """
    if missing.exists or missing.pin is None:
        return missing
    if NOW in request.scope:
        raise NotNow
    nearest = await to_thread.run_sync(_having, request.app.state.services.views, missing.name, missing.pin)
    return ActorNotThere(missing, nearest) if nearest else missing


def _having(views: Views, name: str, pinned: Pin) -> list[str]:
    """The names of some actors that have all words of a name at a position, among their aliases or in their own."""
    asked = words(name)
    if not asked:
        return []
    with views.snapshot() as snapshot:
        return [row.name for row in snapshot.actors(asked, pinned.cut, NEAREST, "")]


@router.get("/state", openapi_extra=one("State", **NAMING))
async def get_state(request: Request, ask: Annotated[StateAsked, Query()]) -> Response:
    """What was known: counts, latest figures, what is expected, what became known last.

    The filters choose the developments that count. Retracted ones are among them, marked by their status.
    """

    def question(s: Snapshot) -> Pending:
        return _one(s, ask, lambda pinned: state.state(s, pinned, _filters(ask, s, pinned.at)))

    return await answer(request, ask, question, quick=False)


@router.get("/developments", openapi_extra=page("DevelopmentPage", "Development", **NAMING))
async def get_developments(request: Request, ask: Annotated[DevelopmentsAsked, Query()]) -> Response:
    """The timeline over all actors: developments known at the cut.

    Each is the version that was known then; it holds from its `known_from` to its `known_to` on the reported clock.
    """

    def tell(s: Snapshot, begin: Start) -> Page:
        return developments.page(s, begin, _filters(ask, s, begin.pin.at), ask.order)

    def question(s: Snapshot) -> Pending:
        return _page(_start(s, ask, developments.KEY), partial(tell, s))

    return await answer(request, ask, question)


@router.get("/developments/{development}", openapi_extra=one("DevelopmentTold", "development-unknown"))
async def get_development(request: Request, development: Development, ask: Annotated[Pinned, Query()]) -> Response:
    """One development with the reports that tell of it.

    The reports are the known entries that tell of it, as amended, in order of knowledge; `stands` is false where one is
    withdrawn at the cut.
    """

    def question(s: Snapshot) -> Pending:
        return _one(s, ask, lambda pinned: developments.development(s, pinned, development))

    return await answer(request, ask, question)


@router.get(
    "/developments/{development}/history",
    openapi_extra=page("HistoryPage", "HistoryEvent", "development-unknown"),
)
async def get_history(request: Request, development: Development, ask: Annotated[PinnedPage, Query()]) -> Response:
    """The events of a development, newest knowledge last.

    Entries read as amended and stand in the order of their amended `known_from`; an amendment stands at its recording,
    whatever `as_of`, its own `known_from` null.
    """

    def question(s: Snapshot) -> Pending:
        begin = _start(s, ask, (int,), development)
        return _page(begin, lambda begin: developments.history(s, begin, development))

    return await answer(request, ask, question)


@router.get("/actors", openapi_extra=page("ActorPage", "ActorTold"))
async def get_actors(request: Request, ask: Annotated[ActorsAsked, Query()]) -> Response:
    """Who is known: actors with their names, affiliations and number of developments.

    Actors are as at the position, on the whole reported clock; `as_of` cuts the developments that are counted.
    """

    def question(s: Snapshot) -> Pending:
        return _page(_start(s, ask, (str,)), lambda begin: actors.page(s, begin, ask.q))

    return await answer(request, ask, question)


@router.get(
    "/actors/{actor:path}/timeline",
    openapi_extra=page("DevelopmentPage", "Development", "actor-unknown", **NAMED),
)
async def get_timeline(request: Request, actor: Actor, ask: Annotated[TimelineAsked, Query()]) -> Response:
    """The timeline of one actor.

    A development stands in the timeline of every actor that it lists, that takes a standing stance on it, or to whom a
    standing report of it is attributed.
    """

    def tell(s: Snapshot, begin: Start) -> Page:
        of = actors.find(s, actor, begin.pin)
        filters = _filters(ask, s, begin.pin.at, of, affiliates=ask.affiliates)
        return developments.page(s, begin, filters, ask.order)

    def question(s: Snapshot) -> Pending:
        return _page(_start(s, ask, developments.KEY, actor), partial(tell, s))

    try:
        return await answer(request, ask, question)
    except Elsewhere as elsewhere:
        return redirected(request, f"/v1/actors/{quote(elsewhere.actor)}/timeline", elsewhere.pin)
    except NotThere as missing:
        raise await _hinted(request, missing) from None


@router.get("/actors/{actor:path}", openapi_extra=one("StampedActor", "actor-unknown", **NAMED))
async def get_actor(request: Request, actor: Actor, ask: Annotated[Pinned, Query()]) -> Response:
    """One actor; an alias or a merged id redirects to the actor it means.

    A name that several actors share is refused: 422 with their ids.
    """

    def question(s: Snapshot) -> Pending:
        return _one(s, ask, lambda pinned: actors.actor(s, pinned, actor))

    try:
        return await answer(request, ask, question)
    except Elsewhere as elsewhere:
        return redirected(request, f"/v1/actors/{quote(elsewhere.actor)}", elsewhere.pin)
    except NotThere as missing:
        raise await _hinted(request, missing) from None


@router.get("/figures", openapi_extra=page("MetricPage", "MetricFigures"))
async def get_metrics(request: Request, ask: Annotated[PinnedPage, Query()]) -> Response:
    """Every metric with the latest standing figure of each claimant.

    Latest is the greatest end of `as_at`, else of when the development occurred, then the last known.
    """

    def question(s: Snapshot) -> Pending:
        return _page(_start(s, ask, (str,)), partial(figures.metrics, s))

    return await answer(request, ask, question)


@router.get("/figures/{metric}", openapi_extra=page("FigurePage", "StandingFigure", "metric-unknown"))
async def get_figures(request: Request, metric: Metric, ask: Annotated[PinnedPage, Query()]) -> Response:
    """One metric: every standing figure in order of knowledge, and the latest of each claimant.

    404 where no figure of it is known at the cut; an empty list where figures are known and none stands.
    """

    def question(s: Snapshot) -> Pending:
        begin = _start(s, ask, (int, int, int), metric)
        return _page(begin, lambda begin: figures.series(s, begin, metric))

    return await answer(request, ask, question)


@router.get("/changes", openapi_extra=page(CHANGES, "ChangeTold", **NAMING))
async def get_changes(request: Request, ask: Annotated[ChangesAsked, Query()]) -> Response:
    """What changed in knowledge between two dates, or between two positions of the log.

    With dates: `from`, and `to` (without it: the default cut), on the log of `at` or `recorded_as_of`. With positions:
    `from_at`, and `to_at` (without it: the head), both cut by `as_of` where given. One of the two pairs, not both.
    """
    between = changes.Between(ask.from_, ask.to, ask.from_at, ask.to_at, ask.when())

    def question(s: Snapshot) -> Pending:
        def filters(later: Pin) -> Filters:
            return _filters(ask, s, later.at)

        return changes.changes(s, between, ask.slice(), filters, ask.question)

    return await answer(request, ask, question, quick=False)
