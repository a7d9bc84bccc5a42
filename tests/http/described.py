"""The document as a judge of answers: every status, header and body has to be one that it describes, to the member."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import orjson
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = Any
NDJSON = "application/x-ndjson"
URN = "urn:openapi"


def closed(document: Json) -> Json:
    """The document with every answer closed: a member that is not described is a fault."""
    document = copy.deepcopy(document)
    for schema in document["components"]["schemas"].values():
        _close(schema)
    for responses in _responses(document):
        for response in responses.values():
            for content in response.get("content", {}).values():
                _close(content["schema"])
    return document


def _responses(document: Json) -> list[Json]:
    operations = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    return [document["components"]["responses"], *operations]


def _close(schema: Json) -> None:
    """`unevaluatedProperties` also looks into `allOf`; it stands outermost only, on what nothing else is made of."""
    if (
        "properties" in schema
        and schema.get("title") not in ("Page", "Stamped")
        and "additionalProperties" not in schema
    ):
        schema["unevaluatedProperties"] = False


class Judge:
    """Tells what is wrong with an answer, by the document."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._document = closed(document)
        del self._document["components"]["schemas"]["Problem"]["unevaluatedProperties"]
        resource = DRAFT202012.create_resource(self._document)
        self._registry: Registry[Any] = Registry().with_resource(URN, resource)

    def faults(self, operation: str, method: str, response: httpx.Response) -> list[str]:
        """Every fault of the answer to an operation, given by its path template."""
        pointer: tuple[str, ...] = ("paths", operation, method, "responses", str(response.status_code))
        told = self._at(pointer)
        if told is None:
            return [f"the status {response.status_code} is not described"]
        pointer, told = self._followed(pointer, told)
        return [*self._header_faults(pointer, told, response), *self._body_faults(pointer, told, response)]

    def value_faults(self, pointer: tuple[str, ...], value: Json) -> list[str]:
        """Every fault of a value by the schema at a pointer."""
        validator = Draft202012Validator(
            {"$ref": URN + "#" + "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in pointer)},
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]

    def _header_faults(self, pointer: tuple[str, ...], told: Json, response: httpx.Response) -> list[str]:
        faults = []
        for name in told.get("headers", {}):
            place, header = self._followed((*pointer, "headers", name), told["headers"][name])
            value: Json = response.headers.get(name)
            if value is None:
                faults += [f"the header {name} is missing"] if header.get("required") else []
            else:
                value = int(value) if header["schema"].get("type") == "integer" else value
                faults += [f"{name}: {fault}" for fault in self.value_faults((*place, "schema"), value)]
        return faults

    def _body_faults(self, pointer: tuple[str, ...], told: Json, response: httpx.Response) -> list[str]:
        if "content" not in told:
            return [f"a body of {len(response.content)} bytes"] if response.content else []
        media_type = response.headers["content-type"].partition(";")[0]
        if media_type not in told["content"]:
            return [f"the media type {media_type} is not described"]
        return self.value_faults((*pointer, "content", media_type, "schema"), value_of(media_type, response.content))

    def _at(self, pointer: tuple[str, ...]) -> Json:
        value = self._document
        for step in pointer:
            value = value.get(step) if value is not None else None
        return value

    def _followed(self, pointer: tuple[str, ...], told: Json) -> tuple[tuple[str, ...], Json]:
        if "$ref" not in told:
            return pointer, told
        pointer = tuple(told["$ref"].removeprefix("#/").split("/"))
        return pointer, self._at(pointer)


def value_of(media_type: str, content: bytes) -> Json:
    """A body as the value that its schema speaks of."""
    if media_type == NDJSON:
        return [orjson.loads(line) for line in content.split(b"\n")[:-1]]
    if media_type.startswith("text/"):
        return content.decode()
    return orjson.loads(content)
