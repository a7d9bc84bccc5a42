"""Commands run in process, and what several suites of them give."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from service.cli.command import asof

ROOT = Path(__file__).parents[2]
STORY = ROOT / "service" / "story" / "log.ndjson"
HEAD = "2f803d250d59a48e043aaa08b4e9bd7728e6bc84788e553b0d9faf89728f4e06"


def run(*arguments: str, given: bytes | None = None, columns: int = 130) -> Result:
    result = CliRunner(env={"COLUMNS": str(columns), "NO_COLOR": "1"}).invoke(asof, arguments, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def asking(store: str) -> dict[str, str]:
    return {**os.environ, "ASOF_STORE": store}


def lines(*events: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


ALAND = {"type": "ActorRegistered", "id": "a1", "actor": "aland", "name": "Aland", "kind": "state"}
TALKS = {
    "type": "DevelopmentReported",
    "id": "d1",
    "development": "talks",
    "headline": "Talks begin",
    "kind": "event",
    "occurred": "2025-07-01",
    "actors": [{"actor": "Aland"}],
    "report": {"source": "Reuters", "reported": "2025-07-02"},
}
