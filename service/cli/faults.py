"""How a command ends that does not end well: a sentence on stderr and an exit code, never a traceback of Python's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from adapters.client import Problem

UNPROCESSABLE = 422
NOT_FOUND = 404
NO_ROUTE = "the service has no such route: --server or ASOF_SERVER is its address alone, without /v1"
HINTS = {"actor-unknown": "; `asof actors -q WORDS` looks for it among the names"}


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

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options of the group; --help and --version print here."""
        with _telling():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _telling(lambda: self.commands.get(ctx.invoked_subcommand or "")):
            status = super().invoke(ctx)
            # What cannot be written any more is told like any other fault.
            sys.stdout.flush()
        return status


@contextmanager
def _telling(running: Callable[[], click.Command | None] = lambda: None) -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except BrokenPipeError:
        for stream in (sys.stdout, sys.stderr):
            hush(stream)
        raise click.exceptions.Exit(0) from None
    except Exception as fault:
        told = _told(fault, running())
        if told is None:
            raise
        raise told from fault


def tell(text: str | bytes, *, nl: bool = True, err: bool = False) -> None:
    """Print for as long as somebody reads: work whose outcome is told goes on without a reader, and ends as ever."""
    try:
        click.echo(text, nl=nl, err=err)
    except BrokenPipeError:
        hush(sys.stderr if err else sys.stdout)


def hush(stream: IO[str]) -> None:
    """Let what is written to a stream go nowhere, if its reader has seen enough.

    What is still buffered would fail again when Python ends.
    """
    try:
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _told(fault: Exception, command: click.Command | None) -> click.ClickException | None:
    """What to tell of a fault; None for one that is a defect of the program."""
    from adapters.client.answer import NoService, NotReachable, Problem
    from domain.ports import Unavailable
    from domain.unavailable import Rewritten
    from service.settings import BadSetting

    match fault:
        case Problem():
            return _problem(fault, command)
        case BadSetting():
            return click.UsageError(str(fault))
        case NotReachable() | NoService() | Unavailable():
            rewritten = isinstance(fault, Rewritten)
            return Finding(f"{fault}; the views stay as they were") if rewritten else CouldNotRun(str(fault))
        case OSError():
            place = f"{fault.filename}: " if fault.filename else ""
            return CouldNotRun(f"{place}{fault.strerror or fault}")
        case UnicodeEncodeError(reason="surrogates not allowed"):
            return click.UsageError(f"{fault.object!a} is no text; accepted: UTF-8")
        case _:
            return None


def _problem(problem: Problem, command: click.Command | None) -> click.ClickException:
    status, code, detail = problem.status, problem.code, problem.detail
    if code == "route-unknown":
        return CouldNotRun(f"{NO_ROUTE} ({detail})")
    if status == NOT_FOUND:
        return Finding(f"{detail}{HINTS.get(code, '')}")
    if status == UNPROCESSABLE:
        from service.cli import usage

        # The detail of an ambiguous name has all that its fault has, and says what to do.
        errors = () if code == "actor-ambiguous" else problem.errors
        return click.UsageError(usage.told(errors, command) or detail)
    return CouldNotRun(f"the service answered {status} {code}: {detail}".replace(" :", ":"))
