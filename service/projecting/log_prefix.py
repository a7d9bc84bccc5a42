"""The beginning of a log, as if it ended there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from domain.ports import EventLog, Head, LogSession, StoredEntry


class Prefix(EventLog):
    """A log up to a position, which may be moved on. It is for reading."""

    def __init__(self, log: EventLog, upto: int) -> None:
        self.upto = upto
        self._log = log

    def session(
        self,
        ids: Sequence[str] = (),  # noqa: ARG002 (refused whatever is asked)
        streams: Sequence[str] = (),  # noqa: ARG002 (as the ids)
    ) -> AbstractContextManager[LogSession]:
        """Nothing is appended to the beginning of a log."""
        raise TypeError("the beginning of a log is for reading")

    def head(self) -> Head:
        """See EventLog."""
        last = self._log.read(self.upto - 1, 1, self.upto) if self.upto else ()
        return Head(last[0].position, last[0].recorded_at) if last else Head(0, None)

    def read(self, after: int, limit: int, upto: int | None = None) -> Sequence[StoredEntry]:
        """See EventLog."""
        return self._log.read(after, limit, self._bound(upto))

    def stream(self, stream: str, upto: int | None = None) -> Sequence[StoredEntry]:
        """See EventLog."""
        return self._log.stream(stream, self._bound(upto))

    def of_actors(self, after: int, upto: int) -> Sequence[StoredEntry]:
        """See EventLog."""
        return self._log.of_actors(after, self._bound(upto))

    def continued(self, after: int, upto: int, last: int) -> Sequence[StoredEntry]:
        """See EventLog."""
        return self._log.continued(after, self._bound(upto), self._bound(last))

    def close(self) -> None:
        """The log itself is closed by whoever opened it."""

    def _bound(self, upto: int | None) -> int:
        return self.upto if upto is None else min(upto, self.upto)
