"""The sample story: what was reported of North Korean troops in Russia's war against Ukraine, as an export of a log."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from adapters.codec.parse import ndjson_lines


def lines() -> Iterator[tuple[int, object]]:
    """The events in order, each with the number of its line, as `service.restore` takes them."""
    return ndjson_lines(files(__package__).joinpath("log.ndjson").read_bytes())
