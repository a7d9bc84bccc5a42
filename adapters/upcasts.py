"""Older shapes of stored events, brought up to date on every reading: dict -> dict, a step for each change.

The shapes of the contract are version 1 and have the bare name of their type. Any other version stands behind the name,
as in `ActorAffiliated.v0`: the name is what tells shapes apart on the wire already, and a flat event has no field to
spare. The log column `type`, by which events are asked for, has the bare name.

What is stored stays as it is: the export shows it and the hash chain is made of it. `restore` takes older shapes, since
an export may hold them; an append does not, since nothing writes them any more. A shape that changes again gets one
more step here and a sample of what was written before in `tests/replay/corpus/`; no step is ever taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Wire = Mapping[str, Any]


def upcast(wire: Wire) -> Wire:
    """The event in its newest shape: itself where it has that already, or where its type is not known at all."""
    while is_older(wire):
        wire = STEPS[wire["type"]](wire)
    return wire


def is_older(wire: Wire) -> bool:
    """Whether the event has a shape that nothing writes any more."""
    kind = wire.get("type")
    return isinstance(kind, str) and kind in STEPS


def _affiliated_over_a_period(wire: Wire) -> Wire:
    """Two dates, `from` and `to`, of which either might be missing, became one EDTF interval, `period`."""
    newer = {key: value for key, value in wire.items() if key not in ("from", "to")}
    period = [".." if wire.get(end) is None else wire[end] for end in ("from", "to")]
    if period != ["..", ".."]:
        newer["period"] = "/".join(map(str, period))
    return newer | {"type": "ActorAffiliated"}


STEPS: dict[str, Callable[[Wire], Wire]] = {
    "ActorAffiliated.v0": _affiliated_over_a_period,
}
"""By the type as stored: what makes the next newer shape of it."""
