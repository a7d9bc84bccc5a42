"""What every request passes first finds the routes that the framework finds, and answers as it would."""

from __future__ import annotations

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from service.compose import Services
from service.http.app import create_app
from service.http.lean import LeanRoute
from service.http.table import Table
from tests.http.wires import corroborated, registered, reported

PATHS = (
    *("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/docs.js", "/docs/", "/docs/a/b"),
    *("/v1/state", "/v1/developments", "/v1/developments/", "/v1/developments/d", "/v1/developments/d/history"),
    *("/v1/developments/d/history/", "/v1/developments/a/b", "/v1/actors", "/v1/actors/", "/v1/actors/aland"),
    *("/v1/actors/aland/timeline", "/v1/actors/a/b/timeline", "/v1/actors/timeline", "/v1/actors//timeline"),
    *("/v1/figures", "/v1/figures/m", "/v1/changes", "/v1/events", "/v1/events/1", "/v1/log", "/v1/log/", "/v2/log"),
    *("/nowhere", "", "*", "//v1/log"),
)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_routes_are_those_that_the_framework_finds(store: Services, method: str) -> None:
    app = create_app(store)
    table = Table(app)
    for path in PATHS:
        framed = None
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            assert isinstance(route, LeanRoute)
            found = route.path_regex.match(path)
            if found and method in (route.methods or ()):
                framed = (route.path, found.groupdict())
                break
        way = table.find(method, path)
        assert (None if way is None else (way[0].path, way[1])) == framed, path


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "text/html"])
async def test_the_framework_alone_would_answer_the_same(store: Services, accept: str) -> None:
    app = create_app(store)
    fronts = [
        httpx.AsyncClient(transport=httpx.ASGITransport(asked, raise_app_exceptions=False), base_url="http://asof")
        for asked in (app, app.behind)
    ]
    for front in fronts:
        front.headers.update({"Accept": accept, "Accept-Encoding": "identity"})
    await fronts[0].post("/v1/events", json=[registered("aland"), reported("d"), corroborated("d", source="TASS")])
    queries = ("", "?at=2", "?as_of=2025-07-01&limit=1", "?as_of=2025-13", "?at=9", "?nonsense=1", "?from=2024")
    for path in (path for path in PATHS if path.startswith("/v1/")):
        for query in queries:
            one, other = [await front.get(path + query) for front in fronts]
            assert (one.status_code, one.content) == (other.status_code, other.content), path + query
            for name in ("etag", "cache-control", "asof-at", "asof-as-of", "link", "location", "content-type"):
                assert one.headers.get(name) == other.headers.get(name), (path + query, name)


async def test_every_request_is_counted_under_the_route_that_answered_it(client: httpx.AsyncClient) -> None:
    for path in ("/v1/log?at=0", "/v1/log?at=0", "/v1/actors/nobody", "/nowhere"):
        await client.get(path)
    await client.head("/v1/log")
    await client.put("/v1/log")
    await client.request("SPELL", "/v1/log")
    counted = (await client.get("/metrics")).text
    for route, method, status, times in (
        ("/v1/log", "GET", 200, 2),
        ("/v1/log", "HEAD", 200, 1),
        ("/v1/log", "PUT", 405, 1),
        ("/v1/log", "other", 405, 1),
        ("/v1/actors/{actor:path}", "GET", 404, 1),
        ("none", "GET", 404, 1),
    ):
        line = f'asof_http_requests_total{{method="{method}",route="{route}",status="{status}"}} {times}.0'
        assert line in counted, line
