"""One module a chapter of the report."""
