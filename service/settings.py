"""What the environment says: which store or server, which key, where to listen."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STORE = "sqlite:///asof.db"
HOST = "127.0.0.1"
PORT = 8000
LAST_PORT = 65_535

_FILE = "sqlite:///"


class BadSetting(ValueError):  # noqa: N818 (named for what it says)
    """A setting that cannot be used; its text says which one and what would be accepted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`ASOF_STORE`, `ASOF_SERVER`, `ASOF_KEY`, `ASOF_HOST`, `ASOF_PORT`; `server` and `key` may be missing."""

    store: str
    server: str | None
    key: str | None
    host: str
    port: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """From the environment, with defaults; an empty variable counts as none. Raises BadSetting."""
        given = {name: text for name, text in environment.items() if name.startswith("ASOF_") and text}
        server = given.get("ASOF_SERVER")
        return cls(
            store=given.get("ASOF_STORE", STORE),
            server=None if server is None else server_url("ASOF_SERVER", server),
            key=given.get("ASOF_KEY"),
            host=given.get("ASOF_HOST", HOST),
            port=_port(given.get("ASOF_PORT", str(PORT))),
        )


def server_url(setting: str, text: str) -> str:
    """The URL of a running service. Raises BadSetting, naming the setting."""
    if not text.startswith(("http://", "https://")) or not text.partition("://")[2].strip("/"):
        raise BadSetting(f"{setting}: {text!r} is no server; accepted: http://HOST:PORT or https://HOST")
    return text


def file_of(store: str) -> Path | None:
    """The file of an embedded store; None where the URL names none."""
    path = store.removeprefix(_FILE)
    return Path(path) if store.startswith(_FILE) and path else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host: 127.0.0.0/8, ::1 or localhost."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise BadSetting(f"ASOF_PORT: {text!r} is no port; accepted: 0 (any free one) to {LAST_PORT}")
    return int(text)
