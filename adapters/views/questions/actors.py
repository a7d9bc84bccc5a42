"""Actors as rows: reading them back, and the questions about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import orjson

from adapters.views.questions.sizes import Sizes
from adapters.views.questions.where import limited
from adapters.views.reader import Reader
from domain.actor import Actor, Affiliation, forms_of
from domain.clocks import Cut
from domain.plane import FOREVER
from domain.questions import ActorRow, Named
from domain.words import exact


def load_actors(reader: Reader) -> list[Actor]:
    """Every actor as it is at the views' position, in order of registration."""
    rows = reader.rows(
        "SELECT id, registered, version, name, kind, survivor, aliases, affiliations FROM actor"
        " WHERE recorded_to = :forever ORDER BY registered",
        {"forever": FOREVER},
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


_STANDING = "SELECT standing FROM actor WHERE recorded_from <= :position ORDER BY recorded_from DESC LIMIT 1"


class ActorQuestions:
    """The questions of `domain.ports.Snapshot` about actors."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def register(self) -> list[Actor]:
        return load_actors(self._reader)

    def resolve(self, name: str, at: int) -> tuple[str, ...]:
        """As `domain.actor.Actors.resolve`, at a position."""
        row = self._actor("id = :id", {"id": exact(name), "at": at})
        if row:
            return (row[0][1] or row[0][0],)
        for form in forms_of(name):
            hits = self._reader.rows(
                "SELECT id FROM naming WHERE form = :form AND recorded_from <= :at AND :at < recorded_to ORDER BY id",
                {"form": form, "at": at},
            )
            if hits:
                return tuple(hit[0] for hit in hits)
        return ()

    def had_name(self, name: str) -> bool:
        """Whether the id or a name of an actor is so, or was once."""
        by_id = f"SELECT 1 FROM actor WHERE {self._reader.among('id', 'ids')}"
        by_name = f"SELECT 1 FROM naming WHERE {self._reader.among('form', 'forms')}"
        given = {"ids": self._reader.texts([exact(name)]), "forms": self._reader.texts(forms_of(name))}
        return self._reader.row(f"{by_id} UNION ALL {by_name} LIMIT 1", given) is not None

    def _actor(self, condition: str, parameters: dict[str, object]) -> list[tuple[str, str | None]]:
        return self._reader.rows(
            f"SELECT id, survivor FROM actor WHERE {condition} AND recorded_from <= :at AND :at < recorded_to",
            parameters,
        )

    def survivors(self, at: int) -> dict[str, str]:
        return dict(
            self._reader.rows(
                "SELECT id, survivor FROM actor"
                " WHERE survivor IS NOT NULL AND recorded_from <= :at AND :at < recorded_to",
                {"at": at},
            )
        )

    def names(self, actors: Collection[str], at: int) -> dict[str, Named]:
        rows = self._reader.rows(
            f"SELECT id, name, recorded_from FROM actor WHERE {self._reader.among('id', 'ids')}"
            " AND recorded_from <= :at AND :at < recorded_to",
            {"ids": self._reader.texts(actors), "at": at},
        )
        return {actor: Named(name, since) for actor, name, since in rows}

    def actors(self, words: Sequence[str], cut: Cut, limit: int, behind_of: str) -> list[ActorRow]:
        """Actors that stand for themselves, by id; all of the words, whole, in their names and aliases."""
        spoken = "".join(f" AND a.words LIKE :word{n}" for n, _ in enumerate(words))
        parameters = {f"word{n}": f"% {word} %" for n, word in enumerate(words)}
        return self._actors(
            f"a.survivor IS NULL AND a.id > :behind{spoken} ORDER BY a.id LIMIT :limit",
            {**parameters, "behind": behind_of, "limit": limited(limit)},
            cut,
        )

    def actor(self, actor: str, cut: Cut) -> ActorRow | None:
        found = self._actors("a.id = :id", {"id": actor}, cut)
        return found[0] if found else None

    def _actors(self, tail: str, parameters: dict[str, object], cut: Cut) -> list[ActorRow]:
        rows = self._reader.rows(
            "SELECT a.id, a.name, a.kind, a.survivor, a.aliases, a.affiliations FROM actor a"
            f" WHERE a.recorded_from <= :at AND :at < a.recorded_to AND {tail}",
            {**parameters, "at": cut.at},
        )
        timelines = dict(
            self._reader.rows(
                f"SELECT no, text FROM term WHERE kind = 'actor' AND {self._reader.among('text', 'ids')}",
                {"ids": self._reader.texts([row[0] for row in rows])},
            )
        )
        sizes = Sizes(self._reader, cut).of(list(timelines))
        counted = {text: sizes.get(no, 0) for no, text in timelines.items()}
        return [ActorRow(r[0], r[1], r[2], r[3], r[4], r[5], counted.get(r[0], 0)) for r in rows]

    def count_actors(self, at: int) -> int:
        return self._reader.logged(_STANDING, at) or 0
