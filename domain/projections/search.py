"""The words by which a development is found."""

from __future__ import annotations

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
    text = f"{description.headline}\n{description.summary or ''}\n{place}"
    canvas.put(step.known_from, "wording", None, " ".join(dict.fromkeys(words(text))))
