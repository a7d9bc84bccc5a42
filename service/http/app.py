"""The application: routes, refusals, middleware around one composition of services."""

from __future__ import annotations

from fastapi import FastAPI

from service.compose import Services
from service.http.bodies import MOST_BYTES_AT_ONCE
from service.http.head import HeadAsGet
from service.http.kept import Kept
from service.http.levelling import levelling
from service.http.metrics import Measured, Metrics
from service.http.openapi import describe
from service.http.problems import HANDLERS
from service.http.routes import docs, log, operating, reading
from service.room import Room


def create_app(services: Services) -> FastAPI:
    """The HTTP API over the services, which the caller opened and closes."""
    app = FastAPI(
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
    app.state.kept = Kept()
    app.state.bodies = Room(MOST_BYTES_AT_ONCE, "bytes")
    for router in (log.router, reading.router, operating.router, docs.router):
        app.include_router(router)
    describe(app)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(HeadAsGet)
    return app
