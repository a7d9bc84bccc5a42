"""Where a command finds its log: a store that it opens itself, or a running service."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from service.cli.faults import CouldNotRun
from service.cli.reasons import its_own_reason
from service.settings import Settings, file_of, server_url

if TYPE_CHECKING:
    from adapters.client import Client
    from service.compose import Services
    from service.stores import Store

NO_FILE = ":memory:"
"""A name that no file of a store has."""
Function = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Target:
    """A store, and perhaps a server that is asked instead of it.

    `reads` is a copy of the store that questions are put to; unless it `projects`, other processes have to.
    """

    store: str
    server: str | None
    key: str | None
    reads: str | None = None
    projects: bool = True

    @contextmanager
    def client(self, *, creates: bool = False) -> Iterator[Client]:
        """A client of the server, else of the API over the store, in this process."""
        from adapters.client import Client

        if self.server is not None:
            with Client(self.server, key=self.key) as client:
                yield client
            return
        with self.services(creates=creates) as inside:
            from service.http.app import create_app

            # What the service warns of is told by the command, once.
            logging.getLogger("asof").setLevel(logging.ERROR)
            with its_own_reason(), Client.in_process(create_app(inside)) as client:
                yield client

    def exists(self) -> bool:
        """Whether the store is there; one that is no file is taken to be, whether or not its URL is one."""
        file = file_of(self.store)
        return file is None or str(file) == NO_FILE or file.exists()

    def require(self) -> None:
        """Raise CouldNotRun where the store is a file that is not there."""
        if not self.exists():
            raise CouldNotRun(
                f"there is no store {file_of(self.store)}: `asof append`, `import`, `restore` and `serve` make one; "
                "--store or ASOF_STORE names another, --server or ASOF_SERVER a running service"
            )

    @contextmanager
    def services(self, *, creates: bool = False, pretends: bool = False) -> Iterator[Services]:
        """The store, opened. Raises CouldNotRun, and UsageError for what is no URL of one.

        One that is not there is made only where the command `creates` it; one that `pretends` gets an empty one in
        memory instead.
        """
        from service.compose import services
        from service.processes.garbage import collect_rarely
        from service.stores import MEMORY

        missing = not self.exists()
        if creates or pretends:
            # Who may make a store may have much to append, or to fold behind others.
            collect_rarely()
        elif missing:
            self.require()
        store = MEMORY if missing and pretends else self.store
        with a_store(), services(store, reads=self.reads, projects=self.projects) as inside:
            yield inside

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store that is there, without what appends to it. Raises as `services`."""
        from service.stores import opened

        self.require()
        with a_store(), opened(self.store) as inside:
            yield inside


@contextmanager
def a_store() -> Iterator[None]:
    """Raise UsageError where a URL names no store."""
    from service.stores import NoSuchStore

    try:
        yield
    except NoSuchStore as fault:
        raise click.UsageError(str(fault)) from fault


_store = click.option("--store", metavar="URL", help="The store.  [ASOF_STORE, else sqlite:///asof.db]")
_server = click.option("--server", metavar="URL", help="A running service instead of a store.  [ASOF_SERVER]")


def store_or_server(command: Function) -> Function:
    """Give the command its `target`, from --store, --server and the environment."""

    @_store
    @_server
    @functools.wraps(command)
    def aimed(*args: Any, store: str | None, server: str | None, **options: Any) -> None:
        command(*args, target=_either(store, server), **options)

    return aimed


def store_only(command: Function) -> Function:
    """Give the command a `target` that is a store: what it does needs more than the API."""

    @_store
    @functools.wraps(command)
    def aimed(*args: Any, store: str | None, **options: Any) -> None:
        settings = Settings.read()
        if store is None and settings.server is not None:
            name = click.get_current_context().info_name
            raise click.UsageError(f"`asof {name}` works on a store, and ASOF_SERVER names a service: say --store")
        command(*args, target=Target(store or settings.store, None, None), **options)

    return aimed


def _either(store: str | None, server: str | None) -> Target:
    settings = Settings.read()
    if store is not None and server is not None:
        raise click.UsageError("--store and --server exclude each other: the service has a store of its own")
    if store is not None:
        return Target(store, None, None)
    url = settings.server if server is None else server_url("--server", server)
    return Target(settings.store, url, settings.key)
