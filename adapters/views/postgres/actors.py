"""Actors that change, gathered until they are stored in PostgreSQL."""

from __future__ import annotations

from typing import Any

from adapters.postgres.database import Connection
from adapters.views.storing.actor_rows import actor_row, affiliation_rows, naming_rows
from domain.actor import Actor
from domain.plane import FOREVER

_END = """
UPDATE {table} SET recorded_to = ended.position FROM unnest(%b::int8[], %b::text[]) AS ended (position, id)
WHERE {table}.id = ended.id AND {table}.recorded_to = %b
"""
_DELETE = "DELETE FROM {table} WHERE id = ANY(%b::text[]) AND recorded_from = recorded_to"


class ActorChanges:
    """What became of actors, by id: each change lasts until the next, the last one for good."""

    def __init__(self) -> None:
        self._changes: dict[str, dict[int, tuple[Actor, int]]] = {}

    def add(self, position: int, actor: Actor, standing: int) -> None:
        """From this position on the actor is so, and there are so many."""
        self._changes.setdefault(actor.id, {})[position] = (actor, standing)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of the changes, by table."""
        rows: dict[str, list[tuple[Any, ...]]] = {"actor": [], "naming": [], "affiliation": []}
        for changes in self._changes.values():
            untils = (*list(changes)[1:], FOREVER)
            for (position, (actor, standing)), until in zip(changes.items(), untils, strict=True):
                rows["actor"].append(actor_row(actor, position, until, standing))
                rows["naming"] += naming_rows(actor, position, until)
                rows["affiliation"] += affiliation_rows(actor, position, until)
        return rows

    def end_earlier(self, connection: Connection) -> None:
        """End what is stored of the actors and held until the first of their changes."""
        first = [next(iter(changes.items())) for changes in self._changes.values()]
        ended = [(position, actor.id) for position, (actor, _) in first if actor.registered < position]
        if ended:
            positions, ids = (list(column) for column in zip(*ended, strict=True))
            for table in ("actor", "naming", "affiliation"):
                connection.execute(_END.format(table=table).encode(), (positions, ids, FOREVER))
                connection.execute(_DELETE.format(table=table).encode(), (ids,))
