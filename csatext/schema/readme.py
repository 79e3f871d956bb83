"""The dictionary of tables as Markdown, for the README."""

from __future__ import annotations

from csatext.schema.model import Table, tables

__all__ = ["table_dictionary"]


def table_dictionary() -> str:
    """Return every public table with its key and columns, as Markdown.

    Examples
    --------
    >>> table_dictionary().splitlines()[0]
    '| table | a row is | key |'
    """
    found = tables()
    lines = ["| table | a row is | key |", "|---|---|---|"]
    lines += [f"| `{table.name}` | {_cell(table.meaning)} | {_key(table)} |" for table in found.values()]
    for table in found.values():
        if table.columns:
            lines += ["", f"<details><summary><code>{table.name}</code></summary>", ""]
            lines += ["| column | type | meaning |", "|---|---|---|"]
            lines += [
                f"| `{column.name}` | {column.dtype} | {_cell(column.meaning)} |" for column in table.columns
            ]
            lines += ["", "</details>"]
    return "\n".join(lines)


def _key(table: Table) -> str:
    names = [*([table.index] if table.index else []), *table.key]
    if table.at is not None:
        names.append("dimensions")
    return ", ".join(names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
