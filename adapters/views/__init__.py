"""The read side: tables, the rows of the projections, the questions in SQL."""
