"""Figures: who claims what number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from service.cli.show import words
from service.cli.show.ids import Id
from service.cli.show.paper import below, clock, date, heading, noted, number, table, titled
from service.cli.show.words import Json, second


def metrics(answer: Json) -> Iterator[RenderableType]:
    """Every metric with the latest figure of each claimant."""
    yield Text(words.cut(answer))
    told = [figure for item in answer["items"] for figure in item["figures"]]
    yield below(figures(told)) if told else Text("No figure is known.")


def series(answer: Json) -> Iterator[RenderableType]:
    """One metric."""
    yield Text(words.cut(answer))
    yield heading(f"{answer['metric']}: the latest of each claimant")
    yield figures(answer["latest"])
    yield heading("All that stand, in order of knowledge")
    yield figures(answer["items"])


def figures(told: Sequence[Json], *, within_one: bool = False) -> Table:
    """A figure a row; `within_one` development that is named elsewhere."""
    several = len({figure["metric"] for figure in told}) > 1
    shown = table(
        "metric\nclaimant" if several else "claimant",
        number("figure"),
        date("as at", "occurred"),
        clock("known from", "reported"),
        "note" if within_one else "development",
    )
    for figure in told:
        shown.add_row(
            titled(Id(figure["metric"]), figure["claimant"]) if several else Id(figure["claimant"]),
            words.value(figure),
            words.date(figure["as_at"]),
            second(figure["known_from"]),
            figure["note"] if within_one else noted(figure["development"], figure["note"]),
        )
    return shown
