"""Clauses of a text: what is denied, asked, wished or supposed in them is not asserted."""
