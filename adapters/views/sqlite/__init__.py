"""The views in SQLite."""
