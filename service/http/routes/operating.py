"""The routes of operating: alive, ready, measured."""

from __future__ import annotations

import orjson
from anyio import to_thread
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.ports import Unavailable
from service.compose import Services
from service.http.lean import LeanRoute
from service.http.problems import problem
from service.http.replies import JSON
from service.http.schemas.responses import READINESS, plain, told

router = APIRouter(route_class=LeanRoute, tags=["operating"])


@router.get("/", include_in_schema=False)
async def get_root(request: Request) -> Response:
    """What there is to see."""
    return RedirectResponse("/docs", 307)


@router.get("/healthz", openapi_extra=plain("Alive.", told("Alive")))
async def get_health(request: Request) -> Response:
    """Whether the process answers."""
    return Response(b'{"status":"alive"}', media_type=JSON)


@router.get("/readyz", openapi_extra=READINESS)
async def get_readiness(request: Request) -> Response:
    """Whether the store answers and the views are level with the log."""
    try:
        position, visible = await to_thread.run_sync(_positions, request.app.state.services)
    except Unavailable:
        return problem(503, "store-unavailable", "the store cannot be used now")
    members = {"position": position, "visible": visible, "lag": position - visible}
    if visible < position:
        return problem(503, "views-behind", "the views are not level with the log", None, **members)
    return Response(orjson.dumps({"status": "ready", **members}), media_type=JSON)


@router.get("/metrics", openapi_extra=plain("Measurements.", {"text/plain": {"schema": {"type": "string"}}}))
async def get_measurements(request: Request) -> Response:
    """What the service measures of itself, in the text format of Prometheus."""
    metrics = request.app.state.metrics
    try:
        position, visible = await to_thread.run_sync(_positions, request.app.state.services)
    except Unavailable:
        pass
    else:
        metrics.position.set(position)
        metrics.visible.set(visible)
        metrics.lag.set(position - visible)
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _positions(services: Services) -> tuple[int, int]:
    with services.views.snapshot() as snapshot:
        visible = snapshot.head.position
    return services.log.head().position, visible
