"""Every read of the API, with every parameter, at cuts of both clocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks import corpus
from domain import edtf
from tests.oracle.service import Asked

Json = dict[str, Any]

ACTORS = 40
HOT, OTHER = corpus.actor_names(2)
RECORDED = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")
NEVER_ASKED = {"cursor", "limit", "min_position", "If-None-Match", "Prefer"}
"""Parameters that choose no rows: a page's size, and which state of the store; every list is asked page by page."""

FILTERS: dict[str, Any] = {
    "actor": [HOT],
    "topic": "topic-007",
    "kind": "plan",
    "status": "confirmed",
    "source": "Source 007",
    "metric": "metric-07",
    "q": "troops convoy",
    "occurred_from": "2018-03",
    "occurred_to": "2018-04",
    "known_since": "2019",
}


def fill(service: Asked, events: int) -> None:
    """A story in which everything happens; reported over ten years and recorded in four days."""
    told = [*corpus.registrations(ACTORS), *corpus.events(events, actors=ACTORS), *_corrections(events)]
    for part, day in enumerate(RECORDED):
        service.clock.instant = edtf.single(day).ends
        batch = told[part * len(told) // 4 : (part + 1) * len(told) // 4]
        answer = service.post(batch)
        assert answer.status_code == 201, answer.text


def _corrections(events: int) -> Iterator[Json]:
    """Behind a corpus of so many events: affiliations and a merge, amendments, corrections and withdrawals."""
    names = corpus.actor_names(ACTORS)
    for number, actor in enumerate(names[1:8]):
        yield {
            "type": "ActorAffiliated",
            "actor": actor,
            "with": HOT,
            "title": "envoy",
            "period": f"{2014 + number}/..",
        }
    yield {"type": "ActorMerged", "actor": names[-1], "into": names[9]}
    opened = [event for event in corpus.events(events, actors=ACTORS) if event["type"] == "DevelopmentReported"]
    for number, event in enumerate(opened[5::40]):
        development, report = event["development"], {"source": "Example", "reported": "2024-12-01"}
        named = {"id": f"c-{number}", "development": development, "reason": "it was wrong"}
        changes = {"occurred": "2024-11", "kind": "forecast"}
        yield (
            {"type": "ReportWithdrawn", **named, "withdraws": [event["id"]], "report": report},
            {"type": "DevelopmentAmended", **named, "changes": changes},
            {"type": "DevelopmentCorrected", **named, "changes": {"occurred": "2024/.."}, "report": report},
        )[number % 3]


def questions(head: int) -> Iterator[tuple[str, str, Json]]:
    """(route as the API describes it, path, parameters) of every read, for a log of so many events."""
    cuts: tuple[Json, ...] = (
        {},
        {"as_of": "2018-04-15"},
        {"as_of": "2018-04-16"},
        {"at": head // 2},
        {"as_of": "2018-04-15", "recorded_as_of": "2026-01-03"},
    )
    for cut in cuts:
        for asked in _filtered():
            yield "/v1/state", "/v1/state", asked | cut
            for order in ("occurred", "-occurred", "known", "-known"):
                yield "/v1/developments", "/v1/developments", asked | cut | {"order": order}
            yield _TIMELINE, f"/v1/actors/{HOT}/timeline", asked | cut
            yield _TIMELINE, f"/v1/actors/{HOT}/timeline", asked | cut | {"affiliates": "true", "order": "-known"}
        for q in ({}, {"q": "00001"}):
            yield "/v1/actors", "/v1/actors", q | cut
        yield "/v1/actors/{actor}", f"/v1/actors/{HOT}", cut
        yield "/v1/figures", "/v1/figures", cut
        yield "/v1/figures/{metric}", "/v1/figures/metric-07", cut
    yield from _changes(head)
    yield from _of_the_log(head)


_TIMELINE = "/v1/actors/{actor}/timeline"


def _filtered() -> Iterator[Json]:
    yield {}
    yield from ({name: value} for name, value in FILTERS.items())
    yield {"actor": [HOT, OTHER]}
    yield {"actor": [OTHER], "topic": "topic-007", "status": "reported", "occurred_from": "2016"}


def _changes(head: int) -> Iterator[tuple[str, str, Json]]:
    for asked in _filtered():
        yield "/v1/changes", "/v1/changes", asked | {"from": "2018-03-01", "to": "2018-03-28"}
        yield "/v1/changes", "/v1/changes", asked | {"from": "2018-03-01", "to": "2018-03-28", "at": head // 2}
        yield "/v1/changes", "/v1/changes", asked | {"from_at": head // 2, "to_at": head // 2 + 20, "as_of": "2018"}
    yield "/v1/changes", "/v1/changes", {"from": "2018-03-01", "to": "2018-03-28", "recorded_as_of": "2026-01-03"}


def _of_the_log(head: int) -> Iterator[tuple[str, str, Json]]:
    named = next(event for event in corpus.events(9, actors=ACTORS) if event["type"] == "DevelopmentReported")
    development = named["development"]
    for cut in ({}, {"as_of": "2026-01-03", "at": head // 2}, {"recorded_as_of": "2026-01-03"}):
        yield "/v1/developments/{development}", f"/v1/developments/{development}", cut
        yield "/v1/developments/{development}/history", f"/v1/developments/{development}/history", cut
    for asked in (
        {"after": head // 2},
        {"type": "ActorMerged"},
        {"stream": f"development/{development}"},
        {"actor": HOT},
        {"topic": "topic-007", "actor": HOT, "at": head // 2},
    ):
        yield "/v1/events", "/v1/events", asked
    yield "/v1/events/{position}", "/v1/events/17", {"at": head // 2}
    yield "/v1/log", "/v1/log", {"at": head // 2}
