"""Answering over HTTP: `asof serve`, and `asof demo` with the sample story."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from service.cli.faults import CouldNotRun
from service.cli.target import Target
from service.settings import Settings, is_loopback

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
@_host
@_port
def serve(store: str | None, host: str | None, port: int | None) -> None:
    """Answer over HTTP until Ctrl-C."""
    settings = Settings.read()
    host = host or settings.host
    if not is_loopback(host):
        raise click.UsageError(
            f"--host {host}: without any key the service serves only loopback; accepted: 127.0.0.1, ::1, localhost"
        )
    target = Target(store or settings.store, None, None)
    with (
        _listening(host, settings.port if port is None else port) as listening,
        _stoppable(),
        target.services(creates=True) as inside,
    ):
        _serve(inside, listening, lambda url: click.echo(f"asof serves {target.store} on {url}", err=True), log=True)


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
        tempfile.TemporaryDirectory(prefix="asof-demo-") as directory,
        Target(store or f"sqlite:///{directory}/story.db", None, None).services(creates=True) as inside,
    ):
        if not inside.log.head().position:
            inside.restorer.restore(story.lines())
        _serve(inside, listening, _invite, log=False)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    from service.serve import listen

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
    from service.serve import until_stopped

    with until_stopped():
        yield


def _serve(inside: Services, listening: socket.socket, ready: Callable[[str], None], *, log: bool) -> None:
    from service.collector import calm
    from service.http.app import create_app
    from service.serve import serve as answer
    from service.serve import url

    app = create_app(inside)
    calm()
    answer(app, listening, lambda: ready(url(listening)), access_log=log)


def _invite(url: str) -> None:
    click.echo(f"The sample story is served on {url} until Ctrl-C.\n\nOpen  {url}/docs\n")
    for question, *paths in DEMO_QUESTIONS:
        click.echo(question)
        for path in paths:
            click.echo(f"  curl -s '{url}{path}'")
        click.echo()
    click.echo(f"In the terminal:\n  asof timeline russia --as-of 2025-07-12 --affiliates --server {url}")
