"""Appending: from what clients propose to what stands in the log."""
