"""The words by which a development is found."""

from __future__ import annotations

from functools import lru_cache

from domain.knowledge import Step
from domain.plane import Canvas
from domain.words import words


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `wording`: no key, payload the distinct words of headline, summary and place, parted by spaces.

    The actors' names are not among them: they depend on the position that is asked for.
    """
    if step.version is None:
        return
    description = step.version.description
    place = description.place.name if description.place else ""
    canvas.put(step.known_from, "wording", None, _wording(description.headline, description.summary or "", place))


@lru_cache(maxsize=1_024)
def _wording(*texts: str) -> str:
    """Most versions differ from the one before in other things than their words."""
    return " ".join(dict.fromkeys(words("\n".join(texts))))
