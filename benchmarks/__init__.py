"""Every figure the project claims, each measured beside its baseline in one run: `python -m benchmarks [NAME ...]`."""
