"""Answers of the API as tables for people. Every date says on which clock it is."""
