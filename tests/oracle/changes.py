"""What changed in knowledge between two cuts or two positions, by brute force."""

from __future__ import annotations

from typing import Any

from tests.oracle.lists import Filters, judge
from tests.oracle.oracle import Answer, Oracle
from tests.oracle.stream import DESCRIBING, Seen

WEIGHT = (
    "learned",
    "disputed",
    "confirmed",
    "denied",
    "corroborated",
    "withdrawn",
    "reinstated",
    "figure",
    "corrected",
    "amended",
)
TOLD_STATUSES = ("disputed", "confirmed", "denied", "corroborated")
VALUES = ("low", "high", "point", "unit")


def between_cuts(earlier: Oracle, later: Oracle, filters: Filters) -> list[Answer]:
    """The items of `GET /v1/changes?from=X&to=Y`; both oracles stand at the same position."""
    if earlier.cut > later.cut:
        return []
    items = []
    for name in later.streams:
        before, after = earlier.seen(name), later.seen(name)
        if not _passes(filters, later, after or before):
            continue
        events = [e.id for e in later.streams[name].known(later.cut) if e.known_from > earlier.cut]
        items += [_item(kind, name, earlier, later, events) for kind in kinds(before, after)]
    return items


def between_positions(earlier: Oracle, later: Oracle, unamended: Oracle, filters: Filters) -> list[Answer]:
    """The items of `GET /v1/changes?from_at=N&to_at=M`; `unamended` is `later` without the amendments behind N."""
    if earlier.at > later.at:
        return []
    items = []
    for name in later.streams:
        before, after = earlier.seen(name), later.seen(name)
        if not _passes(filters, *((later, after) if after else (earlier, before))):
            continue
        # A merge is no change in knowledge: both ends are judged by who is who at the later one.
        same = None if before is None else Seen(before.stream, before.cut, later.register)
        differ, without = kinds(same, after), kinds(same, unamended.seen(name))
        told = [kind for kind in differ if kind in without]
        told += ["amended"] if told != differ else []
        events = [event["id"] for event in later.log[earlier.at : later.at] if event.get("development") == name]
        items += [_item(kind, name, earlier, later, events) for kind in told]
    return items


def _passes(filters: Filters, oracle: Oracle, seen: Seen | None) -> bool:
    return seen is not None and judge(oracle, filters)(seen)


def _item(kind: str, name: str, earlier: Oracle, later: Oracle, events: list[str]) -> Answer:
    before, after = earlier.seen(name), later.seen(name)
    return {
        "change": kind,
        "development": name,
        "before": None if before is None else earlier.flat(name, before),
        "after": None if after is None else later.flat(name, after),
        "events": events,
    }


def kinds(before: Seen | None, after: Seen | None) -> list[str]:
    """Every kind of change that differs between two states of a development."""
    if before is None or after is None:
        return ["learned"] if after is not None else ["amended"] if before is not None else []
    found = {
        **dict.fromkeys(_parties(before, after)),
        **dict.fromkeys(_standing(before, after)),
        **({"figure": None} if _values(before) != _values(after) else {}),
        **({"corrected": None} if _description(before) != _description(after) else {}),
    }
    return sorted(found, key=WEIGHT.index)


def _parties(before: Seen, after: Seen) -> list[str]:
    if before.status() != after.status():
        return [after.status()] if after.status() in TOLD_STATUSES else []
    further = set(after.stances().items()) - set(before.stances().items())
    told = {"confirms": "confirmed", "denies": "denied"}
    sources = ["corroborated"] if after.sources() - before.sources() else []
    return [*(told[stance] for _, stance in further), *sources]


def _standing(before: Seen, after: Seen) -> list[str]:
    stood = {entry.id: before.stands(entry) for entry in before.telling}
    stands = {entry.id: after.stands(entry) for entry in after.telling}
    changed = {stands[name] for name in stood if name in stands and stood[name] != stands[name]}
    return [{False: "withdrawn", True: "reinstated"}[one] for one in changed]


def _values(seen: Seen) -> set[Any]:
    return {
        (*figure.key, bool(figure.given.get("approximate")), *(figure.given.get(name) for name in VALUES))
        for figure in seen.figures()
    }


def _description(seen: Seen) -> Answer:
    return {**{name: seen.words[name] or None for name in DESCRIBING}, "actors": seen.listed()}
