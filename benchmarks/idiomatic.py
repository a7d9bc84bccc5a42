"""The timeline of an actor as FastAPI's documentation would have it: a response model, a route in the thread pool.

`python -m benchmarks.idiomatic STORE PORT` answers it from the same store, with the same items, without the rest.
"""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel

from benchmarks.hello import serve
from domain.questions import Filters, Order
from service.compose import Services, services
from service.reading import developments
from service.reading.cursors import Slice, start
from service.reading.pins import When


class Occurred(BaseModel):
    """When it happened."""

    edtf: str | None
    earliest: str | None
    latest: str | None
    text: str | None


class Actor(BaseModel):
    """Who takes part."""

    actor: str
    name: str
    role: str | None


class Place(BaseModel):
    """Where it happened."""

    name: str
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Figure(BaseModel):
    """A number that somebody claims."""

    metric: str
    claimant: str
    low: float | None
    high: float | None
    point: float | None
    approximate: bool
    unit: str | None
    as_at: str | None
    note: str | None
    reported: str
    known_from: str
    event: str
    development: str


class Stance(BaseModel):
    """Who says that it is so, or is not."""

    actor: str
    stance: str


class Development(BaseModel):
    """A development at a cut."""

    development: str
    headline: str
    summary: str | None
    kind: str
    status: str
    occurred: Occurred
    actors: list[Actor]
    place: Place | None
    topics: list[str]
    sources: int
    figures: list[Figure]
    stances: list[Stance]
    known_from: str
    known_possibly_from: str
    first_known: str
    description_from: str
    recorded_at: str
    events: int
    known_to: str | None
    version: int


class Timeline(BaseModel):
    """A page of them."""

    as_of: str | None
    at: int
    recorded_as_of: str | None
    items: list[Development]
    next: str | None


def opened(request: Request) -> Services:
    """The store."""
    store: Services = request.app.state.store
    return store


def application(store: Services) -> FastAPI:
    """The application over an open store."""
    app = FastAPI()
    app.state.store = store

    @app.get("/v1/actors/{actor}/timeline")
    def timeline(
        inside: Annotated[Services, Depends(opened)],
        actor: str,
        as_of: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        order: Order = "occurred",
    ) -> Timeline:
        with inside.views.snapshot() as snapshot:
            begin = start(snapshot, When(as_of, None, None), Slice(limit, None), "", developments.KEY)
            page = developments.page(snapshot, begin, Filters(actors=(actor,)), order)
        items = [Development.model_validate(orjson.loads(item)) for item in page.items]
        return Timeline.model_validate({**page.pin.stamp(), "items": items, "next": page.next})

    return app


if __name__ == "__main__":
    with services(sys.argv[1]) as store_:
        serve(application(store_), int(sys.argv[2]))
