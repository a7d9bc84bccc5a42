"""Where a wire names actors, so that names can be replaced by ids in place. The actor whose stream it is, is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]


class Reference(NamedTuple):
    """One place where an actor is named: `container[key]`, at a JSON pointer from the event on."""

    container: Json
    key: str
    pointer: str

    @property
    def name(self) -> str:
        """The id, name or alias that stands there."""
        name: str = self.container[self.key]
        return name

    def replace(self, actor: str) -> None:
        """Put an id there instead."""
        self.container[self.key] = actor


def references(wire: Json) -> Iterator[Reference]:
    """Every place of the wire where an actor is named, in a fixed order; what was cleared (null) names nobody."""
    yield from _listed(wire, "")
    for key in ("by", "with", "into"):
        if key in wire:
            yield Reference(wire, key, f"/{key}")
    changes = wire.get("changes")
    if changes:
        yield from _listed(changes, "/changes")
    report = wire.get("report")
    if report:
        yield from _reported(report)


def _listed(members: Json, base: str) -> Iterator[Reference]:
    for index, listed in enumerate(members.get("actors") or ()):
        yield Reference(listed, "actor", f"{base}/actors/{index}/actor")


def _reported(report: Json) -> Iterator[Reference]:
    if report.get("attributed_to") is not None:
        yield Reference(report, "attributed_to", "/report/attributed_to")
    for index, figure in enumerate(report.get("figures") or ()):
        if "claimed_by" in figure:
            yield Reference(figure, "claimed_by", f"/report/figures/{index}/claimed_by")
