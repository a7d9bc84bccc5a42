"""NDJSON of any length as batches that one append takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.client.answer import Problem

MOST_EVENTS = 10_000
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """Events to append together: NDJSON without blank lines, and for each event the number of its line."""

    content: bytes
    lines: tuple[int, ...]

    def line(self, pointer: str) -> int | None:
        """The line that a pointer into the batch leads to (`/2/report` to the third); None where to none."""
        first = pointer.removeprefix("/").partition("/")[0]
        if not first.isdigit() or int(first) >= len(self.lines):
            return None
        return self.lines[int(first)]


class LinesRefused(Exception):  # noqa: N818 (a refusal is an answer)
    """A batch was refused as a whole; those before it are stored, of it and those behind it nothing is."""

    def __init__(self, batch: Batch, problem: Problem) -> None:
        super().__init__(str(problem))
        self.batch = batch
        self.problem = problem


def batches(lines: Iterable[bytes], most_events: int = MOST_EVENTS) -> Iterator[Batch]:
    """Lines, with or without their ends, in batches of at most 64 MiB; only one batch is held at a time.

    A single line that is longer is a batch by itself: the service says what is wrong with it.
    """
    content, numbers = bytearray(), list[int]()
    for number, line in enumerate(lines, start=1):
        text = line.rstrip(b"\r\n")
        if not text.strip():
            continue
        if numbers and (len(numbers) == most_events or len(content) + len(text) + 1 > MOST_BYTES):
            yield Batch(bytes(content), tuple(numbers))
            content, numbers = bytearray(), []
        content += text
        content += b"\n"
        numbers.append(number)
    if numbers:
        yield Batch(bytes(content), tuple(numbers))
