"""What the API refuses of a question, in the terms of the command line: its options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import click

_PARAMETER = re.compile(r"`(\w+)`")


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
    return _PARAMETER.sub(lambda named: option(named[1], command), detail)
