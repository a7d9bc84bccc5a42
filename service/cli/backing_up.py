"""`asof backup`: a copy of the embedded store, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.progress import progress
from service.cli.target import Target, a_store, store_only
from service.plurals import events


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@store_only
def backup(target: Target, file: str) -> None:
    """Copy the embedded store into FILE while it is in use.

    FILE is a store of its own, log and views as they were at one moment: `asof serve --store sqlite:///FILE`. It is
    there once it is whole, and replaces one of that name: a store that nobody has open, or an empty file.
    """
    from service.stores import back_up

    if file == "-":
        raise click.UsageError("a backup is a file that is a store, not a stream; `asof export -` writes the log")
    target.require()
    with a_store(), progress("copied", unit="pages") as told:
        position = back_up(target.store, Path(file), told.of)
    are = "is" if position == 1 else "are"
    click.echo(f"{events(position)} {are} in the copy {file}.", err=True)
