"""A page that reads the same as of many dates is told as of each of them as if it had been asked for."""

from __future__ import annotations

import httpx
import pytest

from adapters.views.questions.developments import DevelopmentQuestions
from domain.questions import Lasting
from domain.unavailable import Late
from service.compose import Services
from service.http import asking, validity_cache
from service.http.app import create_app
from service.http.coding import PLAIN
from service.http.given import Given
from service.http.response_cache import LONGEST_KEY
from service.http.validity_cache import LastingPage, ValidityCache
from service.reading.cursors import Start
from service.reading.pins import Pin
from tests.http.wires import corroborated, registered, reported

GIVEN = Given(None, PLAIN, None, None)
PAGE = LastingPage("/", [], Start(Pin(0, 0, None, pinned=False), None, 1, ""), None, None, "", Lasting(0, 9))
DATES = (
    "2025-06-30",
    "2025-07-01",
    "2025-07-02",
    "2025-07-03",
    "2025-07-08",
    "2025-07",
    "2026",
    "2025-07-05T12:00:00Z",
)
LISTS = (
    *("/v1/developments?", "/v1/developments?order=-known&limit=1&", "/v1/actors/aland/timeline?"),
    *("/v1/actors/aland/timeline?at=5&limit=2&", "/v1/developments?at=6&order=known&source=AFP&"),
    *("/v1/developments?recorded_as_of=2025-11-30&", "/v1/actors/%61land/timeline?limit=2&order=-occurred&"),
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip"},
    {"Accept": "application/x-ndjson", "Accept-Encoding": "identity"},
)


@pytest.fixture
async def told(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a store with a story of a few days."""
    days = [reported(f"d{day}", f"2025-07-{2 * day + 1:02d}") for day in range(3)]
    late = [corroborated("d0", "2025-07-08"), corroborated("d1", "2025-07-04", source="TASS")]
    await client.post("/v1/events", json=[registered("aland"), *days, *late])
    return client


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were put to the store."""
    paths: list[str] = []
    ask = asking._told  # noqa: SLF001 (every question that is put goes there)

    def counted(request: httpx.Request, *given: object, lasts: bool) -> object:
        paths.append(str(request.url))
        return ask(request, *given, lasts=lasts)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "_told", counted)
    return paths


async def long_way(store: Services, url: str, headers: dict[str, str]) -> httpx.Response:
    """The answer of an application that was never asked before."""
    transport = httpx.ASGITransport(create_app(store))
    async with httpx.AsyncClient(transport=transport, base_url="http://asof") as client:
        return await client.get(url, headers=headers)


def dates(put: list[str]) -> list[str]:
    """Those asked of the store, maybe twice: at once, and in a thread."""
    return list(dict.fromkeys(url.partition("as_of=")[2] for url in put))


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("listed", LISTS)
async def test_the_answers_are_those_of_the_long_way(
    told: httpx.AsyncClient, store: Services, put: list[str], listed: str, headers: dict[str, str]
) -> None:
    urls = [f"{listed}as_of={date}" for date in DATES]
    expected = {url: await long_way(store, url, headers) for url in urls}
    put.clear()
    for url in [*urls, *urls[::-1], *urls]:
        answer = await told.get(url, headers=headers)
        assert (answer.status_code, answer.content) == (200, expected[url].content), url
        assert answer.headers == expected[url].headers, url
        tag = answer.headers["etag"]
        for named, status in ((tag, 304), ('"other"', 200), ("*", 304)):
            same = await told.get(url, headers={**headers, "If-None-Match": named})
            assert (same.status_code, same.headers["etag"]) == (status, tag), url
            for name in ("asof-as-of", "asof-at", "cache-control", "vary"):
                assert same.headers[name] == answer.headers[name], (url, name)


async def test_a_page_is_asked_for_twice_and_told_of_every_date_between(
    told: httpx.AsyncClient, put: list[str]
) -> None:
    path = "/v1/actors/aland/timeline?at=6&as_of="
    asked = ("2025-07-05", "2025-07-06", "2025-07-07", "2025-07-06T10:00:00%2B01:00", "2025-07-08", "2026", "2027-01")
    for date in (*asked, "2025-07-04T13:00:00Z", "2025-07-05", "2025-07-08T10:00:00Z"):
        await told.get(path + date)
    assert dates(put) == ["2025-07-05", "2025-07-06", "2025-07-08", "2025-07-04T13:00:00Z"]


async def test_what_is_appended_is_told_at_once(told: httpx.AsyncClient) -> None:
    path = "/v1/developments?as_of="
    for date in ("2025-07-20", "2025-07-21", "2025-07-22"):
        assert len((await told.get(path + date)).json()["items"]) == 3
    await told.post("/v1/events", json=reported("later", "2025-07-20"))
    for date in ("2025-07-20", "2025-07-21", "2025-07-22", "2025-07-23"):
        assert len((await told.get(path + date)).json()["items"]) == 4


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        ("/v1/developments?as_of=2025-07-32", {}, 422),
        ("/v1/developments?as_of=", {}, 422),
        ("/v1/developments?as_of=2025-07-21&as_of=2025-07-22", {}, 422),
        ("/v1/developments?as_of=2025-07-21&nonsense=1", {}, 422),
        ("/v1/developments?as_of=2025-07-21T12:00:00.0000001%2B00:00", {}, 422),
        ("/v1/developments?as_of=2025-07-21", {"Accept": "text/html"}, 406),
        ("/v1/developments?as_of=2025-07-21", {"Accept-Encoding": "identity;q=0"}, 406),
        ("/v1/developments?as_of=2025-07-21", {"Prefer": "wait"}, 200),
        ("/v1/actors/nobody/timeline?as_of=2025-07-21", {}, 404),
    ],
)
async def test_what_is_refused_stays_refused(
    told: httpx.AsyncClient, url: str, headers: dict[str, str], status: int
) -> None:
    for date in ("2025-07-20", "2025-07-21", "2025-07-22"):
        assert (await told.get(f"/v1/developments?as_of={date}")).status_code == 200
    for _ in range(3):
        assert (await told.get(url, headers=headers)).status_code == status


async def test_the_next_page_is_found_by_its_cursor(told: httpx.AsyncClient) -> None:
    for date in ("2025-07-05", "2025-07-06", "2025-07-07"):
        first = (await told.get(f"/v1/developments?limit=2&as_of={date}")).json()
        last = (await told.get(f"/v1/developments?limit=2&as_of={date}&cursor={first['next']}")).json()
        found = [item["development"] for item in (*first["items"], *last["items"])]
        assert (found, last["as_of"], last["next"]) == (["d0", "d1", "d2"], first["as_of"], None)


async def test_pages_make_room_for_those_asked_for_later(
    told: httpx.AsyncClient, put: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validity_cache, "MOST_STRETCHES", 2)
    path = "/v1/developments?at=6&as_of="
    for date in (
        "2025-06",
        "2025-07-01",
        "2025-07-03",
        "2025-07-05",
        "2025-07-06",
        "2025-07-04T12:00:00Z",
        "2025-07-02",
    ):
        await told.get(path + date)
    assert dates(put) == ["2025-06", "2025-07-01", "2025-07-03", "2025-07-05", "2025-07-02"]


def test_all_that_is_held_is_counted() -> None:
    pages, most = ValidityCache(int, most_bytes=20_000), LONGEST_KEY
    for number in range(2 * validity_cache.MOST_NOTED):
        assert not pages.note(b"/v1/developments?as_of=2025&limit=%d" % number, GIVEN, 0)
    assert len(pages._noted) <= validity_cache.MOST_NOTED  # noqa: SLF001
    for number in range(50):
        pages.keep(b"/v1/developments?as_of=2025&x=%d" % number, GIVEN._replace(accept="x" * 3_000), "r", PAGE, 0)
    assert len(pages._held) == 20_000 // (validity_cache.BESIDE + 3_000 + len("/v1/developmentsx=10"))  # noqa: SLF001
    assert not pages.note(b"/v1/developments?as_of=2025", GIVEN._replace(accept="x" * most), 0)
    assert not pages.note(b"/v1/developments?as_of=2025", GIVEN._replace(accept="x" * most), 0)


def test_of_pages_of_the_same_dates_the_last_is_held() -> None:
    pages, target = ValidityCache(int), b"/v1/developments?as_of=2025"
    for since, until in ((0, 5), (5, 9), (0, 5), (20, 30), (4, 6)):
        pages.keep(target, GIVEN, "r", PAGE._replace(lasting=Lasting(since, until)), 0)
    ((held),) = pages._held.values()  # noqa: SLF001
    assert [one.page.lasting for one in held] == [(4, 6), (20, 30)]


def test_where_it_cannot_be_told_how_long_a_page_lasts_that_is_asked_half_as_often() -> None:
    pages, target = ValidityCache(int), b"/v1/developments?as_of=2025"
    asked = []
    for _ in range(6):
        asked.append(pages.note(target, GIVEN, 0))
        if asked[-1]:
            pages.keep(target, GIVEN, "r", None, 0)
    assert asked == [False, True] * 3


async def test_an_answer_is_not_thrown_away_because_it_takes_long_to_say_how_long_it_lasts(
    told: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> None:
        raise Late("too long")

    monkeypatch.setattr(DevelopmentQuestions, "lasts", late)
    for date in ("2025-07-05", "2025-07-06", "2025-07-07"):
        assert (await told.get(f"/v1/developments?at=6&as_of={date}")).status_code == 200
