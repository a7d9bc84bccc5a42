"""The page at /docs: every code of a problem is explained there, and it needs no other host."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from benchmarks.server import serving
from domain.refusals import Refusal
from service.http.schemas.problems import CODES

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_HOST_BUT_THIS = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def codes() -> set[str]:
    """Every code in the sources: of refusals, of problems made at the edge, of what is not there."""
    return {refusal.code for refusal in _refusals(Refusal)} | set(_called())


def _refusals(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for sub in refusal.__subclasses__():
        yield sub
        yield from _refusals(sub)


def _called() -> Iterator[str]:
    for path in (ROOT / "service").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                yield from _code(call.func.id, call.args)


def _code(name: str, arguments: list[ast.expr]) -> Iterator[str]:
    place = {"problem": 1, "Refused": 1, "NotThere": 0}.get(name, len(arguments))
    for argument in arguments[place : place + 1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield f"{argument.value}-unknown" if name == "NotThere" else argument.value


@pytest.fixture
async def page(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/docs")


def test_the_codes_that_are_explained_are_those_that_can_be_answered() -> None:
    assert codes() == set(CODES)
    assert {"version-conflict", "internal", "media-type-unsupported", "metric-unknown"} <= codes()


def test_every_code_has_its_anchor_on_the_page(page: httpx.Response) -> None:
    anchors = re.findall(r'<article id="([^"]+)">', page.text)
    assert anchors == list(CODES)


async def test_the_type_of_a_problem_leads_to_its_explanation(client: httpx.AsyncClient, page: httpx.Response) -> None:
    problem = (await client.get("/v1/developments/nobody-reported-it")).json()
    address, _, anchor = problem["type"].partition("#")
    assert (await client.get(address)).text == page.text
    assert f'id="{anchor}"' in page.text


async def test_the_files_of_the_page_come_from_this_service_and_are_kept_for_ever(
    client: httpx.AsyncClient, page: httpx.Response
) -> None:
    files = re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', page.text)
    assert len(files) == 4
    for file in files:
        response = await client.get(f"/{file}")
        assert response.status_code == httpx.codes.OK
        assert response.headers["cache-control"] == "max-age=31536000, immutable"
        assert response.headers["content-type"].startswith("text/css" if ".css" in file else "text/javascript")


def test_the_page_names_no_other_host_and_forbids_them(page: httpx.Response) -> None:
    assert re.findall(r'(?:src|href)="(?:[a-z]+:)?//', page.text) == []
    assert "<script>" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy


@pytest.mark.parametrize("address", ["/docs", "/openapi.json"])
async def test_what_a_browser_has_is_not_sent_again(client: httpx.AsyncClient, address: str) -> None:
    first = await client.get(address)
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")


async def test_a_file_that_is_not_of_the_page_is_not_there(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs/app.py")
    assert (response.status_code, response.json()["code"]) == (httpx.codes.NOT_FOUND, "route-unknown")


def test_a_browser_without_any_other_host_shows_every_route(tmp_path: Path) -> None:
    with serving(tmp_path / "store.db") as server:
        document = httpx.get(f"{server.url}/openapi.json").json()
        shown = _shown(f"{server.url}/docs", tmp_path)
    assert set(re.findall(r'data-path="([^"]+)"', shown)) == set(document["paths"])


def _shown(address: str, profile: Path) -> str:
    """The page as a browser has built it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        assert not os.environ.get("CI"), f"needs one of {', '.join(BROWSERS)}"
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={profile / 'profile'}", f"--host-resolver-rules={NO_HOST_BUT_THIS}"]
    command += ["--virtual-time-budget=20000", "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
