"""`asof verify`: whether the log is the one it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.cli import options
from service.cli.faults import Finding
from service.cli.files import lines_about, reading
from service.cli.options import HEAD, LARGEST_PAGE
from service.cli.progress import progress
from service.cli.target import Target, store_or_server
from service.plurals import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.client import Client
    from service.cli.progress import Progress
    from service.verifying.verify import NotedHead, Verified


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), required=False)
@click.option("--head", type=HEAD, metavar="HEAD", help="The head that the chain has to have.")
@options.at
@store_or_server
def verify(target: Target, file: str | None, head: str | None, at: int | None) -> None:
    """Check the chain of hashes: of a store, of a running service, or of the export FILE.

    It is computed again over the log and compared with the heads that are kept: of a store with all of them, of a
    service with every 2,500th and the last. The first event that does not fit is named. Whoever can write to a store
    can make its heads anew as well: --head, noted elsewhere, finds that too (of the end, or of --at POSITION).

    An export carries no heads. Of FILE (- is standard input) it is checked that every line can be read and that the
    positions count from 1 without a gap; whether an event in it was changed shows only in another head than the one
    that was noted: give that as --head.
    """
    from service.verifying.verify import DoesNotFit, NotedHead

    if at is not None and head is None:
        raise click.UsageError("--at belongs to --head: the position that has it")
    expected = None if head is None else NotedHead(at, bytes.fromhex(head))
    with progress("verified") as told:
        try:
            verified = _verify(target, file, expected, told)
        except DoesNotFit as finding:
            raise Finding(str(finding)) from None
    click.echo(f"{_found(verified, compared=file is None or head is not None)}, head {verified.head.hex()}")
    if file is not None and head is None:
        click.echo("An export carries no heads: compare this one with one that was noted elsewhere (--head).", err=True)


def _found(verified: Verified, *, compared: bool) -> str:
    if not compared:
        return f"{events(verified.position)} in order"
    return "1 event fits" if verified.position == 1 else f"{events(verified.position)} fit"


def _verify(target: Target, file: str | None, expected: NotedHead | None, told: Progress) -> Verified:
    from service.processes.garbage import collect_rarely
    from service.stores import log_reopening
    from service.verifying.verify import verify_lines, verify_store

    collect_rarely()
    if file is not None:
        with reading(file) as given:
            return verify_lines(given, expected, told.at, many=lines_about(file))
    if target.server is None:
        with target.opened() as inside:
            return verify_store(inside.log, inside.read, expected, told.at, log_reopening(target.store))
    with target.client() as client:
        return verify_lines(_served(client), expected, told.at, lambda at: _head(client, at))


def _served(client: Client) -> Iterator[bytes]:
    from adapters.client.asked import NDJSON

    for page in client.pages(client.events(limit=LARGEST_PAGE, accept=NDJSON)):
        yield from page.body.splitlines(keepends=True)


def _head(client: Client, at: int) -> bytes:
    return bytes.fromhex(client.log(at=at).document()["head"])
