"""The events behind a change that say of others how they stand or read: withdrawals, reinstatements, amendments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.cli.options import LARGEST_PAGE

if TYPE_CHECKING:
    from adapters.client import Client

TYPES = {"withdrawn": "ReportWithdrawn", "reinstated": "ReportReinstated", "amended": "DevelopmentAmended"}
"""By the kinds of change that they bring about."""
Acts = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""As stored, by kind of change and development."""


def acts_behind(client: Client, answer: Mapping[str, Any]) -> Acts:
    """Those behind the changes of an answer."""
    return {
        (item["change"], item["development"]): list(_acts(client, item, answer["at"]))
        for item in answer["items"]
        if item["change"] in TYPES
    }


def _acts(client: Client, item: Mapping[str, Any], at: int) -> Iterator[Mapping[str, Any]]:
    stream, kind = f"development/{item['development']}", TYPES[item["change"]]
    for page in client.pages(client.events(stream=stream, type=kind, at=at, limit=LARGEST_PAGE)):
        yield from (event for event in page.document()["items"] if event["id"] in item["events"])
