"""The log: its events and its head."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Column
from rich.text import Text

from service.cli.show.paper import below, clock, facts, number, table, titled
from service.cli.show.words import Json, instant


def events(answer: Json) -> Iterator[RenderableType]:
    """An event a row."""
    if not answer["items"]:
        yield Text("No event that fits.")
        return
    shown = table(
        number("position"), clock("recorded", "recorded"), Column("reported", min_width=10, max_width=12), "event"
    )
    for event in answer["items"]:
        shown.add_row(
            str(event["position"]),
            instant(event["recorded_at"]),
            ((event.get("report") or {}).get("reported") or "").replace("T", " "),
            titled(f"{event['type']} {event.get('development') or event.get('actor')}", event["id"]),
        )
    yield below(shown)


def head(answer: Json) -> Iterator[RenderableType]:
    """The position and the head of the chain there."""
    yield facts([("position (recorded clock)", Text(str(answer["position"]))), ("head", Text(answer["head"]))])
