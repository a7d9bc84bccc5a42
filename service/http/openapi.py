"""The OpenAPI 3.1 document of the API, made from its routes: `python -m service.http.openapi` prints it.

Parameters come from the models that read them, shapes from `service.http.schemas` and from the codec, what a route
answers from `openapi_extra` at its decorator, its summary and description from its docstring.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Iterator
from functools import cache, partial
from typing import Any, get_type_hints

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import create_model
from pydantic.json_schema import models_json_schema

from adapters.codec import patterns
from adapters.codec.schema import json_schemas
from service.http.lean import question_of
from service.http.schemas import answers, developments, problems, responses
from service.http.schemas.base import Answer, Plain, inside
from service.http.schemas.recorded import recorded_schemas
from service.http.schemas.story import with_examples

Json = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"
_INFO: Json = {
    "title": "asof",
    "version": "1.0.0",  # of the API that is described, not of the program
    "summary": "A timeline of reported developments: what was known, as of any date.",
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    "description": inspect.cleandoc(
        """
        Events tell what was reported; every read answers **what was known as of a date**, on three clocks:

        | clock | question | asked with |
        |---|---|---|
        | occurred | when did it happen in the world? | `occurred_from`, `occurred_to` |
        | reported | when did the public learn of it? | `as_of` |
        | recorded | when did this service learn of it? | `at` (a position of the log) or `recorded_as_of` |

        Dates are EDTF (ISO 8601-2): `2025`, `2025-04~`, `2025-04-XX`, an instant with an offset. A cut at a date is its
        end. Every read answers with its cuts, so that it can be asked again; pinned by `at` it gives the same bytes.

        Answers may gain members in later versions: pass over those you do not know. Requests are closed: an unknown
        parameter or field is refused. Refusals are problem documents (RFC 9457) whose `type` leads to an explanation.
        HEAD answers wherever GET does.
        """
    ),
}
_TAGS = [
    {"name": "log", "description": "Append to the log, and read it as it was written."},
    {"name": "reading", "description": "What was known, as of any date."},
    {"name": "operating", "description": "Alive, ready, measured, described."},
]


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` give this document, made when it is first asked for."""
    app.openapi = cache(partial(document, app))  # type: ignore[method-assign]  # FastAPI's way to extend it


def document(app: FastAPI) -> Json:
    """The OpenAPI document of the application's routes.

    Raises AssertionError for a route without a docstring or without answers, and for a shape that has two meanings.
    """
    schemas = _schemas()
    paths: dict[str, Json] = {}
    for route in _routes(app):
        for method in route.methods or ():
            paths.setdefault(route.path_format, {})[method.lower()] = _operation(route, schemas)
    return with_examples(
        {
            "openapi": "3.1.1",
            "info": _INFO,
            "tags": _TAGS,
            "paths": paths,
            "components": {
                "schemas": dict(sorted(schemas.items())),
                "responses": copy.deepcopy(responses.SHARED),
                "headers": responses.HEADERS,
            },
        }
    )


def pretty(told: Json) -> bytes:
    """The document as it is checked in: keys sorted, indented, one line feed at the end."""
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route


def _operation(route: APIRoute, schemas: Json) -> Json:
    told = inspect.getdoc(route.endpoint)
    assert told, f"{route.path} has no docstring"
    extra = copy.deepcopy(route.openapi_extra)
    assert extra, f"{route.path} does not tell its answers"
    summary, _, description = told.partition("\n\n")
    parameters = [*_parameters(route, schemas), *extra.get("parameters", [])]
    operation = {
        "operationId": route.name,
        "tags": route.tags,
        "summary": " ".join(summary.split()).removesuffix("."),
        "description": description or summary,
        "parameters": parameters,
        **{key: value for key, value in extra.items() if key != "parameters"},
    }
    return {key: value for key, value in operation.items() if value != []}


def _parameters(route: APIRoute, schemas: Json) -> Iterator[Json]:
    hints = get_type_hints(route.endpoint, include_extras=True)
    path: Any = {name: (hints[name], ...) for name in route.param_convertors}
    for place, model in (("path", create_model("Path", **path)), ("query", question_of(route.endpoint))):
        schema = _take(model.model_json_schema(ref_template=_REFERENCE, schema_generator=Plain), schemas)
        for name, field in schema.get("properties", {}).items():
            yield _parameter(name, place, field, required=name in schema.get("required", []))


def _parameter(name: str, place: str, schema: Json, *, required: bool) -> Json:
    """A parameter; one that is left out is no null."""
    if (options := schema.pop("anyOf", None)) is not None:
        (given,) = (option for option in options if option != {"type": "null"})
        schema = (inside("SingleDate") if given.get("pattern") == patterns.SINGLE_DATE else given) | schema
    if schema.get("default", ...) in (None, []):
        del schema["default"]
    told = {"name": name, "in": place, "description": schema.pop("description")}
    example = schema.pop("examples", None)
    return (
        told
        | ({"required": True} if required else {})
        | {"schema": schema}
        | ({"example": example[0]} if example else {})
    )


def _schemas() -> Json:
    """Every shape by name: events as sent and as recorded, answers, problems."""
    sent = json_schemas()
    schemas = dict(sent)
    _, told = models_json_schema(
        [(model, "serialization") for model in _answers()], ref_template=_REFERENCE, schema_generator=Plain
    )
    _take(told, schemas)
    for name, schema in {**recorded_schemas(sent), **problems.SCHEMAS}.items():
        assert name not in schemas, f"two shapes are called {name}"
        schemas[name] = schema
    return schemas


def _answers() -> dict[type[Answer], None]:
    """Every shape of an answer, once."""
    named = (*vars(developments).values(), *vars(answers).values())
    return dict.fromkeys(shape for shape in named if inspect.isclass(shape) and issubclass(shape, Answer))


def _take(schema: Json, schemas: Json) -> Json:
    """The schema without the definitions it came with, which are among the others now."""
    for name, definition in schema.pop("$defs", {}).items():
        assert schemas.setdefault(name, definition) == definition, f"two shapes are called {name}"
    return schema


def _print() -> None:
    from service.compose import services  # noqa: PLC0415 (the application imports this module)
    from service.http.app import create_app  # noqa: PLC0415
    from service.stores import MEMORY  # noqa: PLC0415 (the application imports this module)

    with services(MEMORY) as store:
        sys.stdout.buffer.write(pretty(create_app(store).openapi()))


if __name__ == "__main__":
    _print()
