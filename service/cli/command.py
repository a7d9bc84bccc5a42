"""The command `asof` and the families it is made of."""

from __future__ import annotations

import click

from service.cli.appending import append, import_
from service.cli.backing_up import backup
from service.cli.checking import verify
from service.cli.completing import completion
from service.cli.exporting import export, restore
from service.cli.faults import Told
from service.cli.logging_ import events, log
from service.cli.reading import actors, changes, development, figures, history, state, timeline
from service.cli.replaying import replay
from service.cli.serving import demo, project, serve
from service.cli.version import show_version

FAMILIES = {
    "Start": (demo, serve, project),
    "Write": (append, import_),
    "Ask": (state, timeline, development, history, changes, figures, actors),
    "The log": (events, log, export, restore, backup, replay, verify),
    "Shell": (completion,),
}


class Families(Told):
    """A group that lists its commands by family."""

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A section for each family."""
        for family, commands in FAMILIES.items():
            with formatter.section(family):
                formatter.write_dl([(command.name or "", command.get_short_help_str(90)) for command in commands])


@click.group(cls=Families, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Say which version this is.",
)
def asof() -> None:
    """What was known, as of any date: a timeline of reported developments, kept as a log of events.

    Three clocks: when it happened (occurred), when the public learned of it (reported, cut by --as-of), when this
    service learned of it (recorded, cut by --at and --recorded-as-of).

    The store is --store or ASOF_STORE (sqlite:///asof.db where nothing is said); a running service is asked instead
    with --server or ASOF_SERVER. Exits with 0, 1 for a finding, 2 for wrong usage, 3 where it could not run.
    """


for _commands in FAMILIES.values():
    for _command in _commands:
        asof.add_command(_command)
