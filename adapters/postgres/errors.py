"""What PostgreSQL's errors mean to whoever uses a store."""

from __future__ import annotations

import psycopg

from domain.ports import Contended, Unavailable

_CODES = {
    "25006": "is read-only",
    "25P03": "has ended a transaction that stood idle for too long",
    "25P04": "has ended a transaction that took too long",
    "3D000": "does not exist",
    "40001": "could not put this in order with other transactions",
    "40P01": "was locked in a circle with other transactions",
    "42501": "may not be accessed by this user",
    "53100": "has no room left, the disk is full",
    "53300": "takes no more connections",
    "55P03": "is locked by another writer",
    "57014": "took too long to answer",
    "57P01": "is being shut down",
    "57P02": "is being shut down",
    "57P03": "is starting up or being shut down",
    "57P04": "was dropped",
}
_CLASSES = {
    "08": "cannot be reached",
    "28": "does not let this user in",
    "53": "has no memory, disk or connections left",
    "58": "cannot be read or written, its machine reports an error",
    "XX": "is damaged, or its server failed",
}
TRANSIENT = ("40001", "40P01")
"""What is to be tried again: serialization failures and deadlocks."""


def meaning(fault: psycopg.Error) -> str | None:
    """What keeps the database from being used; None where the database is well and the statement is at fault."""
    code = fault.sqlstate
    if code is None:
        # Without a code it is libpq that speaks: not reached, or no longer.
        return "cannot be reached" if isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError) else None
    return _CODES.get(code) or _CLASSES.get(code[:2])


class Errors:
    """Raises as Unavailable what keeps a database from being used; may be entered again and by many threads."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, exc: BaseException | None, _traceback: object) -> None:
        if isinstance(exc, psycopg.Error) and (means := meaning(exc)) is not None:
            told = Contended if exc.sqlstate in TRANSIENT else Unavailable
            raise told(f"{self.name} {means} ({' '.join(str(exc).split()) or type(exc).__name__})") from exc
