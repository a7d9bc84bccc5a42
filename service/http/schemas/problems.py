"""Problems (RFC 9457): every code that the service answers, what it means and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from adapters.codec.fields import LARGEST
from service.http.schemas.base import inside


class Explained(NamedTuple):
    """A code: its title, the same every time; with which statuses it comes, what it means, what to do."""

    title: str
    statuses: tuple[int, ...]
    meaning: str
    remedy: str


CODES: dict[str, Explained] = {
    "malformed": Explained(
        "Malformed",
        (422,),
        "The events, a parameter or a header are not of the documented shape.",
        "`errors` says for each fault where it is (a JSON pointer into the body, or a parameter) and what is accepted.",
    ),
    "actor-unknown": Explained(
        "Actor unknown",
        (404, 409, 422),
        "There is no such actor: at this cut (404), as the stream of an event (409), or by the name in an event (422).",
        "404: `exists` tells whether it is there at another cut, and `nearest` has known names with all words of this."
        " 409: append its `ActorRegistered` first."
        " 422: `nearest` has the known names that come close; register it, or append with `register_actors=true`.",
    ),
    "actor-ambiguous": Explained(
        "Actor ambiguous", (422,), "A name is that of several actors.", "Name the actor by one of the ids in `actors`."
    ),
    "actor-exists": Explained(
        "Actor exists",
        (409,),
        "An `ActorRegistered` for an id that is taken.",
        "Take another id; for what is new of that actor append `ActorRenamed`, `ActorAliasAdded` or `ActorAmended`.",
    ),
    "actor-merged": Explained(
        "Actor was merged",
        (409,),
        "An event for an actor whose entry was merged into another.",
        "Append it to the actor that it was merged into: `GET /v1/actors/{actor}` redirects there.",
    ),
    "development-unknown": Explained(
        "Development unknown",
        (404, 409),
        "There is no such development: at this cut (404), or in the log as the stream of an event (409).",
        "404: `exists` tells whether it is there at another cut. 409: append its `DevelopmentReported` first.",
    ),
    "development-exists": Explained(
        "Development exists",
        (409,),
        "A `DevelopmentReported` for a development that was reported already.",
        "Append another report of the same as `DevelopmentCorroborated`; for another development take another id.",
    ),
    "event-unknown": Explained(
        "Event unknown",
        (404, 409),
        "No event stands at that position (404), or the stream has no event of that id that can be withdrawn,"
        " reinstated or amended (409).",
        "404: `exists` tells whether it is there at another cut. 409: see the ids in the development's history;"
        " only what tells of the development can be named, an amendment cannot.",
    ),
    "already-withdrawn": Explained(
        "Already withdrawn",
        (409,),
        "A report to withdraw does not stand; or `*`, and none stands.",
        "Leave it out: it is withdrawn already.",
    ),
    "not-withdrawn": Explained(
        "Not withdrawn", (409,), "A report to reinstate stands.", "Leave it out: it stands already."
    ),
    "event-id-reused": Explained(
        "Event id reused",
        (409,),
        "The log has an event of that `id` with other content; events are never changed.",
        "Take another `id`, or leave it out; append a correction or an amendment to tell what is different.",
    ),
    "version-conflict": Explained(
        "Version conflict",
        (409, 412),
        "The stream is not at the version that was expected: by `expected_version` (409), `If-Match` or"
        " `If-None-Match` (412).",
        "Read the stream again, decide again, and send `current_version` as the version expected.",
    ),
    "metric-unknown": Explained(
        "Metric unknown",
        (404,),
        "No figure of this metric is known at this cut.",
        "`exists` tells whether there is one at another cut; `GET /v1/figures` lists the metrics there are.",
    ),
    "route-unknown": Explained(
        "No such route", (404,), "There is no such route.", "See the routes above; an id holds no slash."
    ),
    "method-not-allowed": Explained(
        "Method not allowed", (405,), "The route does not have this method.", "`Allow` names those it has."
    ),
    "not-acceptable": Explained(
        "Not acceptable",
        (406,),
        "`Accept` names no media type that the route answers with.",
        "Accept one of those that `detail` names.",
    ),
    "body-too-large": Explained(
        "Content too large", (413,), "The body is larger than 64 MiB.", "Send the events in several requests."
    ),
    "too-many-events": Explained(
        "Too many events", (413,), "More than 10,000 events at once.", "Send them in several requests."
    ),
    "media-type-unsupported": Explained(
        "Unsupported media type",
        (415,),
        "The body is of a media type that the route does not read.",
        "`Accept-Post` names those it reads.",
    ),
    "http": Explained("Refused", (400,), "The request is no sound HTTP.", "`detail` says what is wrong with it."),
    "internal": Explained(
        "Internal error",
        (500,),
        "A fault of the service; nothing was changed.",
        "Tell its operator the `id`: it is in the service's log.",
    ),
    "store-unavailable": Explained(
        "Store not available",
        (503,),
        "The store cannot be used now; nothing was changed.",
        "Try again, after the seconds of `Retry-After`.",
    ),
    "overloaded": Explained(
        "Overloaded",
        (503,),
        "More is being appended than the store takes; of this request nothing was stored.",
        "Try again, after the seconds of `Retry-After`; many events in one request cost less than one each.",
    ),
    "views-behind": Explained(
        "Views behind",
        (503,),
        "Reads do not see the whole log yet.",
        "Wait; `lag` says by how many events they are behind.",
    ),
}

_FAULT = {
    "type": "object",
    "description": "One fault: where it is, and what would be accepted there.",
    "required": ["detail"],
    "properties": {
        "pointer": {"type": "string", "description": "A JSON pointer (RFC 6901) into the body."},
        "parameter": {"type": "string", "description": "The name of a parameter or a header."},
        "detail": {"type": "string"},
    },
    "oneOf": [{"required": ["pointer"]}, {"required": ["parameter"]}],
}
_INSTANT_OR_NULL = {"anyOf": [inside("Instant"), {"type": "null"}]}
_COUNT = {"type": "integer", "minimum": 0, "maximum": LARGEST}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What was refused, why, and what helps to mend it (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "The code in words, the same every time."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong with this request, for people."},
        "code": {"enum": list(CODES), "description": "Stable, for programs."},
        "errors": {"type": "array", "minItems": 1, "items": inside("Fault")},
        "exists": {"type": "boolean", "description": "Whether it is there at all, at another cut."},
        "as_of": _INSTANT_OR_NULL,
        "at": _COUNT,
        "recorded_as_of": _INSTANT_OR_NULL,
        "current_version": {**_COUNT, "description": "The version that the stream is at."},
        "actors": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The names that nobody has; or the ids of those who share one.",
        },
        "nearest": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "For each unknown name known ones that come close, if there are any.",
        },
        "position": _COUNT,
        "visible": _COUNT,
        "lag": _COUNT,
        "id": {"type": "string", "description": "Of an internal error, as in the service's log."},
    },
}
SCHEMAS = {"Problem": PROBLEM, "Fault": _FAULT}


def problem_schema(status: int, codes: Iterable[str], required: Iterable[str] = ()) -> dict[str, Any]:
    """The schema of a problem with this status and one of these codes."""
    named = list(codes)
    return {
        "allOf": [inside("Problem")],
        "properties": {
            "type": {"enum": [f"/docs#{code}" for code in named]},
            "status": {"const": status},
            "code": {"enum": named},
        },
        "required": list(required),
    }
