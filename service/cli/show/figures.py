"""Figures: who claims what number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from service.cli.show import words
from service.cli.show.paper import below, clock, heading, number, table
from service.cli.show.words import Json, instant


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


def figures(told: Sequence[Json]) -> Table:
    """A figure a row."""
    one_metric = len({figure["metric"] for figure in told}) <= 1
    shown = table(
        *(() if one_metric else ("metric",)),
        "claimant",
        number("figure"),
        Column("as at\n(occurred\nclock)", min_width=8, max_width=12),
        clock("known from", "reported"),
        "development",
    )
    for figure in told:
        shown.add_row(
            *(() if one_metric else (figure["metric"],)),
            figure["claimant"],
            words.value(figure),
            words.date(figure["as_at"]),
            instant(figure["known_from"]),
            Text.assemble(figure["development"], (f"\n{figure['note']}" if figure["note"] else "", "dim")),
        )
    return shown
