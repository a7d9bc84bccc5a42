"""A refusal of events in words: what is wrong, in which line, and what would be accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.client import Problem
    from domain.refusals import Refusal
    from service.restore import LineRefused

MOST_TOLD = 20
OF_AN_EXPORT = re.compile(r"(?:/\d+)?/(position|recorded_at)")
"""Members that an exported event has, and none that is appended."""
AN_EXPORT = (
    "these are events of an export: `asof restore FILE` takes it into an empty store, "
    "`asof replay FILE --into URL` also into one that has its beginning"
)
LineOf = Callable[[str], int | None]
"""The line of the file that a JSON pointer into a request leads to."""

_LINE_OF_THE_REQUEST = re.compile(r"line \d+: ")


def of_problem(problem: Problem, line_of: LineOf) -> str:
    """What the service refused."""
    faults = [(error.get("pointer", ""), error["detail"]) for error in problem.errors]
    return _told("refused", problem.code, problem.detail, faults, line_of)


def of_refusal(refusal: Refusal, line_of: LineOf) -> str:
    """What would be refused."""
    faults = [(fault.pointer, fault.detail) for fault in refusal.faults]
    return _told("would be refused", refusal.code, refusal.detail, faults, line_of)


def of_line(refused: LineRefused) -> list[str]:
    """What is wrong with a line of an export: the first fault behind its position and number, the others by place."""
    refusal = refused.refusal
    faults = [f"{fault.pointer or 'the line'}: {fault.detail}" for fault in refusal.faults]
    if not refusal.faults or refusal.faults[0].detail != refusal.detail:
        return [str(refused), *faults]
    # The first fault is what sums it up.
    first = faults[0] if refusal.faults[0].pointer else refusal.detail
    return [f"position {refused.position}, line {refused.line}: {first}", *faults[1:]]


def _told(verdict: str, code: str, detail: str, faults: list[tuple[str, str]], line_of: LineOf) -> str:
    # The detail of what is malformed sums up the faults by their places in the request, which a file does not have.
    first = f"{verdict} ({code})" if faults and code == "malformed" else f"{verdict} ({code}): {detail}"
    exported = {pointer: found[1] for pointer, _ in faults if (found := OF_AN_EXPORT.fullmatch(pointer))}
    if len(set(exported.values())) == 2:  # noqa: PLR2004 (both)
        first, faults = f"{first}: {AN_EXPORT}", [fault for fault in faults if fault[0] not in exported]
    told = [first.replace("register_actors=true", "--register-actors"), *_lines(faults[:MOST_TOLD], line_of)]
    if len(faults) > MOST_TOLD:
        told.append(f"  and {len(faults) - MOST_TOLD} more")
    return "\n".join(told)


def _lines(faults: Iterable[tuple[str, str]], line_of: LineOf) -> Iterable[str]:
    for pointer, detail in faults:
        line = line_of(pointer)
        if line is None:
            yield f"  {pointer}: {detail}" if pointer else f"  {detail}"
            continue
        within = pointer.removeprefix("/").partition("/")[2]
        said = _LINE_OF_THE_REQUEST.sub("", detail, count=1)
        yield f"  line {line}: /{within}: {said}" if within else f"  line {line}: {said}"
