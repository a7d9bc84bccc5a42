"""The command line `asof`: data to stdout, progress and notes to stderr.

It exits with 0, with 1 for a finding (a check failed, an append was refused, what was asked for is not there), 2 for
wrong usage, 3 where it could not run, and 130 on Ctrl-C.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from service.cli.command import asof
from service.cli.streams import stand_in

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process."""
    stand_in()
    sys.exit(_run())


def _run() -> int:
    try:
        status = asof.main(prog_name="asof", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return status if isinstance(status, int) else 0
