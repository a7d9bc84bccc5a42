"""Verifying: the log proves that nothing of it was changed."""
