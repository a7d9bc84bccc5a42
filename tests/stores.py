"""Every kind of store: a line here, and the suites that ask a store are run on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.postgres import store_at

KEPT: dict[str, Callable[[Path], str]] = {
    "sqlite-file": lambda at: f"sqlite:///{at}.db",
    "postgres": store_at,
}
"""The URL of the store at a place: asked again, it is the same store."""

STORES: dict[str, Callable[[Path], str]] = {"sqlite-memory": lambda _: "sqlite://", **KEPT}
"""The URL of an empty store."""
