"""The questions, in SQL that every store takes."""
