"""The sample story: North Korean troops in Kursk, October 2024 to January 2026, as the export of a log."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import orjson


def lines() -> Iterator[tuple[int, dict[str, object]]]:
    """The lines of the export with their numbers, as `service.restore` takes them."""
    for number, line in enumerate((files(__name__) / "log.ndjson").read_bytes().splitlines(), start=1):
        yield number, orjson.loads(line)
