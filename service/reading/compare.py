"""How two states of a development differ, in the terms in which people ask for changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

WEIGHTS = (
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
"""Every kind of change, the weightiest first."""

_DESCRIPTION = ("headline", "summary", "kind", "occurred", "place", "topics")
_VALUES = ("metric", "low", "high", "point", "approximate", "unit", "as_at")


@dataclass(frozen=True, slots=True)
class Side:
    """A development at one end of a comparison. `body` is its answer, `standing` whether each known entry stands."""

    body: bytes
    status: str
    description: dict[str, Any]
    confirms: frozenset[str]
    denies: frozenset[str]
    sources: frozenset[str]
    figures: frozenset[tuple[Any, ...]]
    standing: Mapping[int, bool]

    @classmethod
    def of(
        cls, body: bytes, sources: Sequence[str], standing: Mapping[int, bool], survivors: Mapping[str, str]
    ) -> Side:
        """From an answer. `survivors` are the merges that are no change: whoever was merged counts as the survivor."""
        told = orjson.loads(body)
        named = [(survivors.get(entry["actor"], entry["actor"]), entry["role"]) for entry in told["actors"]]
        listed = list(dict.fromkeys(named))
        stances = {survivors.get(s["actor"], s["actor"]): s["stance"] for s in told["stances"]}
        return cls(
            body=body,
            status=told["status"],
            description={key: told[key] for key in _DESCRIPTION} | {"actors": listed},
            confirms=frozenset(actor for actor, stance in stances.items() if stance == "confirms"),
            denies=frozenset(actor for actor, stance in stances.items() if stance == "denies"),
            sources=frozenset(sources),
            figures=frozenset(
                (survivors.get(figure["claimant"], figure["claimant"]), *(figure[key] for key in _VALUES))
                for figure in told["figures"]
            ),
            standing=standing,
        )


def differences(before: Side | None, after: Side | None) -> list[str]:
    """The kinds of change from one to the other; what was not known before is learned, and nothing else."""
    if after is None:
        return []
    if before is None:
        return ["learned"]
    return list(_differences(before, after))


def _differences(before: Side, after: Side) -> Iterator[str]:
    if before.status != after.status:
        if after.status in ("disputed", "confirmed", "denied", "corroborated"):
            yield after.status
    else:
        if after.confirms - before.confirms:
            yield "confirmed"
        if after.denies - before.denies:
            yield "denied"
        if after.sources - before.sources:
            yield "corroborated"
    flips = [(stood, after.standing.get(entry, stood)) for entry, stood in before.standing.items()]
    if any(stood and not stands for stood, stands in flips):
        yield "withdrawn"
    if any(stands and not stood for stood, stands in flips):
        yield "reinstated"
    if before.figures != after.figures:
        yield "figure"
    if before.description != after.description:
        yield "corrected"
