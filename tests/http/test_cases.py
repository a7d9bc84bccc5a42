"""Every worked example of the contract, asked of the application in process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.compose import services
from service.http.app import create_app
from service.restore import LineRefused
from tests.stores import STORES

LINES = (Path(__file__).parent / "data" / "cases.jsonl").read_text("utf-8").split("\n")
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES[1:] if line]
GOES_BACK = "affiliation-replaced"
"""The one case whose last line was recorded before the line above it, which a restore refuses."""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
@pytest.mark.parametrize("store", STORES)
async def test_the_worked_example_is_answered_as_it_says(case: dict[str, Any], store: str, tmp_path: Path) -> None:
    async with _client(STORES[store](tmp_path / "store"), case["given"]) as client:
        for ask in case["ask"]:
            await _ask(client, ask)


def test_all_worked_examples_but_one_can_be_restored_as_they_are_given() -> None:
    with services("sqlite://") as store:
        given = next(case["given"] for case in CASES if case["name"] == GOES_BACK)
        with pytest.raises(LineRefused, match="the log goes back"):
            store.restorer.restore(enumerate(given, 1))
    assert [case["name"] for case in CASES if _forward(case["given"]) != case["given"]] == [GOES_BACK]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": 1}, {"b": None}),
        ({"a": 1}, {"a": "1"}),
        ({"a": True}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": [1, 2]}, {"a": {"$set": [1]}}),
        ({"a": [1, 1]}, {"a": {"$set": [1, 2]}}),
        ({"a": [1, 2]}, {"a": {"$has": [3]}}),
        ({"a": [1, 2]}, {"a": {"$len": 1}}),
        ({"a": 1}, {"a": {"$not": 1}}),
        ({"a": "2025-01-01T00:00:00Z"}, {"a": "2025-01-01T00:00:01Z"}),
        ({"a": None}, {"a": {"b": 1}}),
    ],
)
def test_an_answer_that_differs_from_what_is_expected_is_told(answer: object, expected: object) -> None:
    assert list(differences(answer, expected))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1.0}),
        ({"a": [1, 2]}, {"a": {"$set": [2, 1]}}),
        ({"a": [{"b": 1, "c": 2}, 2]}, {"a": {"$has": [{"b": 1}]}}),
        ({"a": [1, 2]}, {"a": {"$len": 2}}),
        ({"a": 1}, {"a": {"$not": 2}}),
        ({"a": "2025-01-01T09:00:00+09:00"}, {"a": "2025-01-01T00:00:00Z"}),
    ],
)
def test_an_answer_that_holds_what_is_expected_is_let_through(answer: object, expected: object) -> None:
    assert not list(differences(answer, expected))


@asynccontextmanager
async def _client(store: str, given: list[dict[str, Any]]) -> AsyncIterator[httpx.AsyncClient]:
    with _app(store, given) as transport:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client


@contextmanager
def _app(store: str, given: list[dict[str, Any]]) -> Iterator[httpx.ASGITransport]:
    with services(store) as opened:
        opened.restorer.restore(enumerate(_forward(given), 1))
        yield httpx.ASGITransport(create_app(opened))


def _forward(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The log with no line recorded before the one above it."""
    latest = ""
    events = []
    for event in given:
        latest = max(latest, event["recorded_at"])
        events.append({**event, "recorded_at": latest})
    return events


async def _ask(client: httpx.AsyncClient, ask: dict[str, Any]) -> None:
    body = json.loads(json.dumps(ask.get("body")).replace("{{now+120}}", _in_two_minutes()))
    response = await client.request(
        ask["method"], ask["url"], headers=ask.get("headers"), json=body if "body" in ask else None
    )
    told = f"{ask['method']} {ask['url']} -> {response.status_code} {response.text[:2_000]}"
    assert response.status_code == ask["status"], told
    if "expect" in ask:
        answer = response.json()
        if ask.get("follow"):
            answer["items"] = [*answer["items"], *await _following(client, ask["url"], answer["next"])]
        assert not list(differences(answer, ask["expect"])), told
    for header, value in ask.get("headers_expect", {}).items():
        assert not list(differences(response.headers.get(header), value, header)), told


async def _following(client: httpx.AsyncClient, url: str, cursor: str | None) -> list[object]:
    items: list[object] = []
    while cursor is not None:
        response = await client.get(httpx.URL(url).copy_set_param("cursor", cursor))
        assert response.status_code == httpx.codes.OK, response.text
        page = response.json()
        items += page["items"]
        cursor = page["next"]
    return items


def _in_two_minutes() -> str:
    return f"{datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=120):%Y-%m-%dT%H:%M:%SZ}"


def differences(answer: object, expected: object, where: str = "") -> Iterator[str]:
    """Where an answer differs from what a case expects, by the rules of the file's first line."""
    if isinstance(expected, dict) and len(expected) == 1 and next(iter(expected)).startswith("$"):
        ((rule, wanted),) = expected.items()
        if not _holds(rule, answer, wanted):
            yield f"{where}: {answer!r}, expected {rule} {wanted!r}"
    elif isinstance(expected, dict):
        for key, value in expected.items():
            if not isinstance(answer, dict) or key not in answer:
                yield f"{where}/{key} is missing"
            else:
                yield from differences(answer[key], value, f"{where}/{key}")
    elif isinstance(expected, list):
        if not isinstance(answer, list) or len(answer) != len(expected):
            yield f"{where}: {answer!r}, expected {len(expected)} items"
        else:
            for index, (one, wanted) in enumerate(zip(answer, expected, strict=True)):
                yield from differences(one, wanted, f"{where}/{index}")
    elif not _equal(answer, expected):
        yield f"{where}: {answer!r}, expected {expected!r}"


def _holds(rule: str, answer: object, wanted: Any) -> bool:
    if rule == "$not":
        return any(differences(answer, wanted))
    if not isinstance(answer, list):
        return False
    if rule == "$len":
        return bool(len(answer) == wanted)
    if rule == "$has":
        return _all_found(answer, wanted)
    assert rule == "$set", f"no such rule: {rule}"
    return len(answer) == len(wanted) and _all_found(answer, wanted)


def _all_found(answer: list[object], wanted: list[object]) -> bool:
    """Whether each wanted item can have an item of the answer to itself."""
    if not wanted:
        return True
    first, *others = wanted
    return any(
        not any(differences(item, first)) and _all_found([*answer[:index], *answer[index + 1 :]], others)
        for index, item in enumerate(answer)
    )


def _equal(answer: object, expected: object) -> bool:
    if isinstance(answer, bool) or isinstance(expected, bool):
        return answer is expected
    if isinstance(answer, str) and isinstance(expected, str) and (instant := _instant(expected)) is not None:
        return _instant(answer) == instant
    return answer == expected


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None
