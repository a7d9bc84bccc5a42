"""Pinned answers are kept, and are the answers that would be given."""

from __future__ import annotations

import httpx
from starlette.routing import Route
from starlette.types import Scope

from service.http.answer import Answer
from service.http.given import Given, read
from service.http.kept import Answers
from tests.http.wires import registered, reported

TAG = f'"{"1" * 32}"'


def question(path: str = "/v1/developments", query: str = "at=1", **headers: str) -> tuple[Scope, Given]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"path": path, "query_string": query.encode(), "headers": raw, "route": Route(path, print)}
    return scope, read(scope)


def answer(body: bytes = b"here") -> Answer:
    return Answer(200, body, [(b"etag", TAG.encode()), (b"content-type", b"application/json")])


def test_an_answer_is_found_by_all_that_it_depends_on() -> None:
    kept = Answers()
    kept.keep(*question(), TAG, answer())
    found = kept.find(*question())
    assert found is not None
    assert (found.tag, found.start, found.body) == (TAG, answer().start(), answer().content())
    others = (
        question("/v1/actors"),
        question(query="at=2"),
        question(accept="text/html"),
        question(accept_encoding="gzip"),
        question(prefer="wait"),
    )
    assert [kept.find(*other) for other in others] == [None] * 5


def test_who_has_a_kept_answer_is_told_that_it_is_the_same() -> None:
    kept = Answers()
    kept.keep(*question(), TAG, answer())
    gzipped = f'{TAG[:-1]}-gzip"'
    for has, status in ((TAG, 304), ("*", 304), (f'"other", W/{TAG}', 304), ('"other"', 200), (gzipped, 200)):
        scope, given = question(if_none_match=has)
        found = kept.find(scope, given)
        assert found is not None
        start, body = found.to(given)
        assert (start["status"], body["body"]) == ((304, b"") if status == 304 else (200, b"here"))


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = Answers(most_bytes=8_000)
    for number in range(4):
        kept.keep(*question(query=f"at={number}"), TAG, answer(b"x" * 500))
        kept.find(*question(query="at=0"))
    found = [kept.find(*question(query=f"at={number}")) is not None for number in range(4)]
    assert found == [True, False, True, True]
    kept.keep(*question(query="at=9"), TAG, answer(b"x" * 8_000))
    assert kept.find(*question(query="at=9")) is None


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
