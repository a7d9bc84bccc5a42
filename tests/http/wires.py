"""Events as clients send them."""

from __future__ import annotations

from typing import Any


def registered(actor: str, **more: Any) -> dict[str, Any]:
    return {"type": "ActorRegistered", "actor": actor, "name": actor.capitalize(), "kind": "state", **more}


def reported(development: str = "d", reported_on: str = "2025-07-01", **more: Any) -> dict[str, Any]:
    return {
        "type": "DevelopmentReported",
        "development": development,
        "headline": f"Headline of {development}",
        "kind": "event",
        "occurred": "2025-06",
        "actors": [{"actor": "aland", "role": "subject"}],
        "report": {"source": "Reuters", "reported": reported_on},
        **more,
    }


def corroborated(
    development: str = "d", reported_on: str = "2025-07-05", source: str = "AFP", **more: Any
) -> dict[str, Any]:
    report = {"source": source, "reported": reported_on}
    return {"type": "DevelopmentCorroborated", "development": development, "report": report, **more}
