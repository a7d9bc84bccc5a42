"""Every route as a method, told once for both clients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, Unpack

from adapters.client.answer import Problem
from adapters.client.asked import (
    JSON,
    ActorsAsked,
    Asked,
    ChangesAsked,
    DevelopmentsAsked,
    EventsAsked,
    Page,
    StateAsked,
    TimelineAsked,
    When,
    get,
    segment,
)

Reply = TypeVar("Reply")
"""What a method gives back: an Answer, or a coroutine of one."""


class Questions(ABC, Generic[Reply]):
    """The routes. Each raises Problem for what the service refuses, NotReachable where no answer comes, NoService
    for one of something else.

    A name that no path can hold is refused without asking, as one that nothing has.
    """

    @abstractmethod
    def ask(self, asked: Asked) -> Reply:
        """Send a request and give its answer."""

    def append(
        self,
        content: bytes,
        media_type: str = JSON,
        *,
        register_actors: bool = False,
        expected_version: int | None = None,
        wait: bool = True,
    ) -> Reply:
        """Append the events of a body, all or nothing. It is sent once, whatever happens.

        `expected_version` is for a single event: the version of its stream, 0 for a new one. Without `wait` the answer
        comes as soon as the events are durable.
        """
        headers = [("Accept", JSON), ("Content-Type", media_type)]
        if expected_version is not None:
            headers.append(("If-Match", f'"{expected_version}"') if expected_version else ("If-None-Match", "*"))
        if not wait:
            headers.append(("Prefer", "respond-async"))
        parameters = (("register_actors", "true"),) if register_actors else ()
        return self.ask(Asked("POST", "/v1/events", parameters, tuple(headers), content))

    def state(self, **asked: Unpack[StateAsked]) -> Reply:
        """What was known: counts, latest figures, what is expected, what became known last."""
        return self.ask(get("/v1/state", asked))

    def developments(self, **asked: Unpack[DevelopmentsAsked]) -> Reply:
        """The timeline over all actors."""
        return self.ask(get("/v1/developments", asked))

    def development(self, development: str, /, **asked: Unpack[When]) -> Reply:
        """One development with its reports."""
        return self.ask(get(_development(development), asked))

    def history(self, development: str, /, **asked: Unpack[Page]) -> Reply:
        """The events of a development, newest knowledge last."""
        return self.ask(get(f"{_development(development)}/history", asked))

    def actors(self, **asked: Unpack[ActorsAsked]) -> Reply:
        """Who is known."""
        return self.ask(get("/v1/actors", asked))

    def actor(self, actor: str, /, **asked: Unpack[When]) -> Reply:
        """One actor, by id, name or alias."""
        if actor.endswith("/timeline"):
            raise _unknown("actor", actor)
        return self.ask(get(_actor(actor), asked))

    def timeline(self, actor: str, /, **asked: Unpack[TimelineAsked]) -> Reply:
        """The timeline of one actor, by id, name or alias."""
        return self.ask(get(f"{_actor(actor)}/timeline", asked))

    def metrics(self, **asked: Unpack[Page]) -> Reply:
        """Every metric with the latest figure of each claimant."""
        return self.ask(get("/v1/figures", asked))

    def figures(self, metric: str, /, **asked: Unpack[Page]) -> Reply:
        """The figures of one metric in order of knowledge."""
        return self.ask(get(_metric(metric), asked))

    def changes(self, **asked: Unpack[ChangesAsked]) -> Reply:
        """What changed in knowledge between two dates or two positions."""
        return self.ask(get("/v1/changes", asked))

    def events(self, **asked: Unpack[EventsAsked]) -> Reply:
        """The log in order, as stored."""
        return self.ask(get("/v1/events", asked))

    def event(self, position: int, *, at: int | None = None) -> Reply:
        """One event as stored."""
        return self.ask(get(f"/v1/events/{position}", {"at": at}))

    def log(self, *, at: int | None = None) -> Reply:
        """The last position of the log, or an earlier one, and the head of its hash chain."""
        return self.ask(get("/v1/log", {"at": at}))

    def health(self) -> Reply:
        """Whether the service is alive."""
        return self.ask(get("/healthz", {}))

    def readiness(self) -> Reply:
        """Whether the store answers and the views are level with the log."""
        return self.ask(get("/readyz", {}))

    def measurements(self) -> Reply:
        """What the service measures of itself, for Prometheus."""
        return self.ask(get("/metrics", {"accept": "text/plain"}))

    def openapi(self) -> Reply:
        """The description of the API."""
        return self.ask(get("/openapi.json", {}))


def _development(name: str) -> str:
    return f"/v1/developments/{_slug('development', name)}"


def _metric(name: str) -> str:
    return f"/v1/figures/{_slug('metric', name)}"


def _actor(name: str) -> str:
    """The path of an actor, whose names may have slashes. Raises Problem."""
    if "\n" in name or not _is_text(name):
        raise _unknown("actor", name)
    return f"/v1/actors/{segment(name)}"


def _slug(what: str, name: str) -> str:
    """The segment of what is named by slugs. Raises Problem where the path would lead to another route."""
    if not name or "/" in name or not _is_text(name):
        raise _unknown(what, name)
    return segment(name)


def _is_text(name: str) -> bool:
    """Whether UTF-8 has it: what a shell passes on may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unknown(what: str, name: str) -> Problem:
    """What the service answers for a name that nothing has."""
    detail = f"there is no {what} {name!r} in the log"
    document = {
        "title": f"{what.capitalize()} unknown",
        "status": 404,
        "detail": detail,
        "code": f"{what}-unknown",
        "exists": False,
    }
    return Problem(404, document)
