"""Reading over HTTP: cuts, pins, pages, validators, media types."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported

READS = [
    "/v1/state",
    "/v1/developments",
    "/v1/developments/d1",
    "/v1/developments/d1/history",
    "/v1/actors",
    "/v1/actors/aland",
    "/v1/actors/aland/timeline",
    "/v1/figures",
    "/v1/figures/killed",
    "/v1/changes?from=2025-06-01",
    "/v1/changes?from_at=0&to_at=3",
    "/v1/events",
    "/v1/events/1",
    "/v1/log",
]
LISTS = [path for path in READS if path.rsplit("/", 1)[-1] not in {"state", "d1", "aland", "1", "log"}]


def killed(point: int) -> dict[str, Any]:
    return {"source": "Reuters", "reported": "2025-07-02", "figures": [{"metric": "killed", "point": point}]}


@pytest.fixture
async def story(aland: httpx.AsyncClient) -> httpx.AsyncClient:
    events = [reported(f"d{n}", f"2025-07-0{n}", occurred=f"2025-06-0{6 - n}") for n in range(1, 6)]
    events += [corroborated("d1", "2025-07-06"), corroborated("d2", "2025-07-02", report=killed(5))]
    answer = await aland.post("/v1/events", json=events)
    assert answer.status_code == 201
    return aland


def also(path: str, parameters: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{parameters}"


async def items(client: httpx.AsyncClient, path: str) -> list[str]:
    return [item["development"] for item in (await client.get(path)).json()["items"]]


@pytest.mark.parametrize("path", READS)
async def test_every_read_has_a_strong_validator_and_answers_304_to_it(story: httpx.AsyncClient, path: str) -> None:
    answer = await story.get(path)
    assert answer.status_code == 200
    assert answer.headers["etag"].startswith('"')
    again = await story.get(path, headers={"If-None-Match": f'"other", {answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("path", READS)
async def test_head_answers_the_headers_of_get_and_no_content(story: httpx.AsyncClient, path: str) -> None:
    got, head = await story.get(path), await story.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("path", READS)
async def test_every_read_says_in_headers_where_it_stands(story: httpx.AsyncClient, path: str) -> None:
    answer = await story.get(path)
    assert answer.headers["asof-at"] == ("3" if "to_at" in path else "8")
    assert answer.headers["asof-as-of"] == "2025-12-01T00:00:00Z"


@pytest.mark.parametrize("path", [path for path in READS if "from_at" not in path])
async def test_a_pinned_answer_is_the_same_bytes_however_the_log_grows(
    story: httpx.AsyncClient, clock: SetClock, path: str
) -> None:
    pinned = also(path, "at=8")
    before = await story.get(pinned)
    clock.move(86_400)
    later = [reported("d9"), corroborated("d1", "2025-06-01"), {"type": "ActorRenamed", "actor": "aland", "name": "N"}]
    amended = {"type": "DevelopmentAmended", "development": "d1", "changes": {"headline": "New"}, "reason": "r"}
    assert (await story.post("/v1/events", json=[*later, amended])).status_code == 201
    assert (await story.get(pinned)).content == before.content
    assert before.headers["cache-control"] == "max-age=3600"


async def test_what_is_not_pinned_is_not_cached(story: httpx.AsyncClient) -> None:
    assert (await story.get("/v1/state?as_of=2025-07-03")).headers["cache-control"] == "no-cache"
    assert (await story.get("/v1/state?recorded_as_of=2025-12-01")).headers["cache-control"] == "no-cache"
    assert (await story.get("/v1/state?recorded_as_of=2025-11-29")).headers["cache-control"] == "max-age=3600"


async def test_the_empty_log_has_an_answer_whose_cuts_are_null(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/developments")
    assert answer.json() == {"as_of": None, "at": 0, "recorded_as_of": None, "items": [], "next": None}
    assert "asof-as-of" not in answer.headers
    state = (await client.get("/v1/state?at=0")).json()
    assert (state["counts"], state["recent"], state["actors"]) == ({"status": {}, "kind": {}}, [], 0)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2])
async def test_the_pages_of_a_list_are_the_list(story: httpx.AsyncClient, path: str, limit: int) -> None:
    whole = (await story.get(path)).json()
    paged: list[Any] = []
    url: str | None = also(path, f"limit={limit}")
    while url is not None:
        answer = await story.get(url)
        page = answer.json()
        assert len(page["items"]) <= limit
        paged += page["items"]
        assert ("next" in answer.links) is (page["next"] is not None)
        url = answer.links["next"]["url"] if page["next"] else None
    assert paged == whole["items"]
    assert len(paged) > 0


async def test_a_cursor_keeps_the_cuts_of_the_first_page_while_the_log_grows(story: httpx.AsyncClient) -> None:
    first = (await story.get("/v1/developments?limit=2")).json()
    await story.post("/v1/events", json=reported("d0", occurred="2025-01-01"))
    second = (await story.get(f"/v1/developments?limit=100&cursor={first['next']}")).json()
    assert (second["at"], second["as_of"]) == (first["at"], first["as_of"])
    assert [item["development"] for item in first["items"] + second["items"]] == ["d5", "d4", "d3", "d2", "d1"]


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "WzEsMixbXSwieCJd", "WzEuNSwyLFtdLCJ4Il0", "ä", "W1tbW1tdXV1dXQ"]
)
async def test_a_cursor_of_nothing_or_of_another_question_is_refused(story: httpx.AsyncClient, cursor: str) -> None:
    answer = await story.get(f"/v1/developments?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "cursor")


async def test_a_cursor_with_another_filter_is_refused(story: httpx.AsyncClient) -> None:
    cursor = (await story.get("/v1/developments?limit=2")).json()["next"]
    answer = await story.get(f"/v1/developments?limit=2&kind=event&cursor={cursor}")
    assert answer.status_code == 422


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_comes_as_lines_where_these_are_accepted(story: httpx.AsyncClient, path: str) -> None:
    answer = await story.get(path, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == (await story.get(path)).json()["items"]


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        ("text/html", 406, "application/problem+json"),
        ("application/json;q=0", 406, "application/problem+json"),
        ("text/html, */*;q=0.1", 200, "application/json"),
        ("application/x-ndjson;q=0.5, application/json;q=0.4", 200, "application/x-ndjson"),
        ("application/*", 200, "application/json"),
        ("application/json;q=nonsense", 406, "application/problem+json"),
    ],
)
async def test_the_media_type_is_the_one_the_client_likes_best(
    story: httpx.AsyncClient, accept: str, status: int, media_type: str
) -> None:
    answer = await story.get("/v1/developments", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)


@pytest.mark.parametrize("path", READS)
async def test_an_unknown_parameter_is_refused_with_those_there_are(story: httpx.AsyncClient, path: str) -> None:
    answer = await story.get(also(path, "asof=2025"))
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["parameter"]) == (422, "asof")
    assert "at" in error["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("as_of=2025-13", "as_of"),
        ("as_of=2025-07-12T12:00:00", "as_of"),
        ("as_of=2025-07-12T12:00:00+02:00", "as_of"),
        ("as_of=2025/2026", "as_of"),
        ("at=9", "at"),
        ("at=-1", "at"),
        ("at=1.0", "at"),
        ("at=%D9%A1", "at"),
        ("at=99999999999999999999", "at"),
        ("at=1&recorded_as_of=2025", "recorded_as_of"),
        ("as_of=2025&as_of=2026", "as_of"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("order=newest", "order"),
        ("kind=rumour", "kind"),
        ("status=true", "status"),
        ("topic=Not%20A%20Slug", "topic"),
        ("occurred_from=yesterday", "occurred_from"),
        ("known_since=", "known_since"),
        ("q=", "q"),
        ("actor=", "actor"),
    ],
)
async def test_a_malformed_parameter_is_refused_by_name(story: httpx.AsyncClient, query: str, parameter: str) -> None:
    answer = await story.get(f"/v1/developments?{query}")
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["parameter"].partition(".")[0]) == (422, parameter)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "from"),
        ("to=2025", "from"),
        ("from=2025&as_of=2025", "as_of"),
        ("from=2025&from_at=1", "from_at"),
        ("from_at=1&at=2", "from_at"),
        ("to_at=2", "from_at"),
        ("from_at=9", "from_at"),
        ("from_at=1&to_at=9", "to_at"),
    ],
)
async def test_changes_take_two_dates_or_two_positions(story: httpx.AsyncClient, query: str, parameter: str) -> None:
    answer = await story.get(f"/v1/changes?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)


async def test_a_plus_in_a_url_is_a_blank_and_the_refusal_says_so(story: httpx.AsyncClient) -> None:
    answer = await story.get("/v1/state?as_of=2025-07-12T12:00:00+02:00")
    assert "%2B" in answer.json()["errors"][0]["detail"]
    assert (await story.get("/v1/state?as_of=2025-07-12T12:00:00%2B02:00")).json()["as_of"] == "2025-07-12T10:00:00Z"


@pytest.mark.parametrize(
    ("path", "exists"),
    [
        ("/v1/developments/d1?as_of=2025-06", True),
        ("/v1/developments/d1/history?at=1", True),
        ("/v1/developments/nobody", False),
        ("/v1/actors/aland?at=0", True),
        ("/v1/actors/nobody/timeline", False),
        ("/v1/figures/killed?as_of=2025-07-01", True),
        ("/v1/figures/nothing", False),
        ("/v1/events/8?at=3", True),
        ("/v1/events/99", False),
        ("/v1/events/0", False),
        ("/v1/nothing", False),
    ],
)
async def test_what_is_not_there_at_the_cut_is_404_and_tells_if_it_is_there_at_all(
    story: httpx.AsyncClient,
    path: str,
    exists: bool,  # noqa: FBT001
) -> None:
    answer = await story.get(path)
    assert (answer.status_code, answer.json()["exists"]) == (404, exists)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("order=occurred", ["d5", "d4", "d3", "d2", "d1"]),
        ("order=-occurred", ["d1", "d2", "d3", "d4", "d5"]),
        ("order=known", ["d1", "d2", "d3", "d4", "d5"]),
        ("order=-known&as_of=2025-07-03", ["d3", "d2", "d1"]),
        ("status=corroborated", ["d1"]),
        ("source=AFP", ["d1"]),
        ("metric=killed", ["d2"]),
        ("q=HEADLINE%20D4", ["d4"]),
        ("q=aland%20d3", ["d3"]),
        ("q=alan", []),
        ("q=%21%3F", []),
        ("actor=Aland&actor=aland&known_since=2025-07-05", ["d5", "d4"]),
        ("actor=Atlantis", []),
        ("occurred_from=2025-06-02&occurred_to=2025-06-03", ["d4", "d3"]),
        ("topic=kursk", []),
    ],
)
async def test_filters_and_orders_choose_developments(story: httpx.AsyncClient, query: str, found: list[str]) -> None:
    assert await items(story, f"/v1/developments?{query}") == found


async def test_an_alias_or_a_merged_id_in_a_path_redirects_and_keeps_the_question(story: httpx.AsyncClient) -> None:
    gone = registered("gone", aliases=["Gone Land"])
    await story.post("/v1/events", json=[gone, {"type": "ActorMerged", "actor": "gone", "into": "aland"}])
    for name in ("Aland", "gone", "Gone%20Land"):
        answer = await story.get(f"/v1/actors/{name}/timeline?as_of=2025-07-02&limit=1")
        assert answer.status_code == 308
        assert answer.headers["location"] == "/v1/actors/aland/timeline?as_of=2025-07-02&limit=1"
        assert answer.headers["cache-control"] == "no-cache"
        assert (answer.headers["asof-at"], answer.headers["asof-as-of"]) == ("10", "2025-07-03T00:00:00Z")
    assert (await story.get("/v1/actors/gone?at=9")).status_code == 200
    pinned = await story.get("/v1/actors/gone?at=10")
    assert (pinned.status_code, pinned.headers["cache-control"]) == (308, "max-age=3600")


async def test_a_name_that_an_actor_had_once_is_there_at_another_cut(aland: httpx.AsyncClient) -> None:
    other = {"type": "ActorAmended", "actor": "aland", "changes": {"name": "Islands"}, "reason": "r"}
    assert (await aland.post("/v1/events", json=other)).status_code == 201
    for name, exists in (("Aland", True), ("ALAND ", False), ("aLAND", True), ("nowhere", False)):
        answer = await aland.get(f"/v1/actors/{name}")
        assert (answer.status_code, answer.json()["exists"]) == (404, exists), name


async def test_what_is_not_there_in_an_empty_log_is_not_there_at_no_cut(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/developments/d")).json()
    assert {name: problem[name] for name in ("exists", "as_of", "at", "recorded_as_of")} == {
        "exists": False, "as_of": None, "at": 0, "recorded_as_of": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("after=6", [7, 8]),
        ("after=99", []),
        ("type=DevelopmentCorroborated", [7, 8]),
        ("stream=development/d1", [2, 7]),
        ("stream=development/nobody", []),
        ("actor=aland&limit=2", [1, 2]),
        ("actor=nobody", []),
        ("at=2&after=1", [2]),
    ],
)
async def test_the_log_is_read_in_order_and_filtered(
    story: httpx.AsyncClient, query: str, positions: list[int]
) -> None:
    answer = await story.get(f"/v1/events?{query}")
    assert [item["position"] for item in answer.json()["items"]] == positions


async def test_an_event_is_shown_as_it_was_stored(story: httpx.AsyncClient) -> None:
    shown = (await story.get("/v1/events/2")).json()
    sent = reported("d1", "2025-07-01", occurred="2025-06-05")
    assert shown == {**sent, "id": shown["id"], "position": 2, "recorded_at": "2025-12-01T00:00:00Z"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "TRACE"])
async def test_another_method_is_refused_with_those_there_are(story: httpx.AsyncClient, method: str) -> None:
    answer = await story.request(method, "/v1/developments")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


async def test_readiness_tells_position_and_lag_and_metrics_count_requests(story: httpx.AsyncClient) -> None:
    ready = (await story.get("/readyz")).json()
    assert ready == {"status": "ready", "position": 8, "visible": 8, "lag": 0}
    assert (await story.get("/healthz")).status_code == 200
    metrics = (await story.get("/metrics")).text
    assert "asof_log_position 8.0" in metrics
    assert 'asof_http_requests_total{method="POST",route="/v1/events",status="201"} 2.0' in metrics
    assert "asof_events_appended_total 8.0" in metrics


async def test_a_name_that_two_actors_share_is_answered_with_both(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=[registered("bland", name="Same"), registered("cland", name="same")])
    for path in ("/v1/actors/SAME", "/v1/actors/SAME/timeline", "/v1/state?actor=SAME"):
        answer = await aland.get(path)
        assert (answer.status_code, answer.json()["code"]) == (422, "actor-ambiguous")
        assert answer.json()["actors"] == ["bland", "cland"]


async def test_a_name_with_any_character_redirects_to_its_actor(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=registered("acdc", name="AC/DC", aliases=["50% off?", "a#b"]))
    for name in ("AC%2FDC", "50%25%20off%3F", "a%23b"):
        for rest in ("", "/timeline"):
            answer = await aland.get(f"/v1/actors/{name}{rest}")
            assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/actors/acdc{rest}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("occurred_from=2025-06-03&occurred_to=2025-06-02", []),
        ("occurred_from=2025-06-04&occurred_to=2025-06-01", []),
        ("occurred_from=2025-06-03T00:00:00Z&occurred_to=2025-06-03T00:00:00Z", ["d3"]),
        ("occurred_from=2025-06-03&occurred_to=2025-06-03", ["d3"]),
    ],
)
async def test_a_window_that_does_not_end_after_it_begins_holds_nothing_but_one_instant(
    story: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    assert await items(story, f"/v1/developments?{query}") == found


def tampered(cursor: str, **changed: Any) -> str:
    as_of, at, key, fingerprint = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    parts = {"as_of": as_of, "at": at, "key": key, "fingerprint": fingerprint} | changed
    return base64.urlsafe_b64encode(json.dumps(list(parts.values())).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", ["/v1/developments", "/v1/changes?from=2025-06-01", "/v1/events"])
@pytest.mark.parametrize(
    "changed",
    [{"key": []}, {"key": ["x"]}, {"key": [{}, 1, 1, 1]}, {"at": True}, {"at": 10**6}, {"as_of": "x"}],
    ids=str,
)
async def test_a_cursor_that_was_tampered_with_is_refused(
    story: httpx.AsyncClient, path: str, changed: dict[str, Any]
) -> None:
    cursor = (await story.get(also(path, "limit=1"))).json()["next"]
    answer = await story.get(also(path, f"limit=1&cursor={tampered(cursor, **changed)}"))
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "cursor")


async def test_a_cursor_page_is_cached_as_its_question_is(story: httpx.AsyncClient) -> None:
    for query, cached in (("limit=1", "no-cache"), ("limit=1&at=8", "max-age=3600")):
        first = await story.get(f"/v1/developments?{query}")
        second = await story.get(f"/v1/developments?{query}&cursor={first.json()['next']}")
        assert (first.headers["cache-control"], second.headers["cache-control"]) == (cached, cached)


async def test_what_is_expected_without_end_is_expected_at_the_end_of_time(aland: httpx.AsyncClient) -> None:
    plans = [
        reported(f"p{n}", kind="plan", occurred=occurred) for n, occurred in enumerate(("2025/..", "9999", "2025/"))
    ]
    await aland.post("/v1/events", json=plans)
    for as_of in ("9998", "9999", "9999-12-31"):
        state = (await aland.get(f"/v1/state?as_of={as_of}")).json()
        assert [item["development"] for item in state["expected"]] == ["p0", "p1"]


async def test_a_merge_alone_is_no_change_between_positions_whatever_else_happens(aland: httpx.AsyncClient) -> None:
    figures = [{"metric": "m", "point": n, "claimed_by": actor} for n, actor in enumerate(("aland", "bland"))]
    told = reported(report={"source": "S", "reported": "2025-07-01", "figures": figures})
    yes = corroborated(type="DevelopmentConfirmed", by="aland")
    no = corroborated(type="DevelopmentDenied", by="bland")
    await aland.post("/v1/events", json=[registered("bland"), told, yes, no])
    await aland.post("/v1/events", json={"type": "ActorMerged", "actor": "bland", "into": "aland"})
    assert (await aland.get("/v1/changes?from_at=5")).json()["items"] == []
    await aland.post("/v1/events", json=corroborated(source="TASS"))
    changes = (await aland.get("/v1/changes?from_at=5")).json()["items"]
    assert [change["change"] for change in changes] == ["corroborated"]


async def test_the_log_is_filtered_by_the_actors_that_events_name_not_by_their_sources(
    aland: httpx.AsyncClient,
) -> None:
    await aland.post("/v1/events", json=[reported(actors=[]), corroborated(source="aland")])
    found = (await aland.get("/v1/events?actor=aland")).json()["items"]
    assert [event["position"] for event in found] == [1]
