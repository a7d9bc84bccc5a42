"""What is remembered of the log between two units of work: who the actors are, and the streams that were used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from domain.actor import Actors
from domain.events import ACTOR_EVENTS, DevelopmentEvent, Recorded
from domain.ports import LogSession, Views
from service.decoded import DecodedEntry, decode, recorded_of

STREAMS = 1_024
PAGE = 2_000


class StreamCache:
    """The register at one position of the log, and histories as they are there. For one thread at a time."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self.forget()

    def forget(self) -> None:
        """Remember nothing: the next `follow` begins with what the views know."""
        self._position = -1
        self.actors = Actors()
        self._histories: OrderedDict[str, list[Recorded[DevelopmentEvent]]] = OrderedDict()

    def follow(self, session: LogSession) -> None:
        """Take what others have appended since: their actors, and the streams that are not as they were."""
        if self._position < 0:
            self._load()
        while self._position < session.head.position:
            for entry in session.read(self._position, PAGE):
                self._histories.pop(entry.stream, None)
                event = decode(entry).event if entry.stream.startswith("actor/") else None
                if isinstance(event, ACTOR_EVENTS):
                    self.actors.apply(Recorded(entry.position, entry.version, entry.recorded_at, event))
                self._position = entry.position
        self.actors.settle()

    def history(self, session: LogSession, stream: str) -> Sequence[Recorded[DevelopmentEvent]]:
        """The events of a development at the head of the session that was followed."""
        kept = self._histories.get(stream)
        if kept is not None:
            return kept
        return [recorded_of(decode(entry)) for entry in session.stream(stream)]

    def keep(self, fresh: Sequence[DecodedEntry], histories: Mapping[str, list[Recorded[DevelopmentEvent]]]) -> None:
        """Move on to the last of `fresh`, which is committed; `histories` are the streams that it changed, as they are.

        The register has these events already. Of streams, the ones that were used last are kept.
        """
        self.actors.settle()
        if fresh:
            self._position = fresh[-1].entry.position
        for stream, history in histories.items():
            self._histories[stream] = history
            self._histories.move_to_end(stream)
        while len(self._histories) > STREAMS:
            self._histories.popitem(last=False)

    def _load(self) -> None:
        with self._views.snapshot() as snapshot:
            self.actors.load(snapshot.register())
            self._position = snapshot.head.position
