"""Cleaning steps, one module a kind of noise."""
