"""Events appended to a service in process as if they were sent, and a development as it answers."""

from __future__ import annotations

from typing import Any

import orjson

from service.appending.proposals import JSON, Body, proposals
from service.compose import Services
from service.reading import developments
from service.reading.pins import When, pin


def append(to: Services, *events: dict[str, Any]) -> int:
    return to.appender.append(proposals(Body(orjson.dumps(events), JSON), None)).position


def shown(by: Services, development: str) -> dict[str, Any]:
    with by.views.snapshot() as snapshot:
        answer: dict[str, Any] = orjson.loads(
            developments.development(snapshot, pin(snapshot, When(None, None, None)), development).body
        )
        return answer
