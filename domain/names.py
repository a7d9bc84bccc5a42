"""How an actor that is registered on the way gets its id."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

LONGEST_ID = 128
_OTHER = re.compile(r"[^a-z0-9]+")


def actor_id(name: str, *, taken: Callable[[str], bool]) -> str:
    """The id for a name: NFKD without non-ASCII characters, lower case, other runs to `-`.

    Where that is empty, longer than an id may be or taken: `actor-` and 12 hex digits of the SHA-256 of the NFC name.
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _OTHER.sub("-", ascii_only).strip("-")
    if slug and len(slug) <= LONGEST_ID and not taken(slug):
        return slug
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()
    return f"actor-{digest[:12]}"
