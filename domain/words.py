"""What counts as a word when a question asks for whole words: one rule for what is indexed and for what is asked.

A word is a run of letters, digits and the marks that belong to them, compared after NFC and Unicode case folding.
"""

from __future__ import annotations

import unicodedata

_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128)).encode().ljust(256)
"""What becomes of each byte of an ASCII text."""


def words(text: str) -> list[str]:
    """The words of a text in order, folded; a word may come more than once."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    folded = fold(text)
    return "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in folded).split()


def exact(name: str) -> str:
    """A name as it is compared first: NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def fold(name: str) -> str:
    """A name as it is compared next: NFC and Unicode case folding."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
