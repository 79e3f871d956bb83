"""Tagging by people: workbooks out and in, and the store of tags."""
