"""`asof verify`: whether the log is the one it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.cli import options
from service.cli.faults import Finding
from service.cli.files import reading
from service.cli.options import HEAD
from service.cli.progress import progress
from service.cli.target import Target, store_or_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.cli.progress import Progress
    from service.verify import Verified


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), required=False)
@click.option("--head", "expected", type=HEAD, metavar="HEAD", help="The head that the chain has to have.")
@options.at
@store_or_server
def verify(target: Target, file: str | None, expected: str | None, at: int | None) -> None:
    """Compute the chain of hashes over the log again: of a store, of a running service, or of the export FILE.

    Names the first event that does not fit: with the head kept for it, or with --head (--at POSITION, else the end).
    """
    from service.verify import DoesNotFit

    if at is not None and expected is None:
        raise click.UsageError("--at belongs to --head: the position that has it")
    with progress("verified") as told:
        try:
            verified = _verify(target, file, None if expected is None else bytes.fromhex(expected), at, told)
        except DoesNotFit as finding:
            raise Finding(str(finding)) from None
    click.echo(f"{verified.position:,} events fit, head {verified.head.hex()}")


def _verify(target: Target, file: str | None, expected: bytes | None, at: int | None, told: Progress) -> Verified:
    from service.verify import verify_lines, verify_store

    if file is not None:
        with reading(file) as given:
            return verify_lines(_exported(given), None if expected is None else (at, expected), told.at)
    if target.server is not None:
        with target.client() as client:
            log = client.log(at=at).document()
            wanted = bytes.fromhex(log["head"]) if expected is None else expected
            pages = client.pages(client.events(limit=1_000, at=log["position"], accept="application/x-ndjson"))
            lines = (line for page in pages for line in page.body.splitlines(keepends=True))
            return verify_lines(_exported(lines), (log["position"], wanted), told.at)
    with target.services() as inside:
        position = inside.log.head().position if at is None else at
        return verify_store(inside.log, inside.views, None if expected is None else (position, expected), told.at)


def _exported(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, object]]]:
    from adapters.codec.parse import ndjson_lines
    from domain.refusals import Malformed

    try:
        for number, document in ndjson_lines(lines):
            if not isinstance(document, dict):
                raise Finding(f"line {number} is no event")
            yield number, document
    except Malformed as fault:
        raise Finding(fault.detail) from None
