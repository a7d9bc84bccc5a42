"""How a command ends that does not end well: a sentence on stderr and an exit code, never a traceback of Python's."""

from __future__ import annotations

from typing import IO, Any

import click

UNPROCESSABLE = 422
NOT_FOUND = 404


class Finding(click.ClickException):
    """Something was found: a check failed, an append was refused, what was asked for is not there."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """To stderr."""
        click.echo(self.format_message(), file=file, err=True)


class CouldNotRun(click.ClickException):
    """The store or the server cannot be used, a file cannot be written, a port is taken."""

    exit_code = 3


class Told(click.Group):
    """A group whose commands raise what the inside raises; here it becomes a sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            told = _told(fault)
            if told is None:
                raise
            raise told from fault


def _told(fault: Exception) -> click.ClickException | None:
    """What to tell of a fault; None for one that is a defect of the program."""
    from adapters.client.answer import NotReachable, Problem
    from domain.ports import Unavailable
    from service.settings import BadSetting

    match fault:
        case Problem():
            return _problem(fault.status, fault.detail, fault.errors, fault.code)
        case BadSetting():
            return click.UsageError(str(fault))
        case NotReachable() | Unavailable():
            return CouldNotRun(str(fault))
        case OSError():
            place = f"{fault.filename}: " if fault.filename else ""
            return CouldNotRun(f"{place}{fault.strerror or fault}")
        case _:
            return None


def _problem(status: int, detail: str, errors: list[dict[str, str]], code: str) -> click.ClickException:
    if status == NOT_FOUND:
        return Finding(detail)
    if status == UNPROCESSABLE:
        options = [f"{_option(error['parameter'])}: {error['detail']}" for error in errors if "parameter" in error]
        return click.UsageError("\n".join(options) or detail)
    return CouldNotRun(f"the service answered {status} {code}: {detail}".replace(" :", ":"))


def _option(parameter: str) -> str:
    return f"--{parameter.replace('_', '-')}"
