"""What a request prefers (RFC 7240): `Prefer: wait=5, respond-async`."""

from __future__ import annotations

import re
from functools import lru_cache

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PREFERENCE = re.compile(rf"\s*(?P<name>[!#$%&'*+.^`|~\w-]+)\s*(?:=\s*(?P<value>{_QUOTED}|[^\s,;\"]*)\s*)?", re.ASCII)
_PART = re.compile(rf"(?:{_QUOTED}|[^,\"])+", re.ASCII)


@lru_cache(maxsize=256)
def preferences(header: str | None) -> dict[str, str]:
    """The preferences by their names in lower case, the first of a name; one without a value has an empty one.

    Parameters of a preference are passed over, and so is what is none.
    """
    found: dict[str, str] = {}
    for part in _PART.findall(header or ""):
        told = _PREFERENCE.match(part)
        if told is not None and part[told.end() : told.end() + 1] in ("", ";"):
            found.setdefault(told["name"].lower(), (told["value"] or "").strip('"'))
    return found
