"""The state of the whole story at a cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from service.cli.show import words
from service.cli.show.developments import developments
from service.cli.show.figures import figures
from service.cli.show.paper import below, facts, heading
from service.cli.show.words import Json


def state(answer: Json) -> Iterator[RenderableType]:
    """Counts, what is expected, what became known last, the latest figures."""
    yield Text(words.cut(answer))
    counts = answer["counts"]
    yield below(
        facts(
            [
                ("developments by status", Text(_counts(counts["status"]))),
                ("developments by kind", Text(_counts(counts["kind"]))),
                ("actors", Text(str(answer["actors"]))),
            ]
        )
    )
    if answer["recent"]:
        yield heading("Became known last")
        yield developments(answer["recent"])
    if answer["expected"]:
        yield heading("Expected: plans and forecasts that are not over")
        yield developments(answer["expected"])
    if answer["figures"]:
        yield heading("Latest figures, per metric and claimant")
        yield figures(answer["figures"])


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "none"
