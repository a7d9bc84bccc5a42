"""A development as it was known: one row per version."""

from __future__ import annotations

from domain.knowledge import Step
from domain.plane import Canvas


def tell(canvas: Canvas, step: Step) -> None:
    """Rows of kind `version`: no key, payload `domain.knowledge.Version`."""
    if step.version is not None:
        canvas.put(step.known_from, "version", None, step.version)
