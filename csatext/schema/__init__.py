"""Every public table: its columns, types, key and one-line meaning; nothing here computes.

The tables of one room live in the module named after it; :func:`conform` is the only gate.
"""

from csatext.schema.model import Column, Table, column_names, conform, tables, with_reason

__all__ = ["Column", "Table", "column_names", "conform", "tables", "with_reason"]
