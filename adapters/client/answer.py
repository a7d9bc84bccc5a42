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
_SECRET = re.compile(r"(?<=://)[^/@]*@")


class NotReachable(Exception):  # noqa: N818 (named for what it says)
    """No answer came: nothing listens there, the name is unknown, it took too long."""

    def __init__(self, server: str, fault: httpx.RequestError) -> None:
        shown = _SECRET.sub("", server)
        super().__init__(f"{shown} does not answer: {str(fault) or type(fault).__name__}")
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


def answered(asked: Asked, response: httpx.Response) -> Answer:
    """The answer of a response whose content was read. Raises Problem for all but success."""
    if not response.is_success:
        raise Problem(response.status_code, _problem(response))
    link = response.links.get("next", {}).get("url")
    following = None if link is None else httpx.URL(link)
    return Answer(asked, response.status_code, response.headers, response.content, following)


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        document = orjson.loads(response.content)
    except ValueError:
        document = None
    if isinstance(document, dict) and "status" in document:
        return document
    said = " ".join(response.text.split())[:_EXCERPT]
    return {"title": response.reason_phrase, "status": response.status_code, "detail": said or response.reason_phrase}
