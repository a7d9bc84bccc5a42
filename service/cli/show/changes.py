"""Changes: what became known between two cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from service.cli.acts import TYPES, Acts
from service.cli.show import words
from service.cli.show.ids import Id
from service.cli.show.paper import below, coloured, table, titled
from service.cli.show.words import Json, instant

SHOWN = 3
"""Events behind a change that are named."""
_OF_STATUS = frozenset({"disputed", "confirmed", "denied", "corroborated"})
_STANCES = {"confirmed": "confirms", "denied": "denies"}
"""What a further party does where the status stays."""
_VERBS = {"ReportWithdrawn": "withdraws", "ReportReinstated": "reinstates", "DevelopmentAmended": "amends"}
_DESCRIPTION = ("headline", "summary", "kind", "occurred", "actors", "place", "topics")


def changes(answer: Json, acts: Acts) -> Iterator[RenderableType]:
    """A change a row, the events behind those of one development in its first."""
    yield Text(_between(answer))
    if not answer["items"]:
        yield Text("Nothing changed.")
        return
    shown = table("change", "development", "before → after")
    kinds: dict[str, set[str]] = {}
    for item in answer["items"]:
        kinds.setdefault(item["development"], set()).add(item["change"])
    told: dict[str, set[str]] = {}
    for item in answer["items"]:
        name, development = item["development"], item["after"] or item["before"]
        behind = acts.get((item["change"], name), ())
        named = told.get(name, {event["id"] for event in behind})
        shown.add_row(
            coloured(item["change"]),
            titled(development["headline"], name),
            Group(*_tells(item, kinds[name], behind), *_events([each for each in item["events"] if each not in named])),
        )
        told[name] = {*item["events"]}
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


def _tells(item: Json, kinds: AbstractSet[str], acts: Sequence[Json]) -> Iterator[str]:
    """What belongs to this kind of change; to one that acts on reports also what no other `kinds` of the row's tell."""
    change, before, after = item["change"], item["before"], item["after"]
    yield from map(_act, acts)
    if before is None or after is None:
        known = after or before or {}
        yield f"{'now' if after else 'was'} {known.get('status')}, {_sources(known)}"
        return
    if change in _OF_STATUS or (change in TYPES and not kinds & _OF_STATUS):
        yield from _standing(change, before, after)
    if change == "figure" or (change == "amended" and "figure" not in kinds):
        yield from _figures(before["figures"], after["figures"])
    if change == "corrected" or (change == "amended" and "corrected" not in kinds):
        yield from _description(before, after)


def _act(event: Json) -> str:
    """What an event says of others: `evt-9 withdraws evt-3, evt-4`."""
    acts_on = event.get("withdraws") or event.get("reinstates") or event.get("amends") or "the first entry"
    if acts_on == "*":
        acts_on = "all recorded before it"
    verb = _VERBS[event["type"]]
    return f"{event['id']} {verb} {acts_on if isinstance(acts_on, str) else ', '.join(acts_on)}"


def _events(ids: Sequence[str]) -> Iterator[RenderableType]:
    for identity in ids[:SHOWN]:
        yield Id(identity, "dim")
    if ids[SHOWN:]:
        yield Text(f"and {len(ids) - SHOWN} more", "dim")


def _standing(change: str, before: Json, after: Json) -> Iterator[str]:
    """The status that became another; where it stayed, the further sources or parties that the change is about."""
    stays = before["status"] == after["status"]
    if not stays:
        yield f"{before['status']} → {after['status']}"
    elif before["sources"] != after["sources"] and change not in _STANCES:
        yield f"{after['status']}, {before['sources']} → {_sources(after)}"
    if stays and change == "corroborated":
        return
    old, new = ({(each["actor"], each["stance"]) for each in told["stances"]} for told in (before, after))
    for actor, stance in sorted(new - old):
        if not stays or _STANCES.get(change, stance) == stance:
            yield f"{actor} now {stance}"


def _sources(development: Json) -> str:
    count = development["sources"]
    return "1 source" if count == 1 else f"{count} sources"


def _figures(before: Sequence[Json], after: Sequence[Json]) -> Iterator[str]:
    old, new = ({_claim(figure): words.value(figure) for figure in told} for told in (before, after))
    for claim in dict.fromkeys([*old, *new]):
        if old.get(claim) != new.get(claim):
            yield f"{' · '.join(part for part in claim if part)}: {old.get(claim, '–')} → {new.get(claim, '–')}"


def _claim(figure: Json) -> tuple[str, str, str]:
    as_at = f"as at {figure['as_at']} (occurred clock)" if figure["as_at"] else ""
    return figure["metric"], figure["claimant"], as_at


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
