"""Following the log live, in any store that tells when something was committed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eventsourcing.persistence import Notification, OperationalError, Subscription

from domain.ports import Unavailable

if TYPE_CHECKING:
    from adapters.log.recorder import Recorder

PAGE = 500
# A store may know of other processes' commits only when it is asked; it is, after this many seconds at the latest.
POLL_SECONDS = 0.02


class LogSubscription(Subscription["Recorder"]):
    """The library's subscription: every event behind `gt` once, in order, waiting for more.

    One thread iterates; any may stop it, which ends the iteration within POLL_SECONDS. Raises the
    library's OperationalError where the database cannot be used, closed included.
    """

    def __init__(self, recorder: Recorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._seen = gt or 0
        self._page: deque[Notification] = deque()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._page:
                return self._page.popleft()
            try:
                self._next_page()
            except Unavailable as exc:
                raise OperationalError(exc) from exc
        raise StopIteration

    def _next_page(self) -> None:
        follow = self._recorder.following()
        # Marked before reading: a commit that the reading missed makes the wait end at once.
        mark = follow.mark()
        head = self._recorder.max_notification_id() or 0
        if head > self._seen:
            self._read_up_to(head)
        while not (self._page or self._has_been_stopped) and follow.mark() == mark:
            follow.wait(mark, POLL_SECONDS)

    def _read_up_to(self, head: int) -> None:
        found = self._recorder.select_notifications(self._seen, PAGE, head, self._topics, inclusive_of_start=False)
        self._page.extend(found)
        # All there is of the topics up to the head was read: the next page begins behind it.
        self._seen = found[-1].id if len(found) == PAGE else head
