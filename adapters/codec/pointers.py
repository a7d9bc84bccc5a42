"""JSON pointers (RFC 6901): where in a document something is."""

from __future__ import annotations

from collections.abc import Iterable


def pointer(steps: Iterable[str | int]) -> str:
    """The JSON pointer of a path of keys and indices (RFC 6901, section 3)."""
    return "".join(f"/{_token(step)}" for step in steps)


def _token(step: str | int) -> str:
    if isinstance(step, int):
        return str(step)
    sound = step.encode("utf-8", "backslashreplace").decode()
    return sound.replace("~", "~0").replace("/", "~1")
