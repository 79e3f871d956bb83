"""One module a file format: bytes to raw tables."""
