"""Actors: who they are."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from service.cli.show import words
from service.cli.show.paper import below, facts, number, table, titled
from service.cli.show.words import Json


def actors(answer: Json) -> Iterator[RenderableType]:
    """An actor a row."""
    yield Text(words.cut(answer))
    if not answer["items"]:
        yield Text("No actor that fits is recorded.")
        return
    shown = table("actor", "kind", "also called", "affiliations\n(occurred clock)", number("develop-\nments"))
    for item in answer["items"]:
        shown.add_row(
            titled(item["name"], item["actor"]),
            item["kind"],
            ", ".join(item["aliases"]),
            "\n".join(_affiliations(item)),
            str(item["counts"]["developments"]),
        )
    yield below(shown)


def actor(answer: Json) -> Iterator[RenderableType]:
    """One actor."""
    yield Text(words.cut(answer))
    yield below(Text(answer["name"], style="bold"))
    yield facts(
        [
            ("actor", Text(answer["actor"])),
            ("kind", Text(answer["kind"])),
            ("also called", Text(", ".join(answer["aliases"]))),
            ("affiliations (occurred clock)", Text("\n".join(_affiliations(answer)))),
            ("developments", Text(str(answer["counts"]["developments"]))),
        ]
    )


def _affiliations(item: Json) -> Iterator[str]:
    for affiliation in item["affiliations"]:
        title, period = affiliation["title"], affiliation["period"]
        of = f"{title} of {affiliation['with']}" if title else f"with {affiliation['with']}"
        yield f"{of}, {period}" if period else of
