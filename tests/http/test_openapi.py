"""The document: OpenAPI 3.1, checked in as it is served, and true: no answer differs from what it says."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from adapters.codec.examples import EXAMPLES
from adapters.codec.schema import SHAPES
from service.compose import Services, services
from service.http.app import create_app
from service.http.openapi import pretty
from service.http.routes import docs, log, operating, reading
from service.http.schemas import story
from service.story import lines
from tests.http.described import NDJSON, Judge, value_of

Json = Any

CHECKED_IN = Path(__file__).parents[2] / "openapi" / "openapi.json"
NOT_DESCRIBED = {("GET", "/"), ("GET", "/docs/{name}")}
"""What leads to a page or belongs to one."""
NOT_NEGOTIATED = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"}
CUTS = (
    "",
    "at=0",
    "at=24",
    "as_of=2024-10-23",
    "as_of=2025-04-28&at=90",
    "recorded_as_of=2025-05",
    "as_of=9999",
    "as_of=2024",
)
QUESTIONS = [
    *(("state", question) for question in ("", "?kind=plan", "?actor=DPRK&topic=kursk", "?actor=nobody", "?q=%2C")),
    *(
        ("developments", question)
        for question in ("?limit=1000", "?order=-known&limit=2", "?order=newest", "?q=missile")
    ),
    *(("developments", question) for question in ("?metric=dprk-killed", "?occurred_from=2025&occurred_to=2024")),
    *(("actors", question) for question in ("?limit=1000", "?q=kim", "?limit=0", "?cursor=0")),
    *(("figures", question) for question in ("", "?limit=2", "?at=1&recorded_as_of=2025")),
    *(
        ("changes", question)
        for question in ("", "?from=2024-10-20&to=2024-12", "?from=2024&limit=1000", "?from_at=20")
    ),
    *(("changes", question) for question in ("?from_at=0&to_at=127&limit=1000", "?from_at=20&from=2024")),
    *(
        ("events", question)
        for question in ("", "?after=100&limit=1000", "?type=ActorMerged", "?stream=actor/nis", "?a=b")
    ),
    *(("log", question) for question in ("", "?at=1000", "?at=-1")),
]
KEYWORDS = {
    *("$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "description", "discriminator", "enum"),
    *("examples", "format", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minProperties"),
    *("minimum", "not", "oneOf", "pattern", "properties", "propertyNames", "required", "title", "type", "uniqueItems"),
}


@pytest.fixture(scope="module")
def told() -> Iterator[Services]:
    with services("sqlite://") as opened:
        opened.restorer.restore(lines())
        yield opened


@pytest.fixture(scope="module")
def document(told: Services) -> Json:
    return orjson.loads(orjson.dumps(create_app(told).openapi()))


@pytest.fixture(scope="module")
def judge(document: Json) -> Judge:
    return Judge(document)


@pytest.fixture
async def asking(told: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(told), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as client:
        yield client


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [(path, method, told) for path, item in document["paths"].items() for method, told in item.items()]


def test_the_document_is_sound_openapi_3_1(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_the_checked_in_document_is_the_one_that_is_served(document: Json) -> None:
    kept, made = CHECKED_IN.read_text("utf-8"), pretty(document).decode()
    difference = difflib.unified_diff(kept.splitlines(), made.splitlines(), "checked in", "served", lineterm="")
    assert kept == made, "`make openapi` writes it:\n" + "\n".join(difference)


def test_every_route_is_described(document: Json) -> None:
    routes = {
        (method, route.path_format)
        for router in (log.router, reading.router, operating.router, docs.router)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert {(method.upper(), path) for path, method, _ in operations(document)} == routes - NOT_DESCRIBED


def test_every_operation_has_a_name_of_its_own_a_summary_a_description_and_a_tag(document: Json) -> None:
    names = [told["operationId"] for _, _, told in operations(document)]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in document["tags"]}
    for _, _, told in operations(document):
        assert told["summary"]
        assert told["description"]
        assert set(told["tags"]) <= tags


def test_every_parameter_is_explained(document: Json) -> None:
    for _, _, told in operations(document):
        assert all(parameter["description"] for parameter in told.get("parameters", []))


def test_schemas_keep_to_the_keywords_of_json_schema(document: Json) -> None:
    holders = [document["components"]["schemas"], *_inline(document)]
    assert {keyword for holder in holders for schema in holder.values() for keyword in _keywords(schema)} <= KEYWORDS


def _inline(document: Json) -> Iterator[dict[str, Json]]:
    for _, _, told in operations(document):
        for parameter in told.get("parameters", []):
            yield {"schema": parameter["schema"]}
        for holder in (told.get("requestBody", {}), *told["responses"].values()):
            yield from ({"schema": content["schema"]} for content in holder.get("content", {}).values())


def _keywords(schema: Json) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    yield from schema
    for keyword, value in schema.items():
        if keyword == "properties":
            for property_ in value.values():
                yield from _keywords(property_)
        elif keyword in ("allOf", "anyOf", "oneOf"):
            for option in value:
                yield from _keywords(option)
        elif keyword in ("items", "not", "additionalProperties", "propertyNames"):
            yield from _keywords(value)


async def test_the_query_parameters_of_a_route_are_those_that_it_accepts(
    document: Json, asking: httpx.AsyncClient
) -> None:
    for path, method, told in operations(document):
        response = await asking.request(method, _filled(path), params={"nope": "1"})
        (fault,) = response.json()["errors"]
        accepted = fault["detail"].partition("accepted: ")[2]
        named = [parameter["name"] for parameter in told.get("parameters", []) if parameter["in"] == "query"]
        assert accepted == (", ".join(named) or "none"), path


def _filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


def test_every_type_of_event_has_a_schema_and_an_example(document: Json) -> None:
    content = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]
    assert set(document["components"]["schemas"]["Event"]["discriminator"]["mapping"]) == set(SHAPES)
    assert {example["value"]["type"] for name, example in content["examples"].items() if name != "batch"} == set(SHAPES)


def test_every_example_is_as_its_schema_says(document: Json, judge: Judge) -> None:
    found = list(_examples(document))
    assert len(found) > 40
    for pointer, value in found:
        assert judge.value_faults((*pointer, "schema"), value) == [], pointer


def _examples(document: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for path, method, told in operations(document):
        for index, parameter in enumerate(told.get("parameters", [])):
            if "example" in parameter:
                yield ("paths", path, method, "parameters", str(index)), parameter["example"]
        holders: dict[tuple[str, ...], Json] = {("requestBody",): told.get("requestBody", {})}
        holders |= {("responses", status): response for status, response in told["responses"].items()}
        for place, holder in holders.items():
            yield from _of_content(("paths", path, method, *place), holder)
    for name, response in document["components"]["responses"].items():
        yield from _of_content(("components", "responses", name), response)


def _of_content(pointer: tuple[str, ...], holder: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for media_type, content in holder.get("content", {}).items():
        for example in content.get("examples", {}).values():
            value = example["value"]
            told = value_of(NDJSON, value.encode()) if media_type == NDJSON else value
            yield (*pointer, "content", media_type), told


async def test_the_examples_of_answers_are_what_the_service_answers_about_the_story() -> None:
    kept = json.loads(story.KEPT.read_bytes())
    assert kept == json.loads(orjson.dumps(await story.answers())), "python -m service.http.schemas.story > story.json"


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"ReportReinstated"}))
async def test_an_example_of_a_request_can_be_appended_to_the_story(name: str) -> None:
    async with _story() as asking:
        assert (await asking.post("/v1/events", json=EXAMPLES[name])).status_code == httpx.codes.CREATED


async def test_the_examples_of_requests_can_be_appended_to_the_story_in_their_order(document: Json) -> None:
    content = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    async with _story() as asking:
        for name, example in content["application/json"]["examples"].items():
            answer = await asking.post("/v1/events", json=example["value"])
            assert answer.status_code == (httpx.codes.OK if name == "batch" else httpx.codes.CREATED), answer.text
    async with _story() as asking:
        batch = content[NDJSON]["examples"]["lines"]["value"]
        answer = await asking.post("/v1/events", content=batch.encode(), headers={"Content-Type": NDJSON})
        assert answer.status_code == httpx.codes.CREATED


@asynccontextmanager
async def _story() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a store of its own with the sample story."""
    with services("sqlite://") as store:
        store.restorer.restore(lines())
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(store)), base_url="http://asof"
        ) as asking:
            yield asking


EXPLAINED = {
    "Development": {"status", "version", "events", "known_from", "known_to"},
    "StandingFigure": {"claimant", "low", "high", "point", "approximate", "as_at", "note"},
    "FigureTold": {"low", "high", "point", "approximate", "note"},
    "Figure": {"low", "high", "point", "approximate", "as_at", "claimed_by", "note"},
    "Quote": {"exact", "prefix", "suffix"},
    "QuoteTold": {"exact", "prefix", "suffix"},
    "Stance": {"stance"},
    "ChangeTold": {"change", "before", "after", "events"},
    "HistoryEvent": {"amended", "stands", "changes", "report", "withdraws", "reinstates", "amends"},
}


@pytest.mark.parametrize("shape", EXPLAINED)
def test_what_a_name_does_not_say_is_explained(document: Json, shape: str) -> None:
    members = document["components"]["schemas"][shape]["properties"]
    assert {name for name, member in members.items() if "description" in member} >= EXPLAINED[shape]


def test_every_status_and_every_kind_of_change_is_explained(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for member in (schemas["Development"]["properties"]["status"], schemas["ChangeTold"]["properties"]["change"]):
        assert re.findall(r"`(\w+)`", member["description"]) == member["enum"]


def test_the_judge_of_answers_checks_formats_and_members(judge: Judge) -> None:
    schema = ("components", "schemas", "PlacedEvent")
    sound = {"id": "e", "stream": "actor/a", "version": 1, "position": 1, "recorded_at": "2025-01-01T00:00:00Z"}
    assert judge.value_faults(schema, sound) == []
    assert judge.value_faults(schema, sound | {"recorded_at": "2025-02-30T00:00:00Z"})
    assert judge.value_faults(schema, sound | {"more": 1})
    assert judge.value_faults(schema, {key: value for key, value in sound.items() if key != "version"})
    assert "date-time" in Draft202012Validator.FORMAT_CHECKER.checkers


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut or "now")
@pytest.mark.parametrize("accept", ["application/json", NDJSON])
async def test_every_answer_of_a_walk_over_all_routes_is_as_the_document_says(
    cut: str, accept: str, asking: httpx.AsyncClient, judge: Judge
) -> None:
    walk = await _walk(asking)
    answered = set()
    for operation, url in walk:
        address = f"{url}{'&' if '?' in url else '?'}{cut}"
        response = await asking.get(address, headers={"Accept": accept})
        assert judge.faults(operation, "get", response) == [], (address, response.text[:2_000])
        answered.add((operation, response.status_code))
    reads = {path: told for path, method, told in operations(judge.document) if method == "get"}
    assert {operation for operation, _ in walk} == set(reads)
    if not cut:
        offering = {path for path, told in reads.items() if accept in _offered(told) or path in NOT_NEGOTIATED}
        assert {operation for operation, status in answered if status == httpx.codes.OK} == offering


def _offered(told: Json) -> Json:
    return told["responses"]["200"]["content"]


async def _walk(asking: httpx.AsyncClient) -> list[tuple[str, str]]:
    """(operation, URL) of everything there is, of what there is not, and of questions that cannot be answered."""
    developments, actors, metrics = [
        [item[key] for item in (await asking.get(f"/v1/{route}?limit=1000")).json()["items"]]
        for route, key in (("developments", "development"), ("actors", "actor"), ("figures", "metric"))
    ]
    following = (await asking.get("/v1/developments?limit=3")).json()["next"]
    found = [(f"/v1/{route}", f"/v1/{route}{question}") for route, question in QUESTIONS]
    found += [("/v1/developments", f"/v1/developments?limit=3&cursor={following}")]
    for development in (*developments, "nobody-reported-it"):
        found += [
            ("/v1/developments/{development}", f"/v1/developments/{development}"),
            ("/v1/developments/{development}/history", f"/v1/developments/{development}/history"),
        ]
    for actor in (*actors, "DPRK", "nobody"):
        found += [("/v1/actors/{actor}", f"/v1/actors/{actor}")]
        found += [("/v1/actors/{actor}/timeline", f"/v1/actors/{actor}/timeline?limit=5&affiliates=true")]
    found += [("/v1/figures/{metric}", f"/v1/figures/{metric}") for metric in (*metrics, "nothing")]
    found += [("/v1/events/{position}", f"/v1/events/{position}") for position in (0, 1, 30, 127, 1_000, "one")]
    return found + [(route, route) for route in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")]
