"""What the API refuses of a question, in the terms of the command line: its options, and what is accepted in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import click

STREAM = "accepted: development/ID or actor/ID, as `asof events` shows them"

_PARAMETER = re.compile(r"`(\w+)`")
_IN_WORDS: Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = (
    (re.compile(r"String should have at least 1 character"), "it is empty; accepted: a text"),
    (re.compile(r"String should have at most (\d+) characters"), r"it is too long; accepted: at most \1 characters"),
    (re.compile(r"String should match pattern '\^\(development\|actor\)/.*"), STREAM),
    (re.compile(r"Input should be ('.+)"), lambda found: f"accepted: {found[1].replace(chr(39), '')}"),
    (re.compile(r"Tuple should have at most (\d+) items .*"), r"it is given too often; accepted: at most \1 times"),
)
"""What the API has in the words of its validation, and how it is told here; all else is told as it is."""


def told(errors: Sequence[Mapping[str, str]], command: click.Command | None) -> str:
    """A line for each parameter that is refused; empty where none is."""
    return "\n".join(
        f"{option(error['parameter'], command)}: {_told(error['detail'], command)}"
        for error in errors
        if "parameter" in error
    )


def option(parameter: str, command: click.Command | None) -> str:
    """The option of a command that asks for a parameter of the API."""
    for given in () if command is None else command.params:
        if isinstance(given, click.Option) and (given.name or "").rstrip("_") == parameter:
            return given.opts[0]
    return f"--{parameter.replace('_', '-')}"


def _told(detail: str, command: click.Command | None) -> str:
    for said, instead in _IN_WORDS:
        found = said.fullmatch(detail)
        if found is not None:
            return found.expand(instead) if isinstance(instead, str) else instead(found)
    return _PARAMETER.sub(lambda named: option(named[1], command), detail)
