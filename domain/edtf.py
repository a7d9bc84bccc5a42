"""Dates as people report them: text -> Span.

A profile of EDTF (ISO 8601-2:2019, https://www.loc.gov/standards/datetime/):

- a year, month or day of 0001 to 9999, with `?`, `~` or `%` behind it if uncertain (`2025`, `2025-04~`, `2025-04-28`):
  from its first midnight UTC to the next after it;
- unknown last digits (`202X`, `20XX`, `2025-XX`, `2025-1X`, `2025-04-XX`, `2025-04-1X`, `2025-XX-XX`): every date it
  may stand for;
- a quarter (`2025-33` to `2025-36`);
- an instant (RFC 3339, upper-case T and Z, up to microseconds; `2025-07-12T09:30:00+09:00`): the empty span at it. A
  leap second has no instant of its own and is refused;
- an interval of any two of these (`2025-06/2025-07-03`): from the earliest moment of the first to the latest of the
  second; one end may be open (`2025/..`) or left out as unknown (`/2025`).

Qualifiers are kept by whoever keeps the text; they do not widen the span.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from domain.clocks import Instant, Span, instant_of

ACCEPTED = (
    "a year, month or day (2025, 2025-04, 2025-04-28, each with ?, ~ or % if uncertain), "
    "unknown last digits (202X, 2025-XX, 2025-04-1X, 2025-XX-XX), a quarter (2025-33 to 2025-36), "
    "an instant with an offset (2025-07-12T09:30:00Z, 2025-07-12T18:30:00+09:00)"
)
ACCEPTED_INTERVALS = f"{ACCEPTED}, or an interval of these (2025-06/2025-07-03, 2025-07/.., ../2025, 2025/, /2025)"

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?[?~%]?", re.ASCII)
_YEARS = re.compile(r"(\d{3}X|\d\dXX)", re.ASCII)
_MONTHS = re.compile(r"(\d{4})-(XX|[01]X)(-XX)?", re.ASCII)
_DAYS = re.compile(r"(\d{4})-(\d\d)-(XX|[0-3]X)", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-(3[3-6])", re.ASCII)
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:\d\d)$", re.ASCII)
_FIRST_QUARTER = 33
_LAST_YEAR = 9999
_MONTHS_A_YEAR = 12


class NotADate(ValueError):  # noqa: N818 (named for what it says)
    """The text is not of the profile; the message says what is wrong and which forms are accepted."""


def single(text: str) -> Span:
    """The span of one date, no interval: what `reported`, `as_of` and the other cuts take. Raises NotADate."""
    span = _single(text)
    if span is None:
        raise NotADate(f"{text[:60]!r} is {_fault(text)}; accepted: {ACCEPTED}")
    return span


@lru_cache(maxsize=65_536)
def parse(text: str) -> Span:
    """The span of a date or an interval. Raises NotADate: for another form, an impossible date, an inverted interval.

    An interval must not begin at or after its end, two equal instants excepted.
    """
    span = _interval(text) if "/" in text else _single(text)
    if span is None:
        raise NotADate(f"{text[:60]!r} is {_fault(text)}; accepted: {ACCEPTED_INTERVALS}")
    return span


def _interval(text: str) -> Span | None:
    first, _, second = text.partition("/")
    if first in ("", "..") and second in ("", ".."):
        return None
    begin = None if first in ("", "..") else _single(first)
    end = None if second in ("", "..") else _single(second)
    if (begin is None and first not in ("", "..")) or (end is None and second not in ("", "..")):
        return None
    earliest = None if begin is None else begin.earliest
    latest = None if end is None else end.latest
    open_end = second == ".." if end is None else end.open_end
    span = Span(earliest, latest, open_end)
    if span.begins > span.ends or (span.begins == span.ends and begin != end):
        raise NotADate(f"the interval {text!r:.70} does not end after it begins; accepted: {ACCEPTED_INTERVALS}")
    return span


@lru_cache(maxsize=65_536)
def _single(text: str) -> Span | None:
    if match := _DATE.fullmatch(text):
        year, month, day = match.groups()
        if day is not None:
            return _days(year, month, day, day)
        if month is None:
            return _years(year, year)
        if _QUARTER.fullmatch(text):
            quarter = int(month) - _FIRST_QUARTER
            return _months(year, 3 * quarter + 1, 3 * quarter + 3)
        return _months(year, int(month), int(month))
    if match := _INSTANT.fullmatch(text):
        return _moment(match)
    return _unknown_digits(text)


def _unknown_digits(text: str) -> Span | None:
    if _YEARS.fullmatch(text):
        return _years(max(text.replace("X", "0"), "0001"), text.replace("X", "9"))
    if match := _MONTHS.fullmatch(text):
        year, digits, days = match.groups()
        if digits == "XX":
            return _months(year, 1, _MONTHS_A_YEAR)
        first = max(10 * int(digits[0]), 1)
        return None if days else _months(year, first, min(10 * int(digits[0]) + 9, _MONTHS_A_YEAR))
    if match := _DAYS.fullmatch(text):
        year, month, digits = match.groups()
        if digits == "XX":
            return _months(year, int(month), int(month))
        return _days(year, month, max(digits[0] + "0", "01"), digits[0] + "9")
    return None


def _years(first: str, last: str) -> Span | None:
    if first == "0000":
        return None
    return _between(datetime(int(first), 1, 1, tzinfo=UTC), int(last) + 1, 1)


def _months(year: str, first: int, last: int) -> Span | None:
    if year == "0000" or not 1 <= first <= last <= _MONTHS_A_YEAR:
        return None
    begin = datetime(int(year), first, 1, tzinfo=UTC)
    return _between(begin, int(year) + last // _MONTHS_A_YEAR, last % _MONTHS_A_YEAR + 1)


def _between(begin: datetime, year: int, month: int) -> Span:
    if year > _LAST_YEAR:
        return Span(instant_of(begin), None, open_end=True)
    return Span(instant_of(begin), instant_of(datetime(year, month, 1, tzinfo=UTC)), open_end=False)


def _days(year: str, month: str, first: str, last: str) -> Span | None:
    whole = _months(year, int(month), int(month))
    if whole is None:
        return None
    try:
        begin = instant_of(datetime(int(year), int(month), int(first), tzinfo=UTC))
    except ValueError:
        return None
    end = begin + (int(last) - int(first) + 1) * (timedelta(days=1) // timedelta(microseconds=1))
    if end >= whole.ends or (whole.latest is None and last >= "31"):
        return Span(begin, whole.latest, whole.open_end)
    return Span(begin, end, open_end=False)


def _moment(match: re.Match[str]) -> Span | None:
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=UTC)
        moment = midnight.replace(
            hour=int(hour), minute=int(minute), second=int(second), microsecond=int((fraction or "0").ljust(6, "0"))
        )
        if sign:
            offset = timedelta(hours=_at_most(hours, 23), minutes=_at_most(minutes, 59))
            moment = moment - offset if sign == "+" else moment + offset
    except (ValueError, OverflowError):
        return None
    instant: Instant = instant_of(moment)
    return Span(instant, instant, open_end=False)


def _at_most(digits: str, limit: int) -> int:
    if int(digits) > limit:
        raise ValueError
    return int(digits)


def _fault(text: str) -> str:
    if re.match(r"\d{4}-\d\d-\d\d[Tt]", text):
        if _INSTANT.fullmatch(text):
            return "not a possible instant"
        if _OFFSET.search(text):
            return "not a possible instant: T and Z are upper case, and six decimals the most"
        return "not an instant with an offset"
    if _DATE.fullmatch(text):
        return "not a possible date"
    return "not a date of this profile"
