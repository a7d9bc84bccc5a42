"""Answers are kept, pinned ones for ever and others until the next commit, and are those that would be given."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import httpx
import pytest
from starlette.routing import Route
from starlette.types import Scope

from domain.unavailable import Unavailable
from service.compose import Services
from service.http import asking
from service.http.answer import Answer
from service.http.given import Given, given_of
from service.http.request_line import target_of
from service.http.response_cache import BESIDE, LONGEST_KEY, MOST_SAME, Reply, ResponseCache
from tests.http.wires import registered, reported

TAG = f'"{"1" * 32}"'


def question(path: str = "/v1/developments", query: str = "at=1", **headers: str) -> tuple[Scope, Given]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"path": path, "query_string": query.encode(), "headers": raw, "route": Route(path, print)}
    return scope, given_of(scope)


def keep(kept: ResponseCache, asked: tuple[Scope, Given], told: Answer, state: Hashable | None = None) -> None:
    scope, given = asked
    kept.keep(target_of(scope), given, TAG, Reply.of(scope["route"].path, told), state)


def find(kept: ResponseCache, asked: tuple[Scope, Given]) -> Reply | None:
    scope, given = asked
    return kept.find(target_of(scope), given)


def answer(body: bytes = b"here") -> Answer:
    return Answer(200, body, [(b"etag", TAG.encode()), (b"content-type", b"application/json")])


def test_an_answer_is_found_by_all_that_it_depends_on() -> None:
    kept = ResponseCache(int)
    keep(kept, question(), answer())
    found = find(kept, question())
    assert found is not None
    assert (found.route, found.status, found.body) == ("/v1/developments", 200, b"here")
    assert found.headers == answer().raw_headers
    assert found.fields == b"etag: %b\r\ncontent-type: application/json\r\n\r\n" % TAG.encode()
    others = (
        question("/v1/actors"),
        question(query="at=2"),
        question(accept="text/html"),
        question(accept_encoding="gzip"),
        question(prefer="wait"),
    )
    assert [find(kept, other) for other in others] == [None] * 5


def test_who_has_a_kept_answer_is_told_that_it_is_the_same() -> None:
    kept = ResponseCache(int)
    keep(kept, question(), answer())
    gzipped = f'{TAG[:-1]}-gzip"'
    many = [(f'"other", "{number}", W/{TAG}', 304) for number in range(2 * MOST_SAME)]
    for has, status in 2 * [(TAG, 304), ("*", 304), *many, ('"other"', 200), (gzipped, 200)]:
        found = find(kept, question(if_none_match=has))
        assert found is not None
        assert (found.status, found.body) == ((304, b"") if status == 304 else (200, b"here"))


def test_where_only_304_was_told_that_is_kept_until_the_answer_is_asked_for() -> None:
    kept, had = ResponseCache(int), question(if_none_match=TAG)
    told = Answer.unchanged(TAG, [(b"etag", TAG.encode()), (b"vary", b"Accept"), (b"content-type", b"text/html")])
    for _ in range(2):
        keep(kept, had, told)
        found = find(kept, had)
        assert found is not None
        assert (found.status, found.headers) == (304, [(b"etag", TAG.encode()), (b"vary", b"Accept")])
        assert find(kept, question()) is None
        assert find(kept, question(if_none_match='"other"')) is None
    for given in (answer(), told):
        keep(kept, question(), given)
        assert [found and found.status for found in (find(kept, question()), find(kept, had))] == [200, 304]


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = ResponseCache(int, most_bytes=11_000)
    for number in range(4):
        keep(kept, question(query=f"at={number}"), answer(b"x" * 500))
        find(kept, question(query="at=0"))
    found = [find(kept, question(query=f"at={number}")) is not None for number in range(4)]
    assert found == [True, False, True, True]
    keep(kept, question(query="at=9"), answer(b"x" * 8_000))
    assert find(kept, question(query="at=9")) is None


def test_long_texts_are_not_kept_and_all_are_counted() -> None:
    kept, long = ResponseCache(int, most_bytes=20_000), '"other", ' * 100
    keep(kept, question(prefer="x" * LONGEST_KEY), answer())
    assert find(kept, question(prefer="x" * LONGEST_KEY)) is None
    keep(kept, question(), answer())
    for _ in range(2):
        found = find(kept, question(if_none_match=f"{long}{TAG}"))
        assert found is not None
        assert found.status == 304
    assert all(long not in named for entry in kept._kept.values() for named in entry.same)  # noqa: SLF001
    for number in range(9):
        keep(kept, question(query=f"at={number}", prefer="x" * 3_000), answer())
    assert len(kept._kept) == 20_000 // (BESIDE + 3_100)  # noqa: SLF001
    assert kept._bytes == sum(entry.size for entry in kept._kept.values())  # noqa: SLF001


def test_what_is_not_pinned_is_kept_for_one_state_of_the_store() -> None:
    states = [1]
    kept = ResponseCache(lambda: states[-1], most_bytes=11_000)
    keep(kept, question(), answer(b"x" * 5_000), 1)
    assert find(kept, question()) is not None
    states.append(2)
    assert find(kept, question()) is None
    keep(kept, question(), answer(b"y" * 5_000), 2)
    found = find(kept, question())
    assert found is not None
    assert found.body == b"y" * 5_000


def test_nothing_is_found_of_a_store_that_is_closed() -> None:
    def closed() -> None:
        raise Unavailable("it is closed")

    kept = ResponseCache(closed)
    keep(kept, question(), answer(), 1)
    assert find(kept, question()) is None


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


async def test_what_is_not_pinned_is_asked_again_only_after_a_commit_where_every_commit_is_seen_at_once(
    client: httpx.AsyncClient, store: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/v1/events", json=[registered("aland"), reported()])
    first = await client.get("/v1/developments")
    told, asked = asking._told, []  # noqa: SLF001 (every question that is put goes there)

    def counted(*given: Any, lasts: bool) -> object:
        asked.append(given)
        return told(*given, lasts=lasts)

    monkeypatch.setattr(asking, "_told", counted)
    again = await client.get("/v1/developments")
    same = await client.get("/v1/developments", headers={"If-None-Match": first.headers["etag"]})
    assert (again.content, again.headers["etag"], same.status_code) == (first.content, first.headers["etag"], 304)
    exact = store.visibility._following.exact  # noqa: SLF001 (whether it is such a store)
    assert (asked == []) == exact
    asked.clear()
    had = {"If-None-Match": first.headers["etag"], "Prefer": "respond-async"}
    unchanged = [(await client.get("/v1/developments", headers=had)).status_code for _ in range(3)]
    assert (unchanged, len(asked)) == ([304] * 3, 1 if exact else 3)
    await client.post("/v1/events", json=reported("other"))
    assert len((await client.get("/v1/developments")).json()["items"]) == len(first.json()["items"]) + 1
