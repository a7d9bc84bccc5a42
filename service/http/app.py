"""The application: routes, refusals and the front around one composition of services."""

from __future__ import annotations

from service.appending.capacity import Capacity
from service.compose import Services
from service.http.access import AccessLog
from service.http.bodies import MOST_BYTES_AT_ONCE
from service.http.front import Application, Front
from service.http.lifespan import levelling
from service.http.metrics import Metrics
from service.http.openapi import describe
from service.http.problems import HANDLERS
from service.http.response_cache import ResponseCache
from service.http.routes import docs, log, operating, reading
from service.http.turn import Turn
from service.http.validity_cache import ValidityCache


def create_app(services: Services, requests: AccessLog | None = None) -> Application:
    """The HTTP API over the services, which the caller opened and closes; every request is told to `requests`."""
    app = Application(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        lifespan=levelling(services),
    )
    metrics = Metrics()
    app.state.services = services
    app.state.metrics = metrics
    app.state.turn = turn = Turn(services.visibility.state)
    app.state.kept = kept = ResponseCache(turn.state)
    app.state.pages = pages = ValidityCache(turn.state)
    app.state.late = {}
    app.state.bodies = Capacity(MOST_BYTES_AT_ONCE, "bytes")
    for router in (log.router, reading.router, operating.router, docs.router):
        app.include_router(router)
    describe(app)
    app.front = Front(app, kept, pages, metrics, requests)
    return app
