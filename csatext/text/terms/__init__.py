"""Counted terms: which words say something on their own, expressions kept whole, counts of both."""
