"""Columns of the contacts that a run needs, and names that results use."""
