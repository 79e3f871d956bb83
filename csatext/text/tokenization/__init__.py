"""Segmentation: engines, custom terms, quantities, and why a text was cut so."""
