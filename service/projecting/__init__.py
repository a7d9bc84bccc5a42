"""Projecting: the views are kept level with the log, and it is known up to where they are."""
