"""Which views this program reads: those of its own version of the projections."""

from __future__ import annotations

from adapters.views.schema import VERSION
from domain.ports import Unavailable


def outdated(version: int) -> bool:
    """Whether views of this version have to be built again. Raises Unavailable for those of a newer program."""
    if version > VERSION:
        raise Unavailable(f"the views are of version {version}, and this program knows version {VERSION}")
    return version < VERSION


def require(version: int) -> None:
    """Raise Unavailable for views of any other version than this program's."""
    if outdated(version):
        raise Unavailable("the views are of an older version, and are not built again yet")
