"""Pinned answers are kept, and are the answers that would be given."""

from __future__ import annotations

import httpx
from starlette.requests import Request
from starlette.responses import Response

from service.http.kept import Kept
from tests.http.wires import registered, reported


def request(path: str = "/v1/developments", query: str = "at=1", method: str = "GET", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw})


def test_an_answer_is_found_by_all_that_it_depends_on() -> None:
    kept = Kept()
    kept.keep(request(), Response(b"here", 200, {"ETag": '"1"'}))
    found = kept.find(request())
    assert found is not None
    assert (found.body, found.headers["etag"]) == (b"here", '"1"')
    others = (request("/v1/actors"), request(query="at=2"), request(method="POST"), request(accept="text/html"))
    assert [kept.find(other) for other in (*others, request(if_none_match='"1"'))] == [None] * 5


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = Kept(most_bytes=8_000)
    for number in range(4):
        kept.keep(request(query=f"at={number}"), Response(b"x" * 500))
        kept.find(request(query="at=0"))
    assert [kept.find(request(query=f"at={number}")) is not None for number in range(4)] == [True, False, True, True]
    kept.keep(request(query="at=9"), Response(b"x" * 8_000))
    assert kept.find(request(query="at=9")) is None


async def test_a_pinned_answer_is_the_same_the_second_time_and_one_that_is_not_follows_the_log(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/v1/events", json=[registered("aland"), reported()])
    pinned = [await client.get("/v1/developments?at=2") for _ in range(2)]
    before = await client.get("/v1/developments")
    await client.post("/v1/events", json=reported("other"))
    pinned.append(await client.get("/v1/developments?at=2"))
    assert {(answer.content, answer.headers["etag"], answer.headers["asof-at"]) for answer in pinned} == {
        (pinned[0].content, pinned[0].headers["etag"], "2")
    }
    assert len((await client.get("/v1/developments")).json()["items"]) == len(before.json()["items"]) + 1
    same = await client.get("/v1/developments?at=2", headers={"If-None-Match": pinned[0].headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
