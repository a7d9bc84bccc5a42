"""Actors as rows: reading them back."""

from __future__ import annotations

import sqlite3

import orjson

from domain.actor import Actor, Affiliation
from domain.plane import FOREVER


def load_actors(connection: sqlite3.Connection) -> list[Actor]:
    """Every actor as it is at the views' position, in order of registration."""
    rows = connection.execute(
        "SELECT id, registered, version, name, kind, survivor, aliases, affiliations FROM actor"
        " WHERE recorded_to = ? ORDER BY registered",
        (FOREVER,),
    )
    return [
        Actor(
            id=row[0],
            registered=row[1],
            version=row[2],
            name=row[3],
            kind=row[4],
            survivor=row[5],
            aliases=tuple(orjson.loads(row[6])),
            affiliations=tuple(Affiliation(*held) for held in orjson.loads(row[7])),
        )
        for row in rows
    ]
