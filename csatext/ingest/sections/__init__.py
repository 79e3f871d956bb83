"""Large inputs in sections: some rows at a time, read alike wherever they stand."""
