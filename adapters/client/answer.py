"""What comes back: an answer, a problem, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson

from adapters.client.asked import Asked

DEFAULT_LIMIT = 100
"""Items of a page where nothing else is asked."""

_EXCERPT = 200
_ON_THE_WAY = (401, 403, 407, 408, 413, 429, 502, 503, 504)
"""What is said in its own words by what may stand before a service: a proxy, a guard."""
_DUE = ("application/json", "application/x-ndjson")
_SECRET = re.compile(r"(?<=://)[^/@]*@")


class NotReachable(Exception):  # noqa: N818 (named for what it says)
    """No answer came: nothing listens there, the name is unknown, it took too long."""

    def __init__(self, server: str, fault: httpx.RequestError) -> None:
        shown = _SECRET.sub("", server)
        super().__init__(f"{shown} does not answer: {str(fault) or type(fault).__name__}")
        self.server = server


class NoService(Exception):  # noqa: N818 (named for what it says)
    """Something answered that is no asof service."""

    def __init__(self, server: str, response: httpx.Response) -> None:
        shown = _SECRET.sub("", server)
        kind = _media_type(response.headers.get("content-type", "")) or "no type of content"
        super().__init__(f"{shown} is no asof service: it answered {response.status_code} with {kind}")
        self.server = server


class Problem(Exception):  # noqa: N818 (what RFC 9457 calls it)
    """The service refused: `document` is its problem document (RFC 9457), or made from what else it said."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = document
        super().__init__(f"{status} {self.code}: {self.detail}")

    @property
    def code(self) -> str:
        """The stable code; empty where the answer was no problem document."""
        return str(self.document.get("code", ""))

    @property
    def detail(self) -> str:
        """What is wrong, for people."""
        return str(self.document.get("detail") or self.document.get("title") or "no reason given")

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong where: each has a `detail`, and a `pointer` or a `parameter`."""
        errors = self.document.get("errors")
        return errors if isinstance(errors, list) else []


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the service; `body` are its bytes as they came."""

    asked: Asked
    status: int
    headers: httpx.Headers
    body: bytes
    next: httpx.URL | None

    def document(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)

    @property
    def limit(self) -> int:
        """How many items a page of this question has at the most."""
        return int(dict(self.asked.parameters).get("limit", DEFAULT_LIMIT))

    def following(self, upto: int | None = None) -> Asked | None:
        """The question for the page behind this one, with `upto` items at most; None where there is none to ask for."""
        if self.next is None or (upto is not None and upto <= 0):
            return None
        limit = self.limit if upto is None else min(upto, self.limit)
        path = self.next.raw_path.partition(b"?")[0].decode()
        return replace(self.asked, path=path, parameters=tuple(self.next.params.set("limit", limit).multi_items()))


def answered(asked: Asked, response: httpx.Response, server: str) -> Answer:
    """The answer of a response whose content was read. Raises Problem for all but success, and NoService."""
    if not response.is_success:
        raise _refused(response, server)
    due = _media_type(dict(asked.headers).get("Accept", ""))
    if due in _DUE and response.content and _media_type(response.headers.get("content-type", "")) != due:
        raise NoService(server, response)
    link = response.links.get("next", {}).get("url")
    following = None if link is None else httpx.URL(link)
    return Answer(asked, response.status_code, response.headers, response.content, following)


def _refused(response: httpx.Response, server: str) -> Problem | NoService:
    try:
        document = orjson.loads(response.content)
    except ValueError:
        document = None
    if isinstance(document, dict) and "code" in document and "status" in document:
        return Problem(response.status_code, document)
    if response.is_error and response.status_code not in _ON_THE_WAY:
        return NoService(server, response)
    said = " ".join(response.text.split())[:_EXCERPT]
    made = {"title": response.reason_phrase, "status": response.status_code, "detail": said or response.reason_phrase}
    return Problem(response.status_code, made)


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()
