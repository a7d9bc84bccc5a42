"""Changes: what became known between two cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from service.cli.show import words
from service.cli.show.paper import below, coloured, table, titled
from service.cli.show.words import Json, instant

_DESCRIPTION = ("headline", "summary", "kind", "occurred", "actors", "place", "topics")


def changes(answer: Json) -> Iterator[RenderableType]:
    """A change a row."""
    yield Text(_between(answer))
    if not answer["items"]:
        yield Text("Nothing changed.")
        return
    shown = table("change", "development", "before → after")
    for item in answer["items"]:
        development = item["after"] or item["before"]
        shown.add_row(
            coloured(item["change"]),
            titled(development["headline"], item["development"]),
            "\n".join(_tells(item["change"], item["before"], item["after"])),
        )
    yield below(shown)


def _between(answer: Json) -> str:
    if answer["as_of"] is None:
        return words.cut(answer)
    if "from_at" in answer:
        return (
            f"What changed after position {answer['from_at']} up to {answer['to_at']} (recorded clock),\n"
            f"known by {instant(answer['as_of'])} (reported clock)."
        )
    since, upto = (instant(answer[end], "the beginning") for end in ("from", "to"))
    return f"What changed after {since} up to {upto} (reported clock),\n{words.recorded(answer)}."


def _tells(change: str, before: Json | None, after: Json | None) -> Iterator[str]:
    if before is None or after is None:
        known = after or before or {}
        yield f"{'now' if after else 'was'} {known.get('status')}, {_sources(known)}"
        return
    if change not in ("figure", "corrected"):
        yield from _standing(before, after)
    if change in ("figure", "amended"):
        yield from _figures(before["figures"], after["figures"])
    if change in ("corrected", "amended"):
        yield from _description(before, after)


def _standing(before: Json, after: Json) -> Iterator[str]:
    if before["status"] != after["status"]:
        yield f"{before['status']} → {after['status']}"
    elif before["sources"] != after["sources"]:
        yield f"{after['status']}, {before['sources']} → {_sources(after)}"
    old, new = ({stance["actor"] for stance in told["stances"]} for told in (before, after))
    if new - old:
        yield f"now also {', '.join(sorted(new - old))}"


def _sources(development: Json) -> str:
    count = development["sources"]
    return "1 source" if count == 1 else f"{count} sources"


def _figures(before: Sequence[Json], after: Sequence[Json]) -> Iterator[str]:
    old, new = ({_claim(figure): words.value(figure) for figure in told} for told in (before, after))
    for claim in dict.fromkeys([*old, *new]):
        if old.get(claim) != new.get(claim):
            yield f"{' · '.join(part for part in claim if part)}: {old.get(claim, '–')} → {new.get(claim, '–')}"


def _claim(figure: Json) -> tuple[str, str, str]:
    return figure["metric"], figure["claimant"], figure["as_at"] or ""


def _description(before: Json, after: Json) -> Iterator[str]:
    for key in _DESCRIPTION:
        if before[key] != after[key]:
            yield f"{key}: {_said(key, before[key])}\n→ {_said(key, after[key])}"


def _said(key: str, told: Any) -> str:
    if told is None:
        return "–"
    if key == "occurred":
        return words.occurred(told).replace("\n", "")
    if key == "actors":
        return ", ".join(words.who(listed) for listed in told)
    if key == "place":
        return str(told["name"])
    return ", ".join(told) if key == "topics" else str(told)
