"""The rows of the projections on their way into the tables of any store."""
