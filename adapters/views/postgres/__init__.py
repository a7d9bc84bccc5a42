"""The views in PostgreSQL."""
