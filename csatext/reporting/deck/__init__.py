"""The deck of a run: the chapters of an analysis meeting as slides with native charts and speaker notes."""
