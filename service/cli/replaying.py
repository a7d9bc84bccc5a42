"""`asof replay`: everything that answers built again from the log, and checked against what it answered before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.faults import CouldNotRun, Finding, tell
from service.cli.files import Damaged, reading
from service.cli.into import replay_into
from service.cli.options import DATE, given
from service.cli.progress import progress
from service.cli.refused import of_line
from service.cli.target import Target, a_store, store_only
from service.plurals import events
from service.processes.temporary import temporary_folder

if TYPE_CHECKING:
    from service.compose import Services
    from service.replay.checks import Outcome
    from service.restore import LineRefused

SHOWN = 20
"""Findings of a check that are printed; the JUnit file has them all."""
DIFF_LINES = 200
PAGE = 2_000


@click.command()
@click.argument("log", type=click.Path(dir_okay=False, allow_dash=True), required=False)
@click.option("--check", "golden", type=click.Path(file_okay=False), metavar="DIR", help="Compare with these goldens.")
@click.option("--junit", type=click.Path(dir_okay=False), metavar="FILE", help="Write the outcome as JUnit XML too.")
@click.option("--update", is_flag=True, help="Write the goldens anew and show what changes in them.")
@click.option("--checkpoint", "dates", type=DATE, multiple=True, help="With --update: a date to ask at; repeat it.")
@click.option("--into", metavar="URL", help="Replay into this other store, empty or behind: its log and its views.")
@store_only
def replay(
    target: Target,
    log: str | None,
    *,
    golden: str | None,
    junit: str | None,
    update: bool,
    dates: tuple[str, ...],
    into: str | None,
) -> None:
    """Replay a log from zero, and check that it answers as before.

    Every projection is built anew. Of the export LOG (- is standard input) it is told what they come to. Of a store
    they are built in place, while it is in use: beside the old ones, which are read until the new ones take their place
    at once. What is interrupted goes on the next time.

    With --into the log, of the export or the store, goes into another store, of the same kind or the other: the events
    as they are, and everything that answers built from them. What that store has already must be the beginning of the
    log, else the first event that differs is named and nothing is stored. What is interrupted goes on the next time.

    With --check the log has to be the one that the goldens in DIR were made of, perhaps with more behind it, and has to
    answer as it did: every event decodes, the log extends the golden head, full replay equals golden, incremental
    equals full, and the answers at the golden's checkpoints are the same. What differs is named by actor, checkpoint,
    field and first event.
    """
    _exclude(target, log, golden, junit, into, update=update, dates=dates)
    if into is not None:
        replay_into(target, log, into)
    elif golden is None:
        _replay(target, log)
    elif update:
        _update(target, log, Path(golden), dates)
    else:
        _check(target, log, Path(golden), None if junit is None else Path(junit))


def _exclude(
    target: Target,
    log: str | None,
    golden: str | None,
    junit: str | None,
    into: str | None,
    *,
    update: bool,
    dates: tuple[str, ...],
) -> None:
    """Raise UsageError for options that make no sense together."""
    if golden is None and (junit is not None or update):
        raise click.UsageError("--junit and --update belong to --check DIR")
    if junit is not None and update:
        raise click.UsageError("--junit and --update exclude each other: to write goldens checks nothing")
    if junit is not None and not Path(junit).parent.is_dir():
        raise click.UsageError(f"--junit {junit}: there is no directory {Path(junit).parent}")
    if dates and not update:
        raise click.UsageError("--checkpoint belongs to --update")
    if log is not None and given("store"):
        raise click.UsageError("give LOG or --store, not both")
    if update and os.environ.get("CI", "").lower() in ("true", "1"):
        raise click.UsageError("--update is not for CI: goldens are made by somebody who looks at what changes")
    if into is not None and golden is not None:
        raise click.UsageError("--into and --check exclude each other")
    if into is not None and log is None and into == target.store:
        raise click.UsageError("--into names the store itself; without it, its views are built anew in place")


def _replay(target: Target, log: str | None) -> None:
    if log is None:
        _rebuild(target)
        return
    from service.replay.digests import digests
    from service.replay.take import ledger_of

    with _readable(), _source(target, log) as inside:
        position = inside.log.head().position
        with progress("replayed", position) as told:
            ledger = ledger_of(inside.log, position, PAGE, progress=told.at)
        head = ledger.heads.get(position, bytes(32)).hex()
        for name, made in digests(ledger).projections.items():
            click.echo(f"{name:<13} {made.facts:>12,} facts  {made.digest}")
    click.echo(f"{events(position)} replayed, {told.rate(position):,.0f} a second, head {head}", err=True)


def _rebuild(target: Target) -> None:
    from service.processes.garbage import collect_rarely
    from service.rebuilding.rebuild import rebuild
    from service.stores import open_for_rebuild, reopening

    target.require()
    collect_rarely()
    with a_store(), open_for_rebuild(target.store) as (log, views), progress("replayed", log.head().position) as told:
        position = rebuild(log, views, told.at, reopening(target.store))
        rate = told.rate(position)
    click.echo(f"{events(position)} replayed, {rate:,.0f} a second: the views are the new ones.", err=True)


def _check(target: Target, log: str | None, folder: Path, junit: Path | None) -> None:
    from service.replay import checks
    from service.replay.golden import Unusable, read
    from service.restore import LineRefused

    try:
        golden = read(folder)
    except Unusable as fault:
        raise CouldNotRun(str(fault)) from None
    outcomes: list[Outcome] = []
    try:
        with _source(target, log) as inside, progress("replayed", golden.position) as told:
            for outcome in checks.check(inside, golden, folder, told.at):
                told.end()
                outcomes.append(_shown(outcome))
    except (LineRefused, Damaged) as refused:
        outcomes = [_shown(outcome) for outcome in checks.undecodable(_why(refused))]
    _tell_machines(outcomes, junit)
    failed = sum(outcome.verdict == "failed" for outcome in outcomes)
    if failed:
        raise Finding(f"{failed} of {len(outcomes)} checks failed")


def _update(target: Target, log: str | None, folder: Path, dates: tuple[str, ...]) -> None:
    from service.replay import differences
    from service.replay.digests import digests
    from service.replay.golden import SUMMARY, Unusable, read, texts, write
    from service.replay.take import checkpoints, ledger_of, take

    try:
        before = read(folder) if (folder / SUMMARY).exists() else None
    except Unusable as fault:
        tell(f"{fault}; they are written anew", err=True)
        before = None
    with _readable("; the goldens are as they were"), _source(target, log) as inside:
        position = inside.log.head().position
        with progress("replayed", position) as told:
            ledger = ledger_of(inside.log, position, PAGE, progress=told.at)
        chosen = checkpoints(ledger, position, dates, before.answers if before else ())
        now = take(inside.log, inside.views, chosen, ledger, digests(ledger))
    if before is not None:
        for difference in differences.of_projections(before, now):
            tell(difference)
        tell(differences.diff(before, now, folder), nl=False)
    write(folder, texts(now))
    tell(f"goldens of {events(position)}, {len(now.answers)} checkpoints, head {now.head}", err=True)


@contextmanager
def _source(target: Target, log: str | None) -> Iterator[Services]:
    """The store; or a scratch store that holds the export, which is gone afterwards.

    Raises LineRefused and Damaged.
    """
    from service.compose import services
    from service.restore import documents

    if log is None:
        with target.services() as inside:
            yield inside
        return
    with (
        temporary_folder("asof-replay-") as folder,
        services(f"sqlite:///{folder}/scratch.db") as inside,
    ):
        with reading(log) as given, progress("read") as told:
            inside.restorer.restore(documents(given), progress=told.at)
        yield inside


@contextmanager
def _readable(consequence: str = "") -> Iterator[None]:
    """Raise Finding where the export is none, or is damaged."""
    from service.restore import LineRefused

    try:
        yield
    except (LineRefused, Damaged) as refused:
        raise Finding(f"{_why(refused)}{consequence}") from None


def _why(refused: LineRefused | Damaged) -> str:
    return str(refused) if isinstance(refused, Damaged) else "; ".join(of_line(refused))


def _shown(outcome: Outcome) -> Outcome:
    tell(f"{outcome.verdict:<8} {outcome.title}: {outcome.told}")
    for finding in outcome.findings[:SHOWN]:
        tell(f"         {finding}")
    if outcome.findings[SHOWN:]:
        tell(f"         and {len(outcome.findings) - SHOWN} more")
    lines = outcome.diff.splitlines()
    tell("".join(f"{line}\n" for line in lines[:DIFF_LINES]), nl=False)
    if lines[DIFF_LINES:]:
        tell(f"... and {len(lines) - DIFF_LINES:,} more lines")
    return outcome


def _tell_machines(outcomes: list[Outcome], junit: Path | None) -> None:
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from service.replay.github import commands, summary

        for annotation in commands(outcomes):
            tell(annotation, err=True)
        file = os.environ.get("GITHUB_STEP_SUMMARY")
        if file:
            with Path(file).open("a", encoding="utf-8") as out:
                out.write(summary(outcomes))
    # Last, since it is the one whose place the user names.
    if junit is not None:
        from service.replay.junit import junit as document

        junit.write_bytes(document(outcomes))
