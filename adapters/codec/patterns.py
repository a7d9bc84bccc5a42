r"""Regular expressions of the wire, for validation, JSON Schema and query parameters.

They keep to what ECMA 262 (the dialect of JSON Schema), Python's `re` and Rust's `regex` read alike: no look-around, no
`\d` and no `\s`. `SINGLE_DATE` and `DATE` say what a regular expression can say of the profile of `domain.edtf`:
months, their lengths and leap years, but not the order of an interval's ends. Of instants with an offset they leave out
the years 0001 and 9999, where an offset may lead out of the calendar.
"""

from __future__ import annotations

LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""A text in one line: no control characters (C0, DEL, C1)."""
PROSE = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
"""A text that may have newlines and tabs, no other control characters."""
SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?$"
EVENT_ID = r"^[A-Za-z0-9._:-]{1,128}$"
COUNTRY = r"^[A-Z]{2}$"
GRADE = r"^(?:[A-F][1-6]?|[1-6])$"
"""The Admiralty code: source A to F, information 1 to 6, either may be missing."""
URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\x00-\x20\x7f-\x9f]+$"

_YEAR = r"(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_INNER_YEAR = r"(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_MONTH = r"(?:0[1-9]|1[0-2])"
_MONTH_OF_30 = r"(?:0[13-9]|1[0-2])"
_MONTH_AND_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_HOUR = r"(?:[01][0-9]|2[0-3])"
_TIME = rf"T{_HOUR}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?"
_OFFSET = rf"[+-]{_HOUR}:[0-5][0-9]"


def _either(*forms: str) -> str:
    return f"(?:{'|'.join(forms)})"


_SINGLE = _either(
    r"[0-9]{2}(?:[0-9]X|XX)",
    _YEAR
    + _either(
        rf"(?:-(?:{_MONTH_AND_DAY}|{_MONTH}))?[?~%]?",
        r"-(?:XX(?:-XX)?|[01]X|3[3-6])",
        rf"-{_MONTH}-(?:XX|[0-2]X)",
        rf"-{_MONTH_OF_30}-3X",
        rf"-{_MONTH_AND_DAY}{_TIME}Z",
    ),
    rf"{_LEAP_YEAR}-02-29(?:[?~%]?|{_TIME}(?:Z|{_OFFSET}))",
    rf"{_INNER_YEAR}-{_MONTH_AND_DAY}{_TIME}{_OFFSET}",
)
_TO_ANY_END = rf"(?:/(?:{_SINGLE}|\.\.)?)?"
_FROM_ANY_BEGINNING = r"(?:\.\.)?/"

SINGLE_DATE = f"^{_SINGLE}$"
"""A date that is no interval: `reported`, `as_of`, `recorded_as_of` and the other cuts."""
DATE = f"^{_either(_SINGLE + _TO_ANY_END, _FROM_ANY_BEGINNING + _SINGLE)}$"
"""A date or an interval."""

SINGLE_DATE_LENGTH = len("2025-07-12T09:30:00.123456+09:00")
DATE_LENGTH = 2 * SINGLE_DATE_LENGTH + 1
