"""Events as a client sends them, proposed to a service in process."""

from __future__ import annotations

from typing import Any

from service.appending.admission import Proposal

Event = dict[str, Any]


def proposed(*events: Event) -> list[Proposal]:
    """What a request of these comes to."""
    return [
        Proposal(
            {key: value for key, value in event.items() if key != "expected_version"},
            event.get("expected_version"),
            f"/{n}",
        )
        for n, event in enumerate(events)
    ]
