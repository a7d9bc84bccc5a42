"""Actors: who they are at a position, and how often they appear at a cut."""

from __future__ import annotations

from typing import Any

import orjson

from domain.actor import other_names
from domain.ports import Snapshot
from domain.questions import ActorRow
from domain.refusals import ActorAmbiguous, Fault
from domain.words import words
from service.reading.answers import Elsewhere, NotThere, One, Page, stamped
from service.reading.cursors import Start
from service.reading.pins import Pin


def page(snapshot: Snapshot, begin: Start, text: str | None) -> Page:
    """Actors by id, those whose names and aliases have all the words of the text; none for a text without a word."""
    (behind,) = begin.key or [""]
    asked = words(text or "")
    if text is not None and not asked:
        return Page(begin.pin, [], None)
    rows = snapshot.actors(asked, begin.pin.cut, begin.limit + 1, behind)
    shown = rows[: begin.limit]
    following = begin.next([shown[-1].id]) if len(rows) > begin.limit else None
    return Page(begin.pin, [orjson.dumps(_actor(row)) for row in shown], following)


def actor(snapshot: Snapshot, pinned: Pin, name: str) -> One:
    """One actor's entry. Raises NotThere, and Elsewhere where the name is another's or of an entry that was merged."""
    row = snapshot.actor(find(snapshot, name, pinned), pinned.cut)
    assert row is not None
    return One(pinned, stamped(pinned, orjson.dumps(_actor(row))))


def find(snapshot: Snapshot, name: str, pinned: Pin) -> str:
    """The id of the actor that a path names. Raises NotThere, ActorAmbiguous and Elsewhere."""
    found = snapshot.resolve(name, pinned.at)
    if len(found) > 1:
        raise ActorAmbiguous(name, found, Fault("actor", f"accepted: {', '.join(found)}"))
    if not found:
        raise NotThere("actor", name, exists=snapshot.exists("actor", name), pin=pinned)
    if found[0] != name:
        raise Elsewhere(found[0], pinned)
    return found[0]


def _actor(row: ActorRow) -> dict[str, Any]:
    return {
        "actor": row.id,
        "name": row.name,
        "kind": row.kind,
        "aliases": other_names(row.name, orjson.loads(row.aliases)),
        "affiliations": [
            {"with": with_actor, "title": title, "period": period}
            for with_actor, title, period, _ in orjson.loads(row.affiliations)
        ],
        "counts": {"developments": row.developments},
    }
