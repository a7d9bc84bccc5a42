"""Refusals as people read them: a title for each code, what was given, what is accepted."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from service.http.schemas.problems import CODES
from tests.http.wires import corroborated, registered, reported

NOT_OF_A_KIND = {"type": "ActorRenamed", "actor": "nobody", "name": "N"}


async def test_a_code_has_the_same_title_wherever_it_comes_up(aland: httpx.AsyncClient) -> None:
    await aland.post("/v1/events", json=reported())
    unknown = reported("e", actors=[{"actor": "Nobody"}])
    answers = [
        await aland.post("/v1/events", json={}),
        await aland.get("/v1/state?at=one"),
        await aland.get("/v1/state?at=99"),
        await aland.get("/v1/events/one"),
        await aland.get("/v1/actors/nobody"),
        await aland.post("/v1/events", json=NOT_OF_A_KIND),
        await aland.post("/v1/events", json=unknown),
        await aland.post("/v1/events", json=corroborated(expected_version=7)),
        await aland.post("/v1/events", json=corroborated(), headers={"If-Match": '"7"'}),
        await aland.get("/v1/nothing"),
    ]
    told = [answer.json() for answer in answers]
    codes = [*["malformed"] * 4, *["actor-unknown"] * 3, *["version-conflict"] * 2, "route-unknown"]
    assert [problem["code"] for problem in told] == codes
    assert [problem["title"] for problem in told] == [CODES[code].title for code in codes]
    assert len({explained.title for explained in CODES.values()}) == len(CODES)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/developments?limit=0", "limit: '0'; accepted: a whole number from 1 to 1000"),
        ("/v1/events?stream=foo", "stream: 'foo'; accepted: a stream, development/ID or actor/ID, such as "),
        ("/v1/events?type=Nope", "type: 'Nope'; accepted: one of DevelopmentReported, "),
        ("/v1/developments?q=", "q: an empty text; accepted: a text of 1 to 1,000 characters"),
        ("/v1/state?status=foo", "status: 'foo'; accepted: one of retracted, disputed, "),
        ("/v1/state?kind=foo", "kind: 'foo'; accepted: one of event, statement, "),
        ("/v1/developments?order=foo", "order: 'foo'; accepted: one of occurred, -occurred, "),
        ("/v1/developments?topic=A", "topic: 'A'; accepted: a slug: "),
        ("/v1/developments?cursor=", "cursor: an empty text; accepted: "),
        ("/v1/state?at=99999999999999999999", "at: '99999999999999999999'; accepted: a position of the log, a whole "),
        ("/v1/state?at=-1", "at: '-1'; accepted: a position of the log, "),
        ("/v1/state?at=99", "at: the log ends at position 1; accepted: 0 to that"),
        ("/v1/state?at=1&at=1", "at: given twice; accepted: once"),
        ("/v1/state?" + "actor=aland&" * 21, "actor: given 21 times; accepted: at most 20"),
        (f"/v1/state?as_of={'2' * 60}", f"as_of: '{'2' * 60}'; accepted: a year, month or day "),
        ("/v1/actors/aland/timeline?affiliates=yes", "affiliates: 'yes'; accepted: true or false"),
        ("/v1/state?as_off=2025", "as_off: no such parameter; did you mean as_of? accepted: "),
        ("/v1/events/one", "position: 'one'; accepted: a whole number from 1 on"),
        ("/v1/developments?limit=0&q=", "(and 1 more)"),
    ],
)
async def test_a_question_is_refused_with_what_was_given_and_what_is_accepted(
    aland: httpx.AsyncClient, path: str, detail: str
) -> None:
    answer = await aland.get(path)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert detail in answer.json()["detail"]
    first = answer.json()["errors"][0]
    assert answer.json()["detail"].startswith(f"{first['parameter']}: {first['detail']}")


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({"If-Match": "3"}, "If-Match: '3'; accepted: the version of the stream in quotes, such as \"3\""),
        ({"If-None-Match": '"3"'}, "If-None-Match: '\"3\"'; accepted: * (the stream must be new)"),
    ],
)
async def test_a_precondition_is_refused_alike(aland: httpx.AsyncClient, headers: dict[str, str], detail: str) -> None:
    answer = await aland.post("/v1/events", json=registered("bland"), headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (httpx.codes.UNPROCESSABLE_ENTITY, detail)


@pytest.mark.parametrize(
    ("date", "was_a_plus"),
    [
        ("2025-07-12T12:00:00+02:00", True),
        ("last+week", False),
        ("2025-07-12+10:00:00Z", False),
        ("2025-07-12T12:00:00Z+", False),
    ],
)
async def test_a_blank_is_called_a_plus_only_where_that_would_be_an_instant(
    aland: httpx.AsyncClient,
    date: str,
    was_a_plus: bool,  # noqa: FBT001
) -> None:
    answer = await aland.get(f"/v1/state?as_of={date}")
    assert ("%2B" in answer.json()["errors"][0]["detail"]) == was_a_plus


async def test_lines_that_were_sent_as_json_are_refused_with_the_two_ways_to_send_several(
    aland: httpx.AsyncClient,
) -> None:
    lines = b"".join(orjson.dumps(event) + b"\n" for event in (reported(), corroborated()))
    told = []
    for body in (lines, b'{"type": 1,}'):
        answer = await aland.post("/v1/events", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        assert answer.json()["errors"] == [{"pointer": "", "detail": answer.json()["detail"]}]
        told.append(answer.json()["detail"])
    assert told[0].endswith("; several events: an array, or Content-Type: application/x-ndjson")
    assert "several" not in told[1]


async def test_an_id_that_is_used_is_refused_with_where_it_is_and_what_differs(aland: httpx.AsyncClient) -> None:
    named = reported(id="e1", actors=[{"actor": "ALAND"}])
    await aland.post("/v1/events", json=named)
    for other in (named | {"headline": "Else"}, reported(id="e1", actors=[{"actor": "Aland"}], headline="Else")):
        problem = (await aland.post("/v1/events", json=other)).json()
        assert problem["detail"].endswith("with other content: the event at position 2 differs in /headline")
        told = "accepted: an id that was not used; the event at position 2 has this one, and differs in /headline"
        assert problem["errors"] == [{"pointer": "/id", "detail": told}]
    renamed = reported(id="e1", actors=[{"actor": "Aland"}])
    assert "differs in /actors" in (await aland.post("/v1/events", json=renamed)).json()["detail"]
    twice = [reported("other", id="e2"), corroborated("other", id="e2")]
    assert (
        "an earlier event of this request" in (await aland.post("/v1/events", json=twice)).json()["errors"][0]["detail"]
    )


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (corroborated(expected_version=7), "accepted: 1, the version of the stream"),
        (reported(), "accepted: a development that nobody has reported"),
        (corroborated("g"), "accepted: a development that has been reported"),
        (registered("aland"), "accepted: an id that no actor has or had"),
        (NOT_OF_A_KIND, "accepted: the id of a registered actor"),
        ({"type": "ActorRenamed", "actor": "gone", "name": "N"}, "accepted: aland, the actor that it was merged into"),
        (
            corroborated(type="ReportWithdrawn", withdraws=["x"], reason="r"),
            "accepted: the id of an entry of this development that tells of it",
        ),
    ],
)
async def test_a_rule_refuses_with_what_is_accepted(
    aland: httpx.AsyncClient, event: dict[str, Any], detail: str
) -> None:
    merged = {"type": "ActorMerged", "actor": "gone", "into": "aland"}
    assert (await aland.post("/v1/events", json=[reported(), registered("gone"), merged])).status_code == 201
    problem = (await aland.post("/v1/events", json=event)).json()
    assert (problem["status"], problem["errors"][0]["detail"]) == (httpx.codes.CONFLICT, detail)


@pytest.mark.parametrize("route", ["/v1/actors/{}", "/v1/actors/{}/timeline"])
async def test_an_actor_that_is_not_there_is_answered_with_those_who_have_the_words_of_its_name(
    aland: httpx.AsyncClient, route: str
) -> None:
    kim = registered("kim-jong-un", name="Kim Jong Un", kind="person", aliases=["Kim the Third"])
    assert (await aland.post("/v1/events", json=kim)).status_code == httpx.codes.CREATED
    for name in ("Kim", "kim jong", "third kim"):
        missing = await aland.get(route.format(name))
        assert (missing.status_code, missing.json()["nearest"]) == (httpx.codes.NOT_FOUND, {name: ["Kim Jong Un"]})
    for name in ("Nobody", "-", "Kim Il Sung"):
        assert "nearest" not in (await aland.get(route.format(name))).json()
    assert "nearest" not in (await aland.get(route.format("Kim"), params={"at": 1})).json()
    assert "nearest" not in (await aland.get(route.format("kim-jong-un"), params={"at": 1})).json()
