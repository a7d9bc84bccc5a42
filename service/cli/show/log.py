"""The log: its events and its head."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from service.cli.show import words
from service.cli.show.paper import below, clock, date, number, table, titled
from service.cli.show.words import Json, second


def events(answer: Json) -> Iterator[RenderableType]:
    """An event a row."""
    yield Text(words.log(answer))
    if not answer["items"]:
        yield Text("No event that fits.")
        return
    shown = table(number("position"), clock("recorded", "recorded"), date("reported", "reported"), "event")
    for event in answer["items"]:
        shown.add_row(
            str(event["position"]),
            second(event["recorded_at"]),
            words.date((event.get("report") or {}).get("reported")),
            titled(f"{event['type']} {event.get('development') or event.get('actor')}", event["id"]),
        )
    yield below(shown)


def head(answer: Json) -> Iterator[RenderableType]:
    """The position and the head of the chain there."""
    yield Text(f"position {answer['position']} (recorded clock)")
    yield Text(f"head {answer['head']}", no_wrap=True, overflow="ignore")
