"""The routes of the API's description: the document and the page that shows it."""

from __future__ import annotations

import hashlib
from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from service.http import docs
from service.http.coding import ANY, had
from service.http.given import given
from service.http.lean import LeanRoute
from service.http.problems import Refused
from service.http.replies import JSON, NOT_PINNED, coded
from service.http.schemas.responses import file

router = APIRouter(route_class=LeanRoute, tags=["operating"])

FOR_EVER = "max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from another host, no script or style in the page; the images of Swagger UI are in its style sheet."""


@router.get("/openapi.json", openapi_extra=file("The document.", JSON, "object"))
async def get_document(request: Request) -> Response:
    """This document."""
    return _reply(request, orjson.dumps(request.app.openapi()), JSON)


@router.get("/docs", openapi_extra=file("The page.", "text/html", "string"))
async def get_docs(request: Request) -> Response:
    """This document as a page to read and to try, with every code of a problem explained. It needs no other host."""
    return _reply(request, docs.page(), "text/html", {"Content-Security-Policy": POLICY})


@router.get("/docs/{name}", include_in_schema=False)
async def get_docs_file(request: Request, name: Annotated[str, Path()]) -> Response:
    """A file of the page."""
    file = docs.assets().get(name)
    if file is None:
        raise Refused(404, "route-unknown", "no file of /docs")
    return _reply(request, file.content, file.media_type, {"Cache-Control": FOR_EVER})


def _reply(request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    told = {"ETag": etag, "Cache-Control": NOT_PINNED, "X-Content-Type-Options": "nosniff"} | (headers or {})
    asked, whole = given(request), Response(body, 200, told, media_type)
    if asked.if_none_match == ANY:
        return coded(whole, asked.codings).same()
    form = had(asked.if_none_match, etag, asked.codings)
    if form is not None:
        return Response(status_code=304, headers=told | {"ETag": form, "Vary": "Accept-Encoding"})
    return whole
