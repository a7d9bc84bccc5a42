"""What can be refused, each with its stable code. No HTTP numbers here: the edge maps codes to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NAMED = 5
"""How many unknown names are told in a sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer, RFC 6901, from the event on) and what would be accepted."""

    pointer: str
    detail: str


def summary(faults: Sequence[Fault], whole: str = "the event") -> str:
    """The first of some faults with its place, and how many more there are; `whole` is what has no place in it."""
    first, more = faults[0], len(faults) - 1
    return f"{first.pointer or whole}: {first.detail}{f' (and {more} more)' if more else ''}"


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not an error of the program)
    """Base of everything that is refused; `code` is stable, `detail` is for people, `faults` say where."""

    code = "refused"

    def __init__(self, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults


class Malformed(Refusal):
    """The event or the parameter is not of the contract's shape."""

    code = "malformed"


class DevelopmentExists(Refusal):
    """A DevelopmentReported for a stream that is already open."""

    code = "development-exists"


class DevelopmentUnknown(Refusal):
    """An event for a development that nobody has reported."""

    code = "development-unknown"


class ActorExists(Refusal):
    """An ActorRegistered for an id that is taken."""

    code = "actor-exists"


class ActorUnknown(Refusal):
    """An event for an actor stream that is not there."""

    code = "actor-unknown"


class ActorHasMerged(Refusal):
    """An event for an actor that is now another's entry."""

    code = "actor-merged"


class EventUnknown(Refusal):
    """No event of that id in the stream that can be withdrawn, reinstated or amended."""

    code = "event-unknown"


class AlreadyWithdrawn(Refusal):
    """The report to withdraw does not stand."""

    code = "already-withdrawn"


class NotWithdrawn(Refusal):
    """The report to reinstate stands."""

    code = "not-withdrawn"


class EventIdReused(Refusal):
    """The same event id with other content."""

    code = "event-id-reused"


class VersionConflict(Refusal):
    """The stream is not at the version that the writer expected."""

    code = "version-conflict"

    def __init__(self, detail: str, current_version: int, *faults: Fault) -> None:
        super().__init__(detail, *faults)
        self.current_version = current_version


class ActorNameUnknown(Refusal):
    """Names that no actor has: `named` has one for each place, as (pointer, name), and `actors` each name once.

    `nearest` are known names that come close to each, where these were looked up.
    """

    code = "actor-unknown"

    def __init__(self, named: Iterable[tuple[str, str]], nearest: Mapping[str, Sequence[str]] = {}) -> None:
        named = tuple(named)
        self.actors = tuple(dict.fromkeys(name for _, name in named))
        first = ", ".join(repr(name) for name in self.actors[:NAMED])
        more = f" and {len(self.actors) - NAMED} more" if len(self.actors) > NAMED else ""
        super().__init__(
            f"no actor is called {first}{more}: register it first, or append with register_actors=true",
            *(Fault(pointer, f"no actor is called {name!r}{_hint(nearest.get(name))}") for pointer, name in named),
        )
        self.nearest = nearest
        self._names = [name for _, name in named]

    @property
    def named(self) -> list[tuple[str, str]]:
        """The places where the faults are now, each with its name."""
        return [(fault.pointer, name) for fault, name in zip(self.faults, self._names, strict=True)]

    def hinted(self, nearest: Mapping[str, Sequence[str]]) -> ActorNameUnknown:
        """The same, with known names that come close."""
        return ActorNameUnknown(self.named, nearest)


def _hint(nearest: Sequence[str] | None) -> str:
    return f"; known: {', '.join(map(repr, nearest))}" if nearest else "; the id, the name or an alias of an actor"


class ActorAmbiguous(Refusal):
    """A name that several actors share; `actors` are their ids, any of which would be accepted."""

    code = "actor-ambiguous"

    def __init__(self, name: str, actors: tuple[str, ...], *faults: Fault) -> None:
        self.actors = tuple(sorted(actors))
        super().__init__(f"{name!r} names more than one actor: {', '.join(self.actors)}; give the id", *faults)
