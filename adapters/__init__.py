"""The outside world, one technology per package; each speaks to the inside through `domain`."""
