"""The dictionary of tables as Markdown: the page ``docs/tables.md``."""

from __future__ import annotations

from csatext.schema.model import Table, tables

__all__ = ["table_dictionary"]

_HEAD = """\
# Tables

Every public table, made from `csatext/schema/` by `benchmarks/refresh_tables.py`; `ct.tables()` returns the
same as objects, and `ct.conform(frame, table)` holds a frame to them. Tables start with `rank` where there is
an order. Dimension columns bear the caller's names and stand where *dimensions* is written; NA in a dimension
means any, a missing value is shown as `(空)`. `Int` and `boolean` may be missing, `time` is a timestamp in
microseconds, `any` is kept as it came."""


def table_dictionary() -> str:
    """Return the page: every public table with its key, then each with its columns.

    Examples
    --------
    >>> table_dictionary().splitlines()[0]
    '# Tables'
    """
    found = tables()
    lines = [_HEAD, "", "| table | what it holds | key |", "|---|---|---|"]
    lines += [
        f"| [`{table.name}`](#{table.name.replace('_', '-')}) | {_cell(table.meaning)} | {_key(table)} |"
        for table in found.values()
    ]
    for table in found.values():
        lines += ["", f"## {table.name}", "", f"{_sentence(table.meaning)}{_further(table)}"]
        if table.columns:
            lines += ["", "| column | type | meaning |", "|---|---|---|", *_rows(table)]
    return "\n".join(lines) + "\n"


def _rows(table: Table) -> list[str]:
    rows = [f"| `{column.name}` | {column.dtype} | {_cell(column.meaning)} |" for column in table.columns]
    if table.at is not None:
        rows.insert(table.at, "| *dimensions* | any | columns that the caller names |")
    return rows


def _further(table: Table) -> str:
    key = f" Key: {_key(table)}." if _key(table) else ""
    return key + (" Further columns may follow." if table.open else "")


def _key(table: Table) -> str:
    names = [*([table.index] if table.index else []), *(name for name in table.key if name != table.index)]
    if table.at is not None:
        names.append("dimensions")
    return ", ".join(names)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
