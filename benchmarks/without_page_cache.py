"""`asof serve` without a memory of pages: `python -m benchmarks.without_page_cache URL PORT`.

Each is then put together anew, as it is for who asks for it as of the first of its dates.
"""

from __future__ import annotations

import sys
from unittest.mock import patch

from service.cli.command import asof
from service.http.validity_cache import ValidityCache


class NoPages(ValidityCache):
    """None is kept."""

    def note(self, *_: object) -> bool:
        return False


if __name__ == "__main__":
    with patch("service.http.app.ValidityCache", NoPages):
        asof.main(["serve", "--store", sys.argv[1], "--port", sys.argv[2]])
