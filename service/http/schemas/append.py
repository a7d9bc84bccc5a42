"""What an append takes and answers, for the decorator of its route."""

from __future__ import annotations

from typing import Any

import orjson

from adapters.codec.examples import EXAMPLES
from adapters.codec.schema import SHAPES
from service.appending.proposals import MOST_EVENTS
from service.http.schemas.base import inside
from service.http.schemas.responses import JSON, NDJSON, refusal_codes, refused, shared

Json = dict[str, Any]

_SEVERAL: Json = {"type": "array", "items": inside("Event"), "minItems": 1, "maxItems": MOST_EVENTS}
_SUMMARIES = {name: (shape.__doc__ or name).partition("\n")[0] for name, shape in SHAPES.items()}
_BATCH = [EXAMPLES["ActorRegistered"], EXAMPLES["DevelopmentReported"]]
_BODY: Json = {
    "required": True,
    "description": "One event or an array of them; as NDJSON one event a line. At most 10,000 events and 64 MiB. Later"
    " events of a batch see the earlier ones.",
    "content": {
        JSON: {
            "schema": {"oneOf": [inside("Event"), _SEVERAL]},
            "examples": {name: {"summary": _SUMMARIES[name], "value": event} for name, event in EXAMPLES.items()}
            | {"batch": {"summary": "Several events, all or nothing.", "value": _BATCH}},
        },
        NDJSON: {
            "schema": _SEVERAL,
            "examples": {
                "lines": {
                    "summary": "One event a line.",
                    "value": "".join(f"{orjson.dumps(event).decode()}\n" for event in _BATCH),
                }
            },
        },
    },
}
_HEADERS: list[Json] = [
    {
        "name": "If-Match",
        "in": "header",
        "description": 'For a single event: append only if the stream is at this `version`, in quotes, such as `"3"`.',
        "schema": {"type": "string", "pattern": '^"(?:0|[1-9][0-9]{0,15})"$'},
    },
    {
        "name": "If-None-Match",
        "in": "header",
        "description": "For a single event: append only if the stream is new. Instead of `If-Match`.",
        "schema": {"type": "string", "enum": ["*"]},
    },
    {
        "name": "Prefer",
        "in": "header",
        "description": "`respond-async` (RFC 7240): answer 202 when it is durable, before reads see it.",
        "schema": {"type": "string"},
    },
]
_LOCATION: Json = {
    "description": "The development or the actor of the first event.",
    "required": True,
    "schema": {"type": "string", "format": "uri-reference", "pattern": "^/v1/(?:developments|actors)/[a-z0-9-]+$"},
}
_APPLIED: Json = {"description": "What was done of `Prefer`.", "required": True, "schema": {"const": "respond-async"}}


def _answer(description: str, **headers: Json) -> Json:
    content = {JSON: {"schema": inside("Appended")}}
    return {"description": description, "headers": {"Location": _LOCATION, **headers}, "content": content}


APPEND: Json = {
    "requestBody": _BODY,
    "parameters": _HEADERS,
    "responses": {
        "200": _answer("All of it was appended before, with this result; nothing was stored."),
        "201": _answer("Appended: durable, and visible to every read that follows."),
        "202": _answer("Appended: durable; reads will see it soon.", **{"Preference-Applied": _APPLIED}),
        "409": refused(409, "Refused by a rule; nothing was stored.", *refusal_codes(409)),
        "412": refused(
            412,
            "The stream is not at the version of the header; nothing was stored.",
            "version-conflict",
            required=("current_version",),
        ),
        "422": refused(
            422,
            "Not of the documented shape, or a name that no actor or several have; nothing was stored.",
            *refusal_codes(422),
            required=("errors",),
        ),
        **shared("413", "415", "500"),
        "503": {"$ref": "#/components/responses/UnavailableOrOverloaded"},
    },
}
