"""Options that several commands share, and the kinds of values that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.cli.target import Function

LARGEST_PAGE: Final = 1_000
KINDS: Final = ("event", "statement", "assessment", "plan", "forecast")
STATUSES: Final = ("reported", "corroborated", "confirmed", "denied", "disputed", "retracted")
ORDERS: Final = ("occurred", "-occurred", "known", "-known")


class Date(click.ParamType[str]):
    """A single date of the EDTF profile: `2025-04`, `2025-04-28~`, an RFC 3339 instant."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click.ParamType."""
        from domain import edtf

        try:
            edtf.single(value)
        except edtf.NotADate as fault:
            self.fail(str(fault), param, ctx)
        return str(value)


class Limit(click.ParamType[int]):
    """How many items: a number from 1 on, or `all`, which is None."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See click.ParamType."""
        if value == "all":
            return None
        if not str(value).isascii() or not str(value).isdigit() or int(value) < 1:
            self.fail(f"{value!r} is no limit; accepted: a number from 1 on, or all", param, ctx)
        return int(value)


class Head(click.ParamType[str]):
    """The head of a hash chain."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click.ParamType."""
        head = str(value).lower()
        if len(head) != 64 or set(head) - set("0123456789abcdef"):  # noqa: PLR2004 (SHA-256 in hex)
            self.fail(f"{value!r} is no head; accepted: the 64 hexadecimal digits that `asof log` shows", param, ctx)
        return head


DATE = Date()
HEAD = Head()
POSITION = click.IntRange(0, 2**53)

_as_of = click.option("--as-of", type=DATE, metavar="DATE", help="What was known by the end of DATE (reported clock).")
_at = click.option("--at", type=POSITION, metavar="POSITION", help="As if the log ended at POSITION (recorded clock).")
_recorded_as_of = click.option(
    "--recorded-as-of", type=DATE, metavar="DATE", help="As if the log ended with DATE (recorded clock)."
)
_json = click.option("--json", "as_json", is_flag=True, help="The answer of the API instead of a table.")
_limit = click.option(
    "--limit", type=Limit(), default="100", show_default=True, metavar="N|all", help="How many items at the most."
)
_filters = (
    click.option("--actor", multiple=True, metavar="NAME", help="In this actor's timeline; repeat it for all of them."),
    click.option("--topic", metavar="SLUG", help="With this topic."),
    click.option("--kind", type=click.Choice(KINDS), help="Of this kind."),
    click.option("--status", type=click.Choice(STATUSES), help="Of this status at the cut."),
    click.option("--source", metavar="NAME", help="With a standing report of this source."),
    click.option("--metric", metavar="SLUG", help="With a standing figure of this metric."),
    click.option("-q", "--words", "q", metavar="WORDS", help="All these words, in headline, summary, place or names."),
    click.option("--occurred-from", type=DATE, metavar="DATE", help="Not over before DATE (occurred clock)."),
    click.option("--occurred-to", type=DATE, metavar="DATE", help="Begun by the end of DATE (occurred clock)."),
    click.option("--known-since", type=DATE, metavar="DATE", help="First known at or after DATE (reported clock)."),
)


def _all(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorate(command: Function) -> Function:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def given(option: str) -> bool:
    """Whether the option of the running command was said, and is no default."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


as_json = _json
at = _at
limit = _limit
pinned = _all(_as_of, _at, _recorded_as_of)
filtered = _all(*_filters)
order = click.option("--order", type=click.Choice(ORDERS), help="By date of occurrence (default) or of becoming known.")
