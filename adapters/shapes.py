"""How facts look in an answer: the JSON that the views keep, so that a question only stitches it together.

A development is kept in three parts around its list of actors, whose names depend on the position that is asked for;
`known_to` and `version` depend on it too and are put behind the rest.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from adapters.codec.encode import place_of
from domain import edtf
from domain.clocks import show
from domain.events import Figure
from domain.fold import StandingFigure, Version


class Body(NamedTuple):
    """A version in parts: `head` ends where the actors go, `actors` is [[actor, role], ...], `tail` follows them."""

    head: bytes
    actors: bytes
    tail: bytes
    sources: bytes


def body(version: Version) -> Body:
    """The parts of a version; `{head}[actors]{tail},"known_to":…,"version":…}` is the answer."""
    description = version.description
    head = {
        "development": version.development,
        "headline": description.headline,
        "summary": description.summary,
        "kind": description.kind,
        "status": version.status,
        "occurred": occurred(description.occurred, description.occurred_text),
    }
    tail = {
        "place": None if description.place is None else place_of(description.place),
        "topics": description.topics,
        "sources": len(version.sources),
        "figures": [figure(standing, version.development) for standing in version.figures],
        "stances": [{"actor": actor, "stance": stance} for actor, stance in version.stances],
        "known_from": show(version.known_from),
        "known_possibly_from": show(version.possibly_from),
        "first_known": show(version.first_known),
        "description_from": version.description_from,
        "recorded_at": show(version.recorded_at),
        "events": version.events,
    }
    return Body(
        orjson.dumps(head)[:-1] + b',"actors":',
        orjson.dumps([(listed.actor, listed.role) for listed in description.actors]),
        b"," + orjson.dumps(tail)[1:-1],
        orjson.dumps(version.sources),
    )


def occurred(date: str | None, text: str | None) -> dict[str, Any]:
    """The occurred clock of a development: the EDTF as given, its bounds, the words of the source."""
    if date is None:
        return {"edtf": None, "earliest": None, "latest": None, "text": text}
    span = edtf.parse(date)
    return {"edtf": date, "earliest": show(span.earliest), "latest": show(span.latest), "text": text}


def figure(standing: StandingFigure, development: str) -> dict[str, Any]:
    """A standing figure with its claimant and where it comes from."""
    told: Figure = standing.figure
    return {
        "metric": told.metric,
        "claimant": standing.claimant,
        "low": told.low,
        "high": told.high,
        "point": told.point,
        "approximate": told.approximate,
        "unit": told.unit,
        "as_at": told.as_at,
        "note": told.note,
        "reported": standing.source.event.report.reported,
        "known_from": show(standing.source.known_from),
        "event": standing.source.event.id,
        "development": development,
    }
