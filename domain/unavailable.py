"""What keeps a store from being used: raised by its adapters, told by the outside in its own words."""

from __future__ import annotations


class Unavailable(Exception):  # noqa: N818 (named for what the caller reports)
    """The store cannot be used now: locked too long, full, read-only, not reachable. Nothing was changed."""


class Contended(Unavailable):
    """Others were in the way: a deadlock, a serialization failure, a standby that had to move on. Try again."""


class Late(Unavailable):
    """The answer would take longer than there is time for. Ask again without haste."""


class Unreadable(Unavailable):
    """An event of the log cannot be read: it is damaged, or of a type or version that this program does not know."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"the event at position {position} cannot be read: {detail}")
        self.position = position
        self.detail = detail

    def __reduce__(self) -> tuple[type[Unreadable], tuple[int, str]]:
        return Unreadable, (self.position, self.detail)


class Rewritten(Unavailable):
    """The log is not the one whose heads the views keep; `position` is the first event that is not what it was."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"the log is not the one it was. Position {position}: {detail}")
        self.position = position
        self.detail = detail
