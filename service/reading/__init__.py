"""Questions put to the views, and their answers as JSON."""
