"""The validator of an answer is known before the answer: it says of which log, question and cut it is."""

from __future__ import annotations

import httpx
import pytest

from service.compose import Services, services
from service.http.app import create_app
from service.http.response_cache import ResponseCache
from service.reading import developments
from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported


async def test_nothing_is_put_together_for_who_has_it(
    aland: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ResponseCache, "keep", lambda *_: None)
    await aland.post("/v1/events", json=reported("d"))
    first = await aland.get("/v1/developments")
    with monkeypatch.context() as patched:
        patched.delattr(developments, "page")
        same = await aland.get("/v1/developments", headers={"If-None-Match": first.headers["etag"]})
        assert (await aland.get("/v1/developments")).status_code == 500
    assert (same.status_code, same.headers["etag"]) == (304, first.headers["etag"])


async def test_every_append_gives_an_answer_that_is_not_pinned_another_validator(aland: httpx.AsyncClient) -> None:
    tags = []
    for number in range(3):
        await aland.post("/v1/events", json=reported(f"d-{number}"))
        tags.append((await aland.get("/v1/developments")).headers["etag"])
        stale = await aland.get("/v1/developments", headers={"If-None-Match": ", ".join(tags[:-1])})
        assert stale.status_code == 200
    assert len(set(tags)) == 3


async def test_every_question_and_every_cut_has_a_validator_of_its_own(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=[reported("d"), corroborated("d", source="TASS")])
    paths = [
        *("/v1/developments", "/v1/developments?limit=1", "/v1/developments?as_of=2025-07-01"),
        *("/v1/developments?at=2", "/v1/developments/d", "/v1/developments/d?at=2", "/v1/actors/aland", "/v1/log"),
    ]
    tags = [(await aland.get(path)).headers["etag"] for path in paths]
    assert len(set(tags)) == len(paths)


async def test_two_logs_that_are_as_long_have_different_validators(clock: SetClock) -> None:
    tags = set()
    for name in ("one", "other"):
        with services("sqlite://", clock=clock) as store:
            transport = httpx.ASGITransport(create_app(store))
            async with httpx.AsyncClient(transport=transport, base_url="http://asof") as client:
                await client.post("/v1/events", json=registered("aland", name=name))
                tags.add((await client.get("/v1/developments")).headers["etag"])
    assert len(tags) == 2


async def test_a_star_is_not_the_answer_to_a_question_that_is_refused(aland: httpx.AsyncClient) -> None:
    for path, status in (("/v1/developments/nowhere", 404), ("/v1/developments?as_of=x", 422), ("/v1/log", 304)):
        answer = await aland.get(path, headers={"If-None-Match": "*"})
        assert answer.status_code == status


@pytest.mark.parametrize("path", ["/v1/log", "/v1/developments", "/v1/developments?at=0", "/openapi.json", "/docs"])
async def test_a_star_names_the_form_that_would_be_sent(aland: httpx.AsyncClient, path: str) -> None:
    for coding in ("gzip", "identity"):
        for _ in range(2):
            answer, same = [
                await aland.get(path, headers={"Accept-Encoding": coding} | has) for has in ({}, {"If-None-Match": "*"})
            ]
            assert (answer.status_code, same.status_code, same.content) == (200, 304, b"")
            assert answer.headers["etag"] == same.headers["etag"]


async def test_the_same_log_in_another_process_has_the_same_validators(store: Services) -> None:
    tags = set()
    for _ in range(2):
        transport = httpx.ASGITransport(create_app(store))
        async with httpx.AsyncClient(transport=transport, base_url="http://asof") as client:
            tags.add((await client.get("/v1/developments")).headers["etag"])
    assert len(tags) == 1
