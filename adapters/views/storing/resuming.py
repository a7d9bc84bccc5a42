"""What the projector reads of the views to go on from where they stand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.views.questions.actors import load_actors
from adapters.views.reader import Reader
from adapters.views.zones import Ended, Zones
from domain.actor import Actor


class Resuming(ABC):
    """The questions of `domain.ports.ViewsWriting`, to the state that the transaction has written so far."""

    generation = 0

    def __init__(self, reader: Reader, zones: Zones, position: int) -> None:
        self._reader = reader
        self.position = position
        self._zones = zones
        zones.begin(reader, position)

    def head(self) -> bytes | None:
        row = self._reader.row("SELECT head FROM chain WHERE position = :position", {"position": self.position})
        return None if row is None else row[0]

    def actors(self) -> list[Actor]:
        return load_actors(self._reader)

    def merges(self) -> list[tuple[int, dict[str, str]]]:
        merged: dict[int, dict[str, str]] = {}
        for position, actor, survivor in self._reader.rows(
            "SELECT recorded_from, id, survivor FROM actor WHERE survivor IS NOT NULL ORDER BY recorded_from"
        ):
            merged.setdefault(position, {})[actor] = survivor
        return sorted(merged.items())

    def mentioning(self, names: Iterable[str]) -> list[str]:
        self._flush_rows()
        found = self._reader.rows(
            "SELECT DISTINCT s.no, s.name FROM term t JOIN mention m ON m.term = t.no"
            " JOIN event e ON e.position = m.position JOIN stream s ON s.no = e.stream"
            f" WHERE t.kind IN ('actor', 'claimant') AND {self._reader.among('t.text', 'names')}"
            " AND s.name LIKE 'development/%' ORDER BY s.no",
            {"names": self._reader.texts(list(names))},
        )
        return [name for _, name in found]

    def settle(self) -> None:
        """The transaction is committed: what is remembered of it holds."""
        self._zones.settle(self.position)

    def _zoned(self, listed: Mapping[str, Sequence[tuple[Any, ...]]], ended: Iterable[Ended]) -> list[tuple[Any, ...]]:
        """The zones that change with rows of lists which were stored, and with those that have ended."""
        return self._zones.take(self._reader, listed, ended)

    @abstractmethod
    def _flush_rows(self) -> None:
        """Hand to the transaction what was told so far."""
