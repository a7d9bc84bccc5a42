"""Serving over a socket, with one process or several."""
