"""Developments appended to a log, and what the views then know of them."""

from __future__ import annotations

import random
from typing import Any

import orjson

from domain.clocks import AFTER, Cut
from domain.ports import EventLog, Views
from domain.questions import Filters
from tests.contracts.logs import append, entry

REPORT = {"source": "S", "reported": "2023-01-01"}
REPORTED = {
    "type": "DevelopmentReported",
    "id": "e",
    "kind": "event",
    "occurred": "2023",
    "actors": [],
    "report": REPORT,
}


def tell(log: EventLog, *events: dict[str, Any]) -> int:
    """Append developments with one report each."""
    told = [entry(event["development"], body=orjson.dumps({**REPORTED, **event})) for event in events]
    return append(log, *told)


def known(views: Views, **filters: object) -> list[str]:
    with views.snapshot() as snapshot:
        cut = Cut(AFTER, snapshot.head.position)
        return [place.id for place in snapshot.page(Filters(**filters), "occurred", cut, 1_000, None)]  # type: ignore[arg-type]


def figure(chance: random.Random) -> dict[str, Any]:
    dated = f"20{chance.randrange(10, 20)}-{chance.randrange(1, 13):02}"
    told = {"metric": f"m{chance.randrange(2)}", "point": chance.randrange(9), "claimed_by": chance.choice("xyz")}
    return told | ({"as_at": dated} if chance.random() < 0.8 else {})


def stated(text: str, listed: list[str], attributed: str | None = None) -> dict[str, Any]:
    actors = [{"actor": actor} for actor in listed]
    report = REPORT if attributed is None else {**REPORT, "attributed_to": attributed}
    return {"headline": text, "actors": actors, "report": report}
