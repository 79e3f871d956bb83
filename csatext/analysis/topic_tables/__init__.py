"""What a fitted topic model tells: a map of its topics, their shares as columns, names by category."""
