"""Compression by `Accept-Encoding`: what is chosen, how it is validated, and that it says the same."""

from __future__ import annotations

import gzip

import httpx
import pytest

from service.http.coding import Codings, accepted
from tests.http.wires import registered, reported

LONG = "/v1/developments"
SHORT = "/v1/log"


@pytest.mark.parametrize(
    ("header", "chosen", "identity"),
    [
        ("", "identity", True),
        ("gzip", "gzip", True),
        ("x-gzip", "gzip", True),
        ("GZIP;Q=1.0", "gzip", True),
        ("gzip, deflate, br, zstd", "gzip", True),
        ("br", "identity", True),
        ("gzip;q=0", "identity", True),
        ("gzip;q=0.001", "gzip", True),
        ("gzip;q=0.5, identity;q=0.8", "identity", True),
        ("gzip;q=0.8, identity;q=0.8", "gzip", True),
        ("*", "gzip", True),
        ("*;q=0", "identity", False),
        ("identity;q=0", "identity", False),
        ("identity;q=0, gzip", "gzip", False),
        ("*;q=0, identity", "identity", True),
        ("gzip;q=0, *", "identity", True),
        ("gzip, *;q=0", "gzip", False),
        ("gzip;q=2", "identity", True),
        ("gzip;q=high", "identity", True),
        (" , gzip ; q=0.7 ,", "gzip", True),
    ],
)
def test_the_coding_that_is_liked_best_is_chosen(header: str, chosen: str, identity: bool) -> None:  # noqa: FBT001
    codings = accepted(header)
    assert ("gzip" if codings.rather else "identity", codings.identity) == (chosen, identity)


def test_nothing_is_accepted_where_every_coding_is_refused() -> None:
    assert accepted("*;q=0") == Codings(gzip=False, identity=False, rather=False)


@pytest.fixture
async def story(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a store with a page that is worth compressing, which accepts nothing by itself."""
    del client.headers["accept-encoding"]
    events = [registered("aland"), *(reported(f"d-{number}") for number in range(9))]
    assert (await client.post("/v1/events", json=events)).status_code == 201
    return client


@pytest.mark.parametrize("path", [LONG, f"{LONG}?at=10", "/v1/events", "/openapi.json", "/docs", "/metrics"])
async def test_who_accepts_gzip_gets_the_same_in_fewer_bytes(story: httpx.AsyncClient, path: str) -> None:
    plain = await story.get(path)
    async with story.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert (plain.headers.get("content-encoding"), answer.headers["content-encoding"]) == (None, "gzip")
    assert int(answer.headers["content-length"]) == len(raw) < len(plain.content)
    if path != "/metrics":
        assert gzip.decompress(raw) == plain.content
    for told in (plain, answer):
        assert "Accept-Encoding" in told.headers["vary"]


@pytest.mark.parametrize("media", ["application/json", "application/x-ndjson"])
async def test_every_form_has_a_validator_of_its_own(story: httpx.AsyncClient, media: str) -> None:
    tags = [
        (await story.get(LONG, headers={"Accept-Encoding": coding, "Accept": accept})).headers["etag"]
        for coding in ("gzip", "identity")
        for accept in (media, "*/*;q=0.5")
    ]
    assert len(set(tags)) == (4 if media != "application/json" else 2)
    assert tags[0] == f'{tags[2][:-1]}-gzip"'


@pytest.mark.parametrize("path", [LONG, f"{LONG}?at=10", "/openapi.json"])
@pytest.mark.parametrize(
    ("has", "accepts", "status"),
    [
        ("gzip", "gzip", 304),
        ("identity", "identity", 304),
        ("identity", "gzip", 304),
        ("gzip", "identity", 200),
        ("identity", "gzip, identity;q=0", 200),
    ],
)
async def test_304_goes_to_who_has_a_form_that_it_accepts(
    story: httpx.AsyncClient, path: str, has: str, accepts: str, status: int
) -> None:
    tag = (await story.get(path, headers={"Accept-Encoding": has})).headers["etag"]
    for _ in range(2):
        again = await story.get(path, headers={"Accept-Encoding": accepts, "If-None-Match": f"W/{tag}"})
        assert again.status_code == status
        if status == 304:
            assert (again.headers["etag"], again.content) == (tag, b"")
            assert "Accept-Encoding" in again.headers["vary"]


async def test_a_small_body_is_not_compressed_unless_nothing_else_is_accepted(story: httpx.AsyncClient) -> None:
    plain = await story.get(SHORT, headers={"Accept-Encoding": "gzip"})
    packed = await story.get(SHORT, headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())


@pytest.mark.parametrize("path", [LONG, SHORT, "/docs"])
async def test_who_accepts_no_coding_at_all_is_refused(story: httpx.AsyncClient, path: str) -> None:
    answer = await story.get(path, headers={"Accept-Encoding": "*;q=0"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


async def test_an_append_is_answered_whatever_is_accepted(story: httpx.AsyncClient) -> None:
    answer = await story.post("/v1/events", json=reported("last"), headers={"Accept-Encoding": "*;q=0"})
    assert (answer.status_code, answer.json()["position"]) == (201, 11)


async def test_head_tells_the_headers_of_the_form_that_get_would_have(story: httpx.AsyncClient) -> None:
    for coding in ("gzip", "identity"):
        for path in (LONG, f"{LONG}?at=10", "/docs", "/nowhere"):
            got, head = [
                await story.request(method, path, headers={"Accept-Encoding": coding}) for method in ("GET", "HEAD")
            ]
            assert (head.status_code, head.content) == (got.status_code, b"")
            assert head.headers == got.headers
