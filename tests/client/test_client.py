"""The client: every route as a method, in both ways, in process and to a server; problems, pages, batches, retries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.client import Answer, AsyncClient, Client, LinesRefused, NoService, NotReachable, Problem, batches
from benchmarks.server import serving
from service import story
from service.compose import Services, services
from service.http.app import create_app

QUESTIONS = [
    ("state", (), {"as_of": "2025-07-15"}),
    ("developments", (), {"order": "-known", "limit": 3, "actor": ["russia", "north-korea"]}),
    ("development", ("dprk-troops-fight-in-kursk",), {"as_of": "2025-04-27"}),
    ("history", ("dprk-losses-in-kursk",), {"limit": 2}),
    ("actors", (), {"q": "kim"}),
    ("actor", ("Kim Jong-un",), {}),
    ("timeline", ("russia",), {"affiliates": True, "limit": 2}),
    ("metrics", (), {}),
    ("figures", ("dprk-killed",), {"as_of": "2025-01-31"}),
    ("changes", (), {"from_": "2025-04-25", "to": "2025-04-28"}),
    ("events", (), {"after": 100, "type": "DevelopmentAmended"}),
    ("event", (5,), {}),
    ("log", (), {"at": 3}),
    ("health", (), {}),
    ("readiness", (), {}),
    ("openapi", (), {}),
]


@pytest.fixture(scope="module")
def inside() -> Iterator[Services]:
    with services("sqlite://") as opened:
        opened.restorer.restore(story.lines())
        yield opened


@pytest.fixture
def client(inside: Services) -> Iterator[Client]:
    with Client.in_process(create_app(inside)) as asking:
        yield asking


@pytest.mark.parametrize(("method", "path", "asked"), QUESTIONS, ids=[question[0] for question in QUESTIONS])
def test_every_route_is_a_method_of_both_clients(
    inside: Services, client: Client, method: str, path: tuple[object, ...], asked: dict[str, object]
) -> None:
    async def awaited() -> Answer:
        async with AsyncClient.in_process(create_app(inside)) as waiting:
            answer: Answer = await getattr(waiting, method)(*path, **asked)
            return answer

    one, other = getattr(client, method)(*path, **asked), asyncio.run(awaited())
    assert one.status == 200
    assert one.body == other.body


def test_a_refusal_is_raised_with_its_problem_document(client: Client) -> None:
    with pytest.raises(Problem) as refused:
        client.state(as_of="2025-13")
    assert (refused.value.status, refused.value.code) == (422, "malformed")
    assert refused.value.errors[0]["parameter"] == "as_of"


NAMES = [".", "..", "...", "", "a/b", "a/../b", "x/history", "x/timeline", "a\nb", "%2E", "?", "#", "a\\b", "\udcff"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("development", "development-unknown"),
        ("history", "development-unknown"),
        ("figures", "metric-unknown"),
        ("actor", "actor-unknown"),
        ("timeline", "actor-unknown"),
    ],
)
def test_a_name_that_nothing_has_leads_to_no_other_route(client: Client, method: str, code: str, name: str) -> None:
    with pytest.raises(Problem) as refused:
        getattr(client, method)(name)
    assert (refused.value.status, refused.value.code) == (404, code)
    assert refused.value.detail.startswith(f"there is no {code.partition('-')[0]} {name!r} ")


def test_a_name_may_have_a_slash_or_be_a_step_of_a_path() -> None:
    with services("sqlite://") as opened, Client.in_process(create_app(opened)) as asking:
        for actor, name in (("a", "."), ("b", ".."), ("c", "AP/Reuters"), ("d", "../a")):
            event = {"type": "ActorRegistered", "actor": actor, "name": name, "kind": "media"}
            assert asking.append(json.dumps(event).encode()).status == 201
            assert asking.actor(name).document()["actor"] == actor
            assert asking.timeline(name).document()["items"] == []


def test_pages_follow_each_other_up_to_as_many_items_as_are_wanted(client: Client) -> None:
    first = client.events(limit=10)
    found = [len(page.document()["items"]) for page in client.pages(first, 25)]
    assert found == [10, 10, 5]
    assert sum(len(page.document()["items"]) for page in client.pages(first)) == 127


def test_lines_of_any_length_go_in_by_batches_and_a_refusal_names_its_line() -> None:
    alias = b'{"type":"ActorAliasAdded","actor":"aland","alias":"A%d"}\n'
    lines = [b'{"type":"ActorRegistered","actor":"aland","name":"Aland","kind":"state"}\n', b"\n"]
    lines += [alias % number for number in range(5)]
    with services("sqlite://") as opened, Client.in_process(create_app(opened)) as asking:
        sizes = [len(batch.lines) for batch, _ in asking.append_lines(lines, most_events=4)]
        assert sizes == [4, 2]
        with pytest.raises(LinesRefused) as refused:
            list(asking.append_lines([b"\n", alias % 9, b'{"type":"ActorRenamed","actor":"nobody","name":"N"}']))
        assert refused.value.batch.line(refused.value.problem.errors[0]["pointer"]) == 3


def test_a_batch_is_never_larger_than_an_append_takes() -> None:
    line = b'"' + b"x" * 1_000_000 + b'"\n'
    assert [len(batch.lines) for batch in batches([line] * 100)] == [67, 33]


def test_a_version_of_the_stream_can_be_expected(client: Client) -> None:
    event = {"type": "ActorAliasAdded", "actor": "russia", "alias": "RF"}
    with pytest.raises(Problem) as refused:
        client.append(json.dumps(event).encode(), expected_version=0)
    assert (refused.value.status, refused.value.code) == (412, "version-conflict")


def busy(times: int) -> tuple[httpx.MockTransport, list[str]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if len(asked) <= times:
            return httpx.Response(503, json={"status": 503, "code": "store-unavailable"}, headers={"Retry-After": "0"})
        return httpx.Response(200, json={})

    return httpx.MockTransport(answer), asked


def test_a_question_is_asked_again_where_the_service_is_busy_and_an_append_never_is() -> None:
    transport, asked = busy(2)
    with Client("http://busy", transport=transport) as asking:
        assert asking.state().status == 200
    assert asked == ["GET", "GET", "GET"]
    transport, asked = busy(9)
    with Client("http://busy", transport=transport) as asking:
        with pytest.raises(Problem):
            asking.state()
        with pytest.raises(Problem):
            asking.append(b"{}")
    assert asked == ["GET", "GET", "GET", "POST"]


def test_a_server_that_does_not_answer_is_told_apart_from_one_that_refuses() -> None:
    with Client("http://127.0.0.1:1") as asking, pytest.raises(NotReachable, match=r"127\.0\.0\.1:1 does not answer"):
        asking.log()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(404, html="<h1>Not Found</h1>"), "404 with text/html"),
        (httpx.Response(404, json={"detail": "Not Found"}), "404 with application/json"),
        (httpx.Response(501, html="<h1>Unsupported method</h1>"), "501 with text/html"),
        (httpx.Response(200, html="<h1>It works</h1>"), "200 with text/html"),
        (httpx.Response(500), "500 with no type of content"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_service_is_told_apart_from_one_that_refuses(answer: httpx.Response, told: str) -> None:
    transport = httpx.MockTransport(lambda _: answer)
    with Client("http://u:secret@else", transport=transport) as asking:
        with pytest.raises(NoService) as asked:
            asking.log()
        with pytest.raises(NoService) as sent:
            asking.append(b"{}")
    assert str(asked.value) == str(sent.value) == f"http://else is no asof service: it answered {told}"


@pytest.mark.parametrize("status", [401, 413, 502])
def test_what_stands_before_a_service_may_refuse_in_its_own_words(status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, html="<h1>not here</h1>"))
    with Client("http://proxied", transport=transport) as asking, pytest.raises(Problem) as refused:
        asking.log()
    assert (refused.value.status, refused.value.code) == (status, "")


def test_what_is_told_of_a_server_has_no_password() -> None:
    with Client("http://u:secret@127.0.0.1:1") as asking, pytest.raises(NotReachable) as fault:
        asking.log()
    assert "secret" not in str(fault.value)


def test_a_running_server_is_asked_over_its_socket(tmp_path: Path) -> None:
    with serving(tmp_path / "served.db") as server, Client(server.url) as asking:
        registered = b'{"type":"ActorRegistered","actor":"aland","name":"Aland","kind":"state"}'
        assert asking.append(registered).status == 201
        assert asking.actor("Aland").document()["actor"] == "aland"
        with pytest.raises(Problem, match=r"there is no development '\.\.' in the log"):
            asking.development("..")
