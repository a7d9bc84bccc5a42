"""Appending over HTTP: all or nothing, once, in order, and visible when it answers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import orjson
import pytest

from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported

NDJSON = {"Content-Type": "application/x-ndjson"}


async def position(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/log")).json()["position"])


async def test_an_event_is_placed_visible_and_located_when_the_answer_comes(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=reported(id="e1"))
    assert answer.status_code == 201
    assert answer.headers["location"] == "/v1/developments/d"
    assert answer.json() == {
        "position": 2,
        "events": [
            {"id": "e1", "stream": "development/d", "version": 1, "position": 2, "recorded_at": "2025-12-01T00:00:00Z"}
        ],
    }
    assert (await aland.get(answer.headers["location"])).json()["at"] == 2


async def test_an_event_without_an_id_gets_one_that_orders_by_time(aland: httpx.AsyncClient) -> None:
    ids = [(await aland.post("/v1/events", json=reported(f"d{n}"))).json()["events"][0]["id"] for n in range(3)]
    assert ids == sorted(ids)
    assert {text[14] for text in ids} == {"7"}


@pytest.mark.parametrize("body", ["array", "ndjson", "crlf"])
async def test_a_batch_sees_itself_and_is_answered_event_by_event(client: httpx.AsyncClient, body: str) -> None:
    events = [registered("aland"), reported(id="e1"), corroborated()]
    if body == "array":
        answer = await client.post("/v1/events", json=events)
    else:
        end = "\r\n" if body == "crlf" else "\n"
        lines = end.join(json.dumps(event) for event in events)
        answer = await client.post("/v1/events", content=lines, headers=NDJSON)
    assert answer.status_code == 201
    assert [placed["version"] for placed in answer.json()["events"]] == [1, 1, 2]


async def test_one_refused_event_refuses_its_whole_batch_and_names_itself(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=[reported(), reported("g"), corroborated("nobody-knows")])
    assert (answer.status_code, answer.json()["code"]) == (409, "development-unknown")
    assert answer.json()["errors"][0]["pointer"] == "/2/development"
    assert await position(aland) == 1
    assert (await aland.get("/v1/developments/d")).status_code == 404
    assert (await aland.post("/v1/events", json=reported())).status_code == 201


async def test_a_broken_line_is_named_by_its_number_and_nothing_is_stored(aland: httpx.AsyncClient) -> None:
    lines = [json.dumps(reported(f"d{n}")) for n in range(4_720)]
    lines[4_710] = '{"type": "DevelopmentReported", '
    answer = await aland.post("/v1/events", content="\n".join(lines), headers=NDJSON)
    assert answer.status_code == 422
    assert "line 4711" in answer.text
    assert answer.json()["errors"][0]["pointer"] == "/4710"
    assert await position(aland) == 1


async def test_every_fault_of_a_batch_is_named_at_once(aland: httpx.AsyncClient) -> None:
    wrong = [reported(occurred="2025-13"), reported("g", kind="rumour"), reported("h", colour="red")]
    answer = await aland.post("/v1/events", json=wrong)
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/0/occurred", "/1/kind", "/2/colour"}


async def test_the_same_event_again_is_answered_and_not_stored_again(aland: httpx.AsyncClient) -> None:
    first = await aland.post("/v1/events", json=reported(id="e1"))
    await aland.post("/v1/events", json=corroborated())
    again = await aland.post("/v1/events", json=reported(id="e1", summary=None, expected_version=0))
    assert (again.status_code, again.json()) == (200, first.json())
    assert await position(aland) == 3


async def test_the_same_event_as_it_was_sent_or_as_it_was_stored_is_the_same(aland: httpx.AsyncClient) -> None:
    sent = reported(id="e1", actors=[{"actor": "ALAND"}])
    assert (await aland.post("/v1/events", json=sent)).status_code == 201
    await aland.post("/v1/events", json={"type": "ActorRenamed", "actor": "aland", "name": "Else"})
    assert (await aland.post("/v1/events", json=sent)).status_code == 200
    stored = (await aland.get("/v1/events/2")).json()
    assert stored["actors"] == [{"actor": "aland"}]
    del stored["position"], stored["recorded_at"]
    assert (await aland.post("/v1/events", json=stored)).status_code == 200


async def test_the_same_id_with_other_content_is_refused(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=reported(id="e1"))
    answer = await aland.post("/v1/events", json=reported(id="e1", headline="Else"))
    assert (answer.status_code, answer.json()["code"]) == (409, "event-id-reused")
    assert "in the log with" in answer.json()["detail"]
    answer = await aland.post("/v1/events", json=[reported("other", id="e2"), corroborated("other", id="e2")])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/1/id")
    assert "in this request before, with" in answer.json()["detail"]


async def test_a_batch_of_old_and_new_answers_the_old_and_stores_the_new(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=reported(id="e1"))
    answer = await aland.post("/v1/events", json=[reported(id="e1"), corroborated(id="e2"), corroborated(id="e2")])
    assert answer.status_code == 201
    assert [placed["position"] for placed in answer.json()["events"]] == [2, 3, 3]
    assert await position(aland) == 3


async def test_the_registrations_made_on_the_way_are_part_of_the_answer_each_time(client: httpx.AsyncClient) -> None:
    sent = reported(id="e1", actors=[{"actor": "New Land"}, {"actor": "김정은"}])
    first = await client.post("/v1/events?register_actors=true", json=sent)
    streams = [placed["stream"] for placed in first.json()["events"]]
    assert streams == ["actor/new-land", "actor/actor-b663e70af0e0", "development/d"]
    again = await client.post("/v1/events", json=sent)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await client.get("/v1/actors/new-land")).json()["kind"] == "other"


@pytest.mark.parametrize(
    ("headers", "event", "status"),
    [
        ({"If-Match": '"1"'}, corroborated(), 201),
        ({"If-Match": '"0"'}, corroborated(), 412),
        ({"If-None-Match": "*"}, corroborated(), 412),
        ({"If-None-Match": "*"}, reported("new"), 201),
        ({"If-Match": "1"}, corroborated(), 422),
        ({"If-Match": '"1"', "If-None-Match": "*"}, corroborated(), 422),
        ({}, corroborated(expected_version=1), 201),
        ({}, corroborated(expected_version=0), 409),
        ({"If-Match": '"1"'}, corroborated(expected_version=2), 422),
    ],
)
async def test_a_writer_may_expect_a_version_of_the_stream(
    aland: httpx.AsyncClient, headers: dict[str, str], event: dict[str, Any], status: int
) -> None:
    await aland.post("/v1/events", json=reported())
    answer = await aland.post("/v1/events", json=event, headers=headers)
    assert answer.status_code == status
    if status in {409, 412}:
        assert (answer.json()["code"], answer.json()["current_version"]) == ("version-conflict", 1)


async def test_a_precondition_in_a_header_is_for_a_single_event(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=[reported()], headers={"If-None-Match": "*"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (reported(), "development-exists"),
        (corroborated("g"), "development-unknown"),
        (registered("aland"), "actor-exists"),
        ({"type": "ActorRenamed", "actor": "nobody", "name": "N"}, "actor-unknown"),
        ({"type": "ActorRenamed", "actor": "gone", "name": "N"}, "actor-merged"),
        (
            {
                "type": "DevelopmentAmended",
                "development": "d",
                "amends": "x",
                "changes": {"summary": "s"},
                "reason": "r",
            },
            "event-unknown",
        ),
        (corroborated(type="ReportWithdrawn", withdraws=["x"], reason="r"), "event-unknown"),
        (corroborated(type="ReportWithdrawn", withdraws=["e2"], reason="r"), "already-withdrawn"),
        (corroborated(type="ReportReinstated", reinstates=["e1"], reason="r"), "not-withdrawn"),
    ],
)
async def test_a_rule_of_the_domain_refuses_with_its_code_and_leaves_the_store(
    aland: httpx.AsyncClient, event: dict[str, Any], code: str
) -> None:
    before = [
        registered("gone"),
        {"type": "ActorMerged", "actor": "gone", "into": "aland"},
        reported(id="e1"),
        corroborated(id="e2"),
        corroborated(id="e3", type="ReportWithdrawn", withdraws=["e2"], reason="r"),
    ]
    assert (await aland.post("/v1/events", json=before)).status_code == 201
    answer = await aland.post("/v1/events", json=event)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await position(aland) == 6


async def test_withdrawing_everything_where_nothing_stands_is_refused(aland: httpx.AsyncClient) -> None:
    everything = corroborated(type="ReportWithdrawn", withdraws="*", reason="r")
    await aland.post("/v1/events", json=[reported(), everything])
    answer = await aland.post("/v1/events", json=everything)
    assert answer.json()["code"] == "already-withdrawn"


@pytest.mark.parametrize(
    ("amendment", "pointer"),
    [
        ({"amends": "e2", "changes": {"headline": "H"}}, "/changes"),
        ({"amends": "e3", "report": {"figures": [{"metric": "m", "point": 1}]}}, "/report/figures"),
        ({"report": {"reported": "2026-01-01"}}, "/report/reported"),
    ],
)
async def test_an_amendment_that_its_entry_cannot_take_is_malformed(
    aland: httpx.AsyncClient, amendment: dict[str, Any], pointer: str
) -> None:
    before = [
        reported(id="e1"),
        corroborated(id="e2", type="DevelopmentConfirmed", by="aland"),
        corroborated(id="e3", type="ReportWithdrawn", withdraws=["e2"], reason="r"),
    ]
    await aland.post("/v1/events", json=before)
    amended = {"type": "DevelopmentAmended", "development": "d", "reason": "r", **amendment}
    answer = await aland.post("/v1/events", json=amended)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_report_may_be_five_minutes_ahead_of_the_clock_and_no_more(
    aland: httpx.AsyncClient, clock: SetClock
) -> None:
    clock.set("2025-12-01T11:55:00Z")
    ahead = reported(reported_on="2025-12-01T12:00:01Z")
    answer = await aland.post("/v1/events", json=ahead)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/report/reported")
    clock.move(1)
    assert (await aland.post("/v1/events", json=ahead)).status_code == 201
    known = (await aland.get("/v1/developments/d")).json()
    assert known["known_from"] == "2025-12-01T11:55:01Z"


async def test_recorded_at_never_decreases_when_the_clock_goes_back(aland: httpx.AsyncClient, clock: SetClock) -> None:
    clock.set("2025-11-01T00:00:00Z")
    answer = await aland.post("/v1/events", json=reported())
    assert answer.json()["events"][0]["recorded_at"] == "2025-12-01T00:00:00Z"


async def test_an_unknown_actor_is_answered_with_the_nearest_known_names(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=reported(actors=[{"actor": "aland"}, {"actor": "Allland"}]))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["actors"]) == (422, "actor-unknown", ["Allland"])
    assert problem["nearest"] == {"Allland": ["Aland"]}
    assert problem["errors"][0]["pointer"] == "/actors/1/actor"


async def test_two_names_of_one_actor_in_one_role_are_a_double(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=reported(actors=[{"actor": "aland"}, {"actor": "Aland"}]))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/actors/1")


async def test_an_answer_of_202_is_durable_and_soon_visible(aland: httpx.AsyncClient) -> None:
    answer = await aland.post("/v1/events", json=reported(), headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    assert (await aland.get("/v1/log", params={"min_position": 2})).json()["position"] == 2


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["return=minimal", "respond-async"], 202),
        (['x="a, b"; y, Respond-Async ;z=1'], 202),
        (["not-respond-async"], 201),
        (['x="respond-async"'], 201),
        (['x="a, respond-async"'], 201),
        (["respond-async=false"], 201),
    ],
)
async def test_what_is_preferred_is_read_as_the_list_it_is(
    aland: httpx.AsyncClient, lines: list[str], status: int
) -> None:
    headers = [("Prefer", line) for line in lines]
    answer = await aland.post("/v1/events", json=reported(), headers=headers)
    assert (answer.status_code, "preference-applied" in answer.headers) == (status, status == 202)


@pytest.mark.parametrize("event", ["DevelopmentCorroborated", "DevelopmentCorrected"])
async def test_the_only_date_of_a_development_cannot_be_cleared(aland: httpx.AsyncClient, event: str) -> None:
    more = {"type": event} | ({"reason": "r"} if event == "DevelopmentCorrected" else {})
    await aland.post("/v1/events", json=[reported(), reported("words", occurred=None, occurred_text="in June")])
    for development, cleared in (("d", "occurred"), ("words", "occurred_text")):
        answer = await aland.post("/v1/events", json=corroborated(development, changes={cleared: None}, **more))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "malformed")
        assert [error["pointer"] for error in problem["errors"]] == [f"/changes/{cleared}"]
    for changes in ({"occurred_text": "in June", "occurred": None}, {"occurred": "2025-07", "occurred_text": None}):
        answer = await aland.post("/v1/events", json=corroborated("d", changes=changes, **more))
        assert answer.status_code == 201, answer.text


async def test_an_amendment_may_not_clear_the_date_that_a_later_entry_gave(aland: httpx.AsyncClient) -> None:
    words = corroborated(id="words", changes={"occurred": None, "occurred_text": "in June"})
    await aland.post("/v1/events", json=[reported(), words])
    amendment = {"type": "DevelopmentAmended", "development": "d", "amends": "words", "reason": "r"}
    answer = await aland.post("/v1/events", json={**amendment, "changes": {"occurred_text": None}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/changes/occurred_text")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "gzip"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": 'application/x-ndjson;charset="iso-8859-1"'},
    ],
)
async def test_a_body_of_another_coding_or_charset_is_refused_as_such(
    aland: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    content = orjson.dumps(reported())
    answer = await aland.post("/v1/events", content=content, headers={"Content-Type": "application/json"} | headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unsupported")
    assert ("identity" in answer.headers.get("accept-encoding", "")) == ("Content-Encoding" in headers)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {"Content-Type": "application/json"}, 422),
        (b"[]", {"Content-Type": "application/json"}, 422),
        (b"\n\n", NDJSON, 422),
        (b"null", {"Content-Type": "application/json"}, 422),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {}, 415),
        (b'{"type": NaN}', {"Content-Type": "application/json"}, 422),
        (b'{"type": "\xff"}', {"Content-Type": "application/json"}, 422),
        (b'{"type": "\\ud800"}', {"Content-Type": "application/json"}, 422),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 422),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, {"Content-Type": "application/json"}, 422),
        (b"[" + b"1," * 10_001 + b"1]", {"Content-Type": "application/json"}, 422),
        (b" " * (64 * 1024 * 1024 + 1), {"Content-Type": "application/json"}, 413),
    ],
    ids=range(13),
)
async def test_a_body_that_is_no_event_is_a_problem_and_stores_nothing(
    aland: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await aland.post("/v1/events", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await position(aland) == 1


async def test_ten_thousand_events_go_in_at_once_and_one_more_does_not(aland: httpx.AsyncClient) -> None:
    lines = [json.dumps({"type": "ActorAliasAdded", "actor": "aland", "alias": f"A{n}"}) for n in range(10_001)]
    answer = await aland.post("/v1/events", content="\n".join(lines), headers=NDJSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-events")
    answer = await aland.post("/v1/events", content="\n".join(lines[:200]), headers=NDJSON)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("entry", "amendment", "pointer"),
    [
        (reported(), {"changes": {"occurred": None}}, "/changes/occurred"),
        (reported(occurred=None, occurred_text="soon"), {"changes": {"occurred_text": None}}, "/changes/occurred_text"),
    ],
)
async def test_an_amendment_cannot_clear_what_its_entry_has_to_have(
    aland: httpx.AsyncClient, entry: dict[str, Any], amendment: dict[str, Any], pointer: str
) -> None:
    await aland.post("/v1/events", json=entry)
    amended = {"type": "DevelopmentAmended", "development": "d", "reason": "r", **amendment}
    answer = await aland.post("/v1/events", json=amended)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_correction_of_figures_only_cannot_lose_them(aland: httpx.AsyncClient) -> None:
    figures = {"source": "S", "reported": "2025-07-02", "figures": [{"metric": "m", "point": 1}]}
    corrected = {"type": "DevelopmentCorrected", "id": "c", "development": "d", "reason": "r", "report": figures}
    await aland.post("/v1/events", json=[reported(), corrected])
    amended = {
        "type": "DevelopmentAmended",
        "development": "d",
        "amends": "c",
        "reason": "r",
        "report": {"figures": None},
    }
    answer = await aland.post("/v1/events", json=amended)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/report/figures")


async def test_a_figure_claimed_by_one_actor_under_two_names_is_a_double(aland: httpx.AsyncClient) -> None:
    figures = [{"metric": "m", "point": 1, "claimed_by": name} for name in ("aland", "Aland")]
    answer = await aland.post(
        "/v1/events", json=reported(report={"source": "S", "reported": "2025-07-02", "figures": figures})
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/report/figures/1")


async def test_what_was_stored_before_is_answered_with_200_also_where_nobody_waits(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=reported(id="e1"))
    answer = await aland.post("/v1/events", json=reported(id="e1"), headers={"Prefer": "respond-async"})
    assert answer.status_code == 200


async def test_all_unknown_actors_of_a_batch_are_named_at_once(aland: httpx.AsyncClient) -> None:
    batch = [
        reported("d", actors=[{"actor": "Alnd"}, {"actor": "Quux"}]),
        registered("newland"),
        reported("e", actors=[{"actor": "Newland"}]),
        corroborated("d"),
        reported("f", actors=[{"actor": "Quux"}, {"actor": "Zork"}]),
    ]
    answer = await aland.post("/v1/events", json=batch)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["actors"]) == (422, "actor-unknown", ["Alnd", "Quux", "Zork"])
    pointers = [error["pointer"] for error in problem["errors"]]
    assert pointers == ["/0/actors/0/actor", "/0/actors/1/actor", "/4/actors/0/actor", "/4/actors/1/actor"]
