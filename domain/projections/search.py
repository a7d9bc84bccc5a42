"""The words by which a development is found."""

from __future__ import annotations

from functools import lru_cache

from domain.knowledge import Step
from domain.plane import Canvas
from domain.words import words


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `wording`: no key, payload the distinct words of headline, summary and place, parted by spaces.

    Behind them `@` and the id of each listed actor: an actor's name depends on the position that is asked for, so a
    question for a word asks also for those who bear it.
    """
    if step.version is None:
        return
    description = step.version.description
    place = description.place.name if description.place else ""
    listed = tuple([listed.actor for listed in description.actors])
    payload = _wording(listed, description.headline, description.summary or "", place)
    canvas.put(step.known_from, "wording", None, payload)


@lru_cache(maxsize=1_024)
def _wording(actors: tuple[str, ...], *texts: str) -> str:
    """Most versions differ from the one before in other things than their words."""
    return " ".join(dict.fromkeys([*words("\n".join(texts)), *map(bearer, actors)]))


def bearer(actor: str) -> str:
    """What stands for an actor's name among the words."""
    return f"@{actor}"


def actor_of(bearing: str) -> str:
    """The actor whose name `bearer` has put so."""
    return bearing[1:]
