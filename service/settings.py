"""What the environment says: which store or server, which key, where to listen."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

STORE = "sqlite:///asof.db"
HOST = "127.0.0.1"
PORT = 8000
LAST_PORT = 65_535
MOST_WORKERS = 64

_FILE = "sqlite:///"
_IN_AUTHORITY = re.compile(r"(?<=://).*@")
_IN_QUERY = re.compile(r"(?:^|(?<=&))password=[^&]*&?")


class BadSetting(ValueError):  # noqa: N818 (named for what it says)
    """A setting that cannot be used; its text says which one and what would be accepted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`ASOF_STORE`, `ASOF_READ_STORE`, `ASOF_SERVER`, `ASOF_KEY`, `ASOF_HOST`, `ASOF_PORT`, `ASOF_WORKERS`.

    `read_store`, `server` and `key` may be missing.
    """

    store: str
    read_store: str | None
    server: str | None
    key: str | None
    host: str
    port: int
    workers: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """From the environment, with defaults; an empty variable counts as none. Raises BadSetting."""
        given = {name: text for name, text in environment.items() if name.startswith("ASOF_") and text}
        server = given.get("ASOF_SERVER")
        return cls(
            store=given.get("ASOF_STORE", STORE),
            read_store=given.get("ASOF_READ_STORE"),
            server=None if server is None else server_url("ASOF_SERVER", server),
            key=_key(given.get("ASOF_KEY")),
            host=given.get("ASOF_HOST", HOST),
            port=_whole("ASOF_PORT", given.get("ASOF_PORT", str(PORT)), 0, LAST_PORT, "port, 0 for any free one"),
            workers=_whole("ASOF_WORKERS", given.get("ASOF_WORKERS", "1"), 1, MOST_WORKERS, "number of processes"),
        )


def _key(text: str | None) -> str | None:
    if text is not None and not (text.isascii() and text.isprintable()):
        raise BadSetting("ASOF_KEY: no key; accepted: letters, digits and signs of ASCII in one line")
    return text


def server_url(setting: str, text: str) -> str:
    """The URL of a running service. Raises BadSetting, naming the setting."""
    if not text.startswith(("http://", "https://")) or not _leads_to_a_host(text):
        raise BadSetting(f"{setting}: {shown(text)!r} is no server; accepted: http://HOST:PORT or https://HOST")
    return text


def _leads_to_a_host(url: str) -> bool:
    """Whether a client can begin to look for it."""
    import httpx  # noqa: PLC0415 (where no server is named, nobody waits until it is loaded)

    try:
        found = httpx.URL(url)
        # As the name is asked for.
        found.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return bool(found.host) and (found.port is None or found.port <= LAST_PORT)


def file_of(store: str) -> Path | None:
    """The file of an embedded store; None where the URL names none."""
    path = store.removeprefix(_FILE)
    return Path(path) if store.startswith(_FILE) and path else None


def shown(store: str) -> str:
    """The URL of a store without a password."""
    try:
        parts = urlsplit(store)
    except ValueError:
        return _IN_AUTHORITY.sub("", store)
    if parts.password is not None:
        user, _, host = parts.netloc.rpartition("@")
        parts = parts._replace(netloc=f"{user.partition(':')[0]}@{host}")
    elif parts.netloc and "@" in store and "@" not in parts.netloc:
        # A password that is written with a / or # of its own.
        return _IN_AUTHORITY.sub("", store)
    elif "password=" not in parts.query:
        return store
    return urlunsplit(parts._replace(query=_IN_QUERY.sub("", parts.query)))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host: 127.0.0.0/8, ::1 or localhost."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _whole(setting: str, text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise BadSetting(f"{setting}: {text!r} is no {what}; accepted: {least} to {most}")
    return int(text)
