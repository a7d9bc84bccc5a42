"""Ids in narrow columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_PART = re.compile(r"[^-]*-+|[^-]+")


@dataclass(frozen=True, slots=True)
class Id:
    """An id: one that is too long for its column goes on below behind a hyphen, where it can still be read."""

    text: str
    style: str = ""

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """See rich.protocol."""
        yield Text("\n".join(broken(self.text, options.max_width)), self.style)

    def __rich_measure__(self, _console: Console, _options: ConsoleOptions) -> Measurement:
        """See rich.protocol."""
        return Measurement(max(map(len, _PART.findall(self.text)), default=0), len(self.text))


def broken(text: str, width: int) -> Iterator[str]:
    """The text in lines that end behind a hyphen; one is longer than `width` only where it has none."""
    line = ""
    for part in _PART.findall(text):
        if line and len(line) + len(part) > width:
            yield line
            line = ""
        line += part
    yield line
