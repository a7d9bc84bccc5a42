"""Processes of the operating system: helpers, their memory, what they leave on disk only while they live."""
