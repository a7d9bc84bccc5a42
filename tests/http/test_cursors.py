"""Cursors: what they keep, what they may not be used with, and that nobody's own make is more than refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from domain.clocks import AFTER, BEFORE
from domain.ports import Snapshot
from service.reading import changes
from service.reading.developments import bodies
from service.reading.pins import Pin
from tests.http.wires import corroborated, reported

LISTS = {
    "/v1/developments": 4,
    "/v1/developments?order=-known": 4,
    "/v1/developments/d1/history": 1,
    "/v1/actors": 1,
    "/v1/actors/aland/timeline?order=occurred": 4,
    "/v1/figures": 1,
    "/v1/figures/killed": 3,
    "/v1/changes?from=2025-06-01": 3,
    "/v1/changes?from_at=0": 3,
    "/v1/events": 1,
}
"""Lists of two items or more, and how many parts a sort key of each has."""


@pytest.fixture
async def story(aland: httpx.AsyncClient) -> httpx.AsyncClient:
    figures = [{"metric": name, "point": 5, "as_at": day} for name in ("killed", "wounded") for day in ("2025", "2024")]
    events: list[dict[str, Any]] = [{"type": "ActorRegistered", "actor": "b", "name": "B", "kind": "other"}]
    events += [reported(f"d{n}", f"2025-07-0{n}", occurred=f"2025-06-0{6 - n}") for n in range(1, 6)]
    events.append(corroborated("d1", report={"source": "Reuters", "reported": "2025-07-06", "figures": figures}))
    answer = await aland.post("/v1/events", json=events)
    assert answer.status_code == 201, answer.text
    return aland


def also(path: str, parameters: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{parameters}"


def read(cursor: str) -> list[Any]:
    content: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return content


def made(content: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def following(client: httpx.AsyncClient, path: str) -> str:
    cursor = (await client.get(also(path, "limit=1"))).json()["next"]
    assert isinstance(cursor, str)
    return cursor


async def test_a_deep_page_of_changes_puts_together_only_what_it_shows(
    aland: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [reported(f"a{n}", "2025-06-01") for n in range(3)]
    events += [reported(f"d{n:02}", "2025-07-02") for n in range(11)]
    events += [corroborated(f"a{n}", "2025-07-03") for n in range(3)]
    assert (await aland.post("/v1/events", json=events)).status_code == 201
    put_together = []

    def watched(snapshot: Snapshot, devs: Sequence[int], pinned: Pin) -> list[bytes]:
        put_together.append(len(devs))
        return bodies(snapshot, devs, pinned)

    monkeypatch.setattr(changes, "bodies", watched)
    path, found = "/v1/changes?from=2025-07-01&limit=4", []
    while path:
        answer = (await aland.get(path)).json()
        found += [(item["change"], item["development"]) for item in answer["items"]]
        path = also("/v1/changes?from=2025-07-01&limit=4", f"cursor={answer['next']}") if answer["next"] else ""
    assert found == [("learned", f"d{n:02}") for n in range(11)] + [("corroborated", f"a{n}") for n in range(3)]
    assert put_together == [4, 4, 3, 0]


EXTREMES = [
    *(2**63, 2**63 - 1, -(2**63), 2**64 - 1, 2**62, -(2**62), 2**62 - 1, 2**60, -(2**60), 2**53, -1, 0),
    *(
        253402300800000000,
        253402300800000005,
        253402300799999999,
        -62135596800000000,
        -62135596800000001,
        AFTER,
        BEFORE,
    ),
]


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_of_ones_own_make_is_refused_or_answered(story: httpx.AsyncClient, path: str) -> None:
    cursor = await following(story, path)
    as_of, at, key, of = read(cursor)
    assert len(key) == LISTS[path]
    forged = [[number, at, key, of] for number in EXTREMES] + [[as_of, number, key, of] for number in EXTREMES]
    for place, part in enumerate(key):
        others = EXTREMES if isinstance(part, int) else ["", "\0", "\ud800", "z" * 300]
        forged += [[as_of, at, [*key[:place], other, *key[place + 1 :]], of] for other in others]
    refused = 0
    for content in forged:
        answer = await story.get(also(path, f"limit=1&cursor={made(content)}"))
        assert answer.status_code in {200, 404, 422}, (content, answer.text)
        if answer.status_code == 422:
            refused += 1
            assert answer.json()["errors"][0]["parameter"] == "cursor"
    assert refused > len(EXTREMES)


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/events"])
async def test_a_cut_beside_a_cursor_has_to_be_that_of_the_cursor(story: httpx.AsyncClient, path: str) -> None:
    by_position, dated = "from_at" in path, "from=" in path
    cut = "as_of=2025-08" if by_position else "at=8" if dated else "as_of=2025-08&at=8"
    cursor = await following(story, also(path, cut))
    page = await story.get(also(path, f"limit=1&cursor={cursor}"))
    again = await story.get(also(path, f"limit=1&{cut}&cursor={cursor}"))
    assert page.status_code == again.status_code == 200
    assert page.json()["items"] == again.json()["items"]
    assert (page.headers["cache-control"], again.headers["cache-control"]) == (
        "no-cache",
        "no-cache" if by_position else "max-age=3600",
    )
    others = {"as_of=1990": "as_of"} if by_position else {"at=3": "at", "recorded_as_of=2020": "recorded_as_of"}
    if not by_position and not dated:
        others["as_of=1990"] = "as_of"
    for other, parameter in others.items():
        answer = await story.get(also(path, f"limit=1&{other}&cursor={cursor}"))
        assert answer.status_code == 422
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


async def test_the_second_page_of_changes_is_pinned_where_the_first_is(story: httpx.AsyncClient) -> None:
    for pinned, cached in (("", "no-cache"), ("&at=8", "max-age=3600")):
        path = f"/v1/changes?from=2025-06-01&limit=2{pinned}"
        first = await story.get(path)
        second = await story.get(f"{path}&cursor={first.json()['next']}")
        assert [page.headers["cache-control"] for page in (first, second)] == [cached, cached]
