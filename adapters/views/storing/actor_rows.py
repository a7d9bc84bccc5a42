"""Actors as rows of the tables."""

from __future__ import annotations

from typing import Any

import orjson

from domain import edtf
from domain.actor import Actor, forms, word_of_name
from domain.clocks import AFTER, BEFORE
from domain.words import words

Columns = tuple[Any, ...]


def actor_row(actor: Actor, recorded_from: int, recorded_to: int, standing: int) -> Columns:
    """The row of `actor`."""
    held = [(a.with_actor, a.title, a.period, a.position) for a in actor.affiliations]
    spoken = sorted({word for name in (actor.name, *actor.aliases) for word in words(name)})
    return (
        *(actor.id, recorded_from, recorded_to),
        *(actor.registered, actor.version, actor.name, actor.kind, actor.survivor),
        *(orjson.dumps(actor.aliases), orjson.dumps(held), f" {' '.join(spoken)} ", standing),
    )


def naming_rows(actor: Actor, recorded_from: int, recorded_to: int) -> list[Columns]:
    """The rows of `naming`: each form in which the actor is found, and each word of the name, once."""
    found_by = dict.fromkeys((*forms(actor), *map(word_of_name, words(actor.name))))
    return [(form, actor.id, recorded_from, recorded_to) for form in found_by]


def affiliation_rows(actor: Actor, recorded_from: int, recorded_to: int) -> list[Columns]:
    """The rows of `affiliation`."""
    return [(a.with_actor, actor.id, recorded_from, recorded_to, *_period(a.period)) for a in actor.affiliations]


def _period(period: str | None) -> tuple[int, int]:
    if period is None:
        return (BEFORE, AFTER)
    span = edtf.parse(period)
    return (span.begins, span.ends)
