"""Rebuilding: the views made anew from the whole log."""
