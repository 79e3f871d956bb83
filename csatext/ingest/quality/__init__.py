"""Checks of data quality: what is wrong with an input, as tables."""
