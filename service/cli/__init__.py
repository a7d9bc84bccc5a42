"""The command line `asof`: data to stdout, progress and notes to stderr.

It exits with 0, with 1 for a finding (a check failed, an append was refused, what was asked for is not there), 2 for
wrong usage, 3 where it could not run, and 130 on Ctrl-C, SIGTERM and SIGHUP: what it had begun is taken away then.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from service.cli.command import asof
from service.cli.faults import hush
from service.cli.streams import stand_in

INTERRUPTED = 130
_AS_CTRL_C = (signal.SIGTERM, signal.SIGHUP)


def main() -> NoReturn:
    """Run the command line of this process."""
    stand_in()
    for number in _AS_CTRL_C:
        # Who starts a command with `nohup` wants it to go on.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.exit(_run())


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    for number in _AS_CTRL_C:
        # What is being taken away already is not left half there because somebody says it twice.
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run() -> int:
    try:
        status = asof.main(prog_name="asof", standalone_mode=False)
    except click.ClickException as fault:
        _show(fault)
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def _show(fault: click.ClickException) -> None:
    """How it ended does not depend on whether somebody reads why."""
    try:
        fault.show()
    except BrokenPipeError:
        hush(sys.stderr)
