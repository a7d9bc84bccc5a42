"""Answering over HTTP: `asof serve`, and `asof demo` with the sample story; `asof project` beside it."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from service.cli.faults import CouldNotRun
from service.cli.target import Target
from service.processes.temporary import temporary_folder
from service.settings import MOST_WORKERS, Settings, is_loopback, shown

if TYPE_CHECKING:
    import socket

    from service.compose import Services

DEMO_QUESTIONS = (
    (
        "Did North Korean soldiers fight in Kursk? Disputed, and a day later confirmed (reported clock):",
        "/v1/developments/dprk-troops-fight-in-kursk?as_of=2025-04-27",
        "/v1/developments/dprk-troops-fight-in-kursk?as_of=2025-04-28",
    ),
    (
        "How many were killed? Rival counts, and how they grew (reported clock):",
        "/v1/figures/dprk-killed?as_of=2025-01-31",
        "/v1/figures/dprk-killed?as_of=2025-09-02",
    ),
    (
        "What did this service answer then, and what does it answer now (recorded clock)?",
        "/v1/figures/dprk-wounded?as_of=2025-04-30&recorded_as_of=2025-05-31",
        "/v1/figures/dprk-wounded?as_of=2025-04-30",
    ),
)
_host = click.option("--host", metavar="HOST", help="Where to listen; loopback only.  [ASOF_HOST, else 127.0.0.1]")
_port = click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="PORT", help="0 for any free one.  [ASOF_PORT, else 8000]"
)


@click.command()
@click.option("--store", metavar="URL", help="The store.  [ASOF_STORE, else sqlite:///asof.db]")
@click.option("--read-store", metavar="URL", help="A hot standby of it to put questions to.  [ASOF_READ_STORE]")
@_host
@_port
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    metavar="N",
    help="How many processes answer.  [ASOF_WORKERS, else 1]",
)
@click.option("--project/--no-project", default=True, help="Whether to project, or leave it to `asof project`.")
@click.option("--access-log/--no-access-log", default=True, help="Whether to tell every request on stderr.")
def serve(
    *,
    store: str | None,
    read_store: str | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    project: bool,
    access_log: bool,
) -> None:
    """Answer over HTTP until Ctrl-C."""
    settings = Settings.read()
    host = host or settings.host
    if not is_loopback(host):
        raise click.UsageError(
            f"--host {host}: without any key the service serves only loopback; accepted: 127.0.0.1, ::1, localhost"
        )
    target = Target(store or settings.store, None, None, read_store or settings.read_store, projects=project)
    count = workers or settings.workers
    with _listening(host, settings.port if port is None else port) as listening, _stoppable():
        if count == 1:
            with target.services(creates=True) as inside:
                _serve(inside, listening, _serves(target, listening), log=access_log, quiet=False)
        else:
            _serve_together(target, listening, count, log=access_log)


@click.command()
@click.option("--store", metavar="URL", help="The store.  [ASOF_STORE, else sqlite:///asof.db]")
def project(store: str | None) -> None:
    """Keep the views of a store level with its log until Ctrl-C.

    For services that leave it to others.
    """
    from service.http.lifespan import SECONDS, level

    target = Target(store or Settings.read().store, None, None)
    with _stoppable(), target.services(creates=True) as inside:
        # Where a store has many processes, it is followed in the background all the while.
        click.echo(f"asof projects {shown(target.store)}", err=True)
        while True:
            level(inside)
            time.sleep(SECONDS)


@click.command()
@_port
@click.option("--store", metavar="URL", help="Keep the story in this store, or serve what it holds.")
def demo(port: int | None, store: str | None) -> None:
    """Serve the sample story, and say what to open and ask.

    Ctrl-C ends it and takes the story away.
    """
    from service import story

    with (
        _listening("127.0.0.1", Settings.read().port if port is None else port) as listening,
        _stoppable(),
        temporary_folder("asof-demo-") as directory,
        Target(store or f"sqlite:///{directory}/story.db", None, None).services(creates=True) as inside,
    ):
        if not inside.log.head().position:
            inside.restorer.restore(story.lines())
        _serve(inside, listening, lambda: _invite(_url(listening)), log=False, quiet=True)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    from service.serving.server import listen

    try:
        listening = listen(host, port)
    except OSError as fault:
        raise CouldNotRun(
            f"{host}:{port} cannot be listened on: {fault.strerror or fault}; --port takes another"
        ) from None
    with listening:
        yield listening


@contextmanager
def _stoppable() -> Iterator[None]:
    from service.serving.server import until_stopped

    with until_stopped():
        yield


def _serve(inside: Services, listening: socket.socket, ready: Callable[[], object], *, log: bool, quiet: bool) -> None:
    from service.http.access import AccessLog
    from service.http.app import create_app
    from service.processes.garbage import collect_rarely
    from service.serving.server import serve as answer

    requests = AccessLog(sys.stderr) if log else None
    app = create_app(inside, requests)
    collect_rarely()
    try:
        answer(app, listening, ready, quiet=quiet)
    finally:
        if requests is not None:
            requests.write()


def _serve_together(target: Target, listening: socket.socket, count: int, *, log: bool) -> None:
    from service.http.metrics import together
    from service.serving.workers import supervise

    # What is wrong with the store is told once, and its tables are made, before there are many.
    with target.services(creates=True):
        pass
    with together():
        supervise(functools.partial(_work, target, listening, log), count, _serves(target, listening))


def _work(target: Target, listening: socket.socket, log: bool, ready: Callable[[], object]) -> None:
    """What each of several processes does."""
    with _stoppable(), target.services(creates=True) as inside:
        _serve(inside, listening, ready, log=log, quiet=False)


def _serves(target: Target, listening: socket.socket) -> Callable[[], None]:
    return lambda: click.echo(f"asof serves {shown(target.store)} on {_url(listening)}", err=True)


def _url(listening: socket.socket) -> str:
    from service.serving.server import url

    return url(listening)


def _invite(url: str) -> None:
    click.echo(f"The sample story is served on {url} until Ctrl-C.\n\nOpen  {url}/docs\n")
    for question, *paths in DEMO_QUESTIONS:
        click.echo(question)
        for path in paths:
            click.echo(f"  curl -s '{url}{path}'")
        click.echo()
    click.echo(f"In the terminal:\n  asof timeline russia --as-of 2025-07-12 --affiliates --server {url}")
