"""What a route answers, for its decorator: `openapi_extra=one(State)`.

Schemas are named; `service.http.openapi` puts the shapes themselves, and the responses that many routes share, into the
components of the document.
"""

from __future__ import annotations

from typing import Any

from service.http.problems import MEDIA_TYPE, STATUS
from service.http.schemas.base import inside
from service.http.schemas.problems import problem_schema

JSON = "application/json"
NDJSON = "application/x-ndjson"
Json = dict[str, Any]

HEADERS: Json = {
    "ETag": {
        "description": "Strong validator of these bytes; that of the gzip form ends in `-gzip`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}(-gzip)?"$'},
    },
    "Cache-Control": {
        "description": "`max-age=3600` where the answer is pinned, else `no-cache`.",
        "required": True,
        "schema": {"enum": ["max-age=3600", "no-cache"]},
    },
    "Asof-At": {
        "description": "The cut on the recorded clock, as `at`.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Asof-As-Of": {
        "description": "The cut on the reported clock, as `as_of`; missing where that is null.",
        "schema": inside("Instant"),
    },
    "Vary": {
        "description": "The coding follows `Accept-Encoding`, that of lists and their media type also `Accept`.",
        "required": True,
        "schema": {"enum": ["Accept-Encoding", "Accept, Accept-Encoding"]},
    },
    "Content-Encoding": {
        "description": "`gzip` where `Accept-Encoding` takes it and the body has 1,024 bytes or more.",
        "schema": {"const": "gzip"},
    },
    "Link": {
        "description": 'The next page: `rel="next"` (RFC 8288). Missing on the last.',
        "schema": {"type": "string", "pattern": r'^<[^>]+>; rel="next"$'},
    },
    "Allow": {"description": "The methods the route has.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}},
    "Accept-Post": {"description": "The media types read.", "required": True, "schema": {"type": "string"}},
}
_READ = ("ETag", "Cache-Control", "Vary", "Asof-At", "Asof-As-Of")
_CODED = (*_READ, "Content-Encoding")
_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the answer that you have: 304 where it is still the same.",
    "schema": {"type": "string"},
}
_PREFER: Json = {
    "name": "Prefer",
    "in": "header",
    "description": "`wait` or `wait=SECONDS` (RFC 7240): wait until the answer shows all that is in the log now.",
    "schema": {"type": "string"},
}


def one(schema: str, *missing: str, **more: Json) -> Json:
    """A read of one JSON object; `missing` are the codes of its 404, `more` further responses by name."""
    content = {JSON: {"schema": inside(schema)}}
    return _read({"description": "The answer.", "headers": _headers(*_CODED), "content": content}, missing, more)


def page(schema: str | Json, item: str, *missing: str, **more: Json) -> Json:
    """A read of a list as JSON or NDJSON."""
    content = {
        JSON: {"schema": inside(schema) if isinstance(schema, str) else schema},
        NDJSON: {"schema": lines(item)},
    }
    headers = _headers(*_CODED, "Link")
    return _read({"description": "A page.", "headers": headers, "content": content}, missing, more)


def plain(description: str, content: Json, **more: Json) -> Json:
    """An answer without a cut."""
    return {"responses": {"200": {"description": description, "content": content}, **shared("422", "500"), **more}}


def file(description: str, media_type: str, schema: str) -> Json:
    """A file of the service itself; `schema` is the type of it."""
    headers = {"ETag": HEADERS["ETag"], "Cache-Control": {"required": True, "schema": {"const": "no-cache"}}}
    headers |= _headers("Vary")
    content = {media_type: {"schema": {"type": schema}}}
    answers = plain(description, content, **{"304": {"description": "You have it.", "headers": headers}})
    answers["responses"]["200"]["headers"] = headers | _headers("Content-Encoding")
    return answers | {"parameters": [_IF_NONE_MATCH]}


def told(schema: str) -> Json:
    """JSON of a shape."""
    return {JSON: {"schema": inside(schema)}}


def lines(item: str) -> Json:
    """NDJSON, one item a line; as OpenAPI 3.2 says of sequential media types: as if it were an array."""
    return {"type": "array", "items": inside(item)}


def shared(*statuses: str) -> Json:
    """References to responses that many routes share."""
    return {status: {"$ref": f"#/components/responses/{SHARED_NAMES[status]}"} for status in statuses}


def refused(
    status: int, description: str, *codes: str, headers: Json | None = None, required: tuple[str, ...] = ()
) -> Json:
    """A problem response."""
    told: Json = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": problem_schema(status, codes, required)}},
    }
    return told | ({"headers": headers} if headers else {})


def _read(ok: Json, missing: tuple[str, ...], more: dict[str, Json]) -> Json:
    absent = (
        {
            "404": refused(
                404, "It is not there at this cut, or not at all.", *missing, "route-unknown", required=("exists",)
            )
        }
        if missing
        else {}
    )
    answers = {"200": ok, **absent, **shared("304", "406", "422", "500", "503"), **more}
    return {"responses": dict(sorted(answers.items())), "parameters": [_IF_NONE_MATCH, _PREFER]}


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def refusal_codes(status: int) -> list[str]:
    """The codes of the refusals of the domain that are answered with a status."""
    return sorted({refused.code for refused, found in STATUS.items() if found == status})


SHARED_NAMES = {
    "304": "NotModified",
    "406": "NotAcceptable",
    "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "422": "Malformed",
    "500": "InternalError",
    "503": "Unavailable",
}
SHARED: Json = {
    "NotModified": {"description": "You have it: the `ETag` is still the same.", "headers": _headers(*_READ)},
    "NotAcceptable": refused(
        406, "None of the media types of `Accept`, or of the codings of `Accept-Encoding`.", "not-acceptable"
    ),
    "TooLarge": refused(413, "More than 64 MiB, or more than 10,000 events.", "body-too-large", "too-many-events"),
    "UnsupportedMediaType": refused(
        415, "Another media type.", "media-type-unsupported", headers=_headers("Accept-Post")
    ),
    "Malformed": refused(
        422, "Not of the documented shape; `errors` tell every fault.", "malformed", required=("errors",)
    ),
    "MalformedOrAmbiguous": refused(
        422,
        "Not of the documented shape, or an actor's name that several have; `errors` tell every fault.",
        "malformed",
        "actor-ambiguous",
        required=("errors",),
    ),
    "InternalError": refused(500, "A fault of the service.", "internal", required=("id",)),
    "Unavailable": refused(
        503,
        "The store cannot be used now, or does not show `min_position` yet.",
        "store-unavailable",
        "views-behind",
        headers=_headers("Retry-After"),
    ),
    "UnavailableOrOverloaded": refused(
        503,
        "The store cannot be used now, or too much is being appended. Nothing was stored, unless `detail` says that "
        "this is not known: then send the same events again, with their ids.",
        "store-unavailable",
        "overloaded",
        headers=_headers("Retry-After"),
    ),
}
NAMING: Json = {"422": {"$ref": "#/components/responses/MalformedOrAmbiguous"}}
"""Of a read that takes actors by name."""
NAMED: Json = {
    "308": {
        "description": "It has another id.",
        "headers": {
            "Location": {
                "description": "The same question of that id.",
                "required": True,
                "schema": {"type": "string", "format": "uri-reference", "pattern": "^/v1/actors/"},
            },
            **_headers("Cache-Control", "Asof-At", "Asof-As-Of"),
        },
    },
    **NAMING,
}
"""Of a read of an actor by name."""
CHANGES: Json = {"oneOf": [inside("DatedChangePage"), inside("LoggedChangePage")]}
READINESS: Json = plain(
    "Ready.",
    told("Ready"),
    **{
        "503": refused(
            503, "The store cannot be used, or the views are not level.", "store-unavailable", "views-behind"
        )
    },
)
