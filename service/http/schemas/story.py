"""Examples of the document: what the service answers about the sample story, pinned, as `story.json` beside this file.

`python -m service.http.schemas.story` asks again and prints them; a test holds the file to that.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from domain.clocks import SECOND, Instant
from service.story import lines

Json = dict[str, Any]

KEPT = Path(__file__).parent / "story.json"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and where its answer stands in the document: at a status of an operation, or as a shared response."""

    place: tuple[str, ...]
    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None


_KURSK = "/v1/developments/dprk-troops-fight-in-kursk"
_NEW = {"type": "ActorRegistered", "actor": "north-korea", "name": "North Korea", "kind": "state"}
_ALIAS = {"type": "ActorAliasAdded", "id": "evt-2026-02-01-dprk", "actor": "north-korea", "alias": "조선"}
_DENIAL = {
    "type": "DevelopmentDenied",
    "development": "dprk-troops-fight-in-kursk",
    "by": "North Corea",
    "report": {"source": "KCNA", "reported": "2024-10-21"},
}
ASKED = (
    Ask(("get_state", "200"), "/v1/state?as_of=2024-10-23&at=17"),
    Ask(("get_developments", "200"), "/v1/developments?as_of=2024-10-23&at=17&limit=1"),
    Ask(("get_development", "200"), f"{_KURSK}?as_of=2024-10-21&at=17"),
    Ask(("get_development", "404"), f"{_KURSK}?as_of=2024-10-10&at=17"),
    Ask(("get_history", "200"), f"{_KURSK}/history?as_of=2024-10-21&at=17&limit=2"),
    Ask(("get_actors", "200"), "/v1/actors?at=17&limit=2"),
    Ask(("get_actor", "200"), "/v1/actors/kim-jong-un?at=17"),
    Ask(("get_timeline", "200"), "/v1/actors/north-korea/timeline?as_of=2024-10-18&at=17&limit=1"),
    Ask(("get_metrics", "200"), "/v1/figures?at=17"),
    Ask(("get_figures", "200"), "/v1/figures/dprk-deployed?at=17"),
    Ask(("get_changes", "200"), "/v1/changes?from=2024-10-17&to=2024-10-18&at=17"),
    Ask(("get_events", "200"), "/v1/events?after=13&at=17&limit=1"),
    Ask(("get_event", "200"), "/v1/events/17?at=17"),
    Ask(("get_log", "200"), "/v1/log?at=17"),
    Ask(("get_health", "200"), "/healthz"),
    Ask(("get_readiness", "200"), "/readyz"),
    Ask(("post_events", "200"), "/v1/events", "POST", body="evt-2024-10-23-us-evidence"),
    Ask(("post_events", "201"), "/v1/events", "POST", body=_ALIAS),
    Ask(("post_events", "409"), "/v1/events", "POST", body=_NEW),
    Ask(("post_events", "412"), "/v1/events", "POST", {"If-Match": '"3"'}, _NEW),
    Ask(("post_events", "422"), "/v1/events", "POST", body=_DENIAL),
    Ask(("NotAcceptable",), "/v1/state", headers={"Accept": "image/png"}),
    Ask(("Malformed",), "/v1/figures?as_of=last+week&limit=all"),
    Ask(("MalformedOrAmbiguous",), "/v1/developments?as_of=last+week&order=newest"),
    Ask(("UnsupportedMediaType",), "/v1/events", "POST", {"Content-Type": "text/plain"}, "KCNA says"),
)


class _Stopped:
    """A clock at the first of February 2026, after the story."""

    def now(self) -> Instant:
        return 1_769_904_000 * SECOND


def with_examples(document: Json) -> Json:
    """The document with the kept examples at their places."""
    operations = {
        operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()
    }
    for kept in orjson.loads(KEPT.read_bytes()):
        name, *status = kept["place"]
        holder = operations[name]["responses"][status[0]] if status else document["components"]["responses"][name]
        content = holder["content"][kept["media_type"]]
        content["examples"] = {"story": {"summary": kept["request"], "value": kept["body"]}}
    return document


async def answers() -> list[Json]:
    """Every example, asked of the application with the sample story."""
    from service.compose import services  # noqa: PLC0415 (the application imports this module)
    from service.http.app import create_app  # noqa: PLC0415
    from service.stores import MEMORY  # noqa: PLC0415 (the application imports this module)

    with services(MEMORY, clock=_Stopped()) as store:
        store.restorer.restore(lines())
        events: Json = {str(event["id"]): _sent(event) for _, event in lines()}
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await _answer(client, ask, events) for ask in ASKED]


def _sent(event: Json) -> Json:
    """An event of the log as a client sent it."""
    return {key: value for key, value in event.items() if key not in ("position", "recorded_at")}


async def _answer(client: httpx.AsyncClient, ask: Ask, events: Json) -> Json:
    body = events.get(ask.body, ask.body) if isinstance(ask.body, str) else ask.body
    response = await client.request(ask.method, ask.url, headers=ask.headers, json=body)
    return {
        "place": ask.place,
        "request": f"{ask.method} {ask.url}",
        "media_type": response.headers["content-type"],
        "body": response.json(),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(
        orjson.dumps(asyncio.run(answers()), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
