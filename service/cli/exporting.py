"""The log as a file and back: `asof export`, `asof restore`."""

from __future__ import annotations

import click

from service.cli.faults import Finding
from service.cli.files import Damaged, reading, writing
from service.cli.options import HEAD
from service.cli.progress import progress
from service.cli.refused import of_line
from service.cli.target import Target, store_only, store_or_server
from service.plurals import events

PAGE = 1_000


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@store_or_server
def export(target: Target, file: str) -> None:
    """Write the log to FILE: NDJSON, an event a line.

    FILE - is standard output, and one that ends in .gz is packed; an SQLite database is not replaced. Each line is the
    event as stored, with its position and recorded_at; `asof restore` takes it back.
    """
    from adapters.client.asked import NDJSON

    written = 0
    with target.client() as client, writing(file) as out, progress("exported") as told:
        for page in client.pages(client.events(limit=PAGE, accept=NDJSON)):
            out.write(page.body)
            written += page.body.count(b"\n")
            told.at(written)
    click.echo(f"{events(written)} exported.", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--head", "expected", type=HEAD, metavar="HEAD", help="The head of the chain that FILE has to end in.")
@store_only
def restore(target: Target, file: str, expected: str | None) -> None:
    """Take the export FILE into an empty store.

    Positions and recorded_at are kept; all of it is taken or nothing. FILE - is standard input.
    """
    from service.restore import HeadDiffers, LineRefused, NotEmpty, documents

    head = None if expected is None else bytes.fromhex(expected)
    with reading(file) as given, target.services(creates=True) as inside, progress("restored") as told:
        try:
            restored = inside.restorer.restore(documents(given), head, told.at, told.then("shown"))
        except LineRefused as refused:
            raise Finding("\n  ".join(of_line(refused)) + "\nnothing was restored") from None
        except (HeadDiffers, NotEmpty, Damaged) as refused:
            raise Finding(f"{refused}; nothing was restored") from None
    click.echo(f"{events(restored.position)} restored, head {restored.head.hex()}")
