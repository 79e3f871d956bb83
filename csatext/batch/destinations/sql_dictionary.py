"""Tables of a database that runs are written into, as Markdown: the page ``docs/sql.md``."""

from __future__ import annotations

import pyarrow as pa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateTable

from csatext.batch.destinations.relational_types import RUN_ID, SQL_TYPES, kind_of_column, sql_name, sql_table

__all__ = ["sql_dictionary"]

_DIALECTS = {"PostgreSQL": postgresql, "MySQL, MariaDB": mysql, "SQLite": sqlite}
_ARROW = {
    "str": pa.string(),
    "int, Int": pa.int64(),
    "float": pa.float64(),
    "bool, boolean": pa.bool_(),
    "time": pa.timestamp("us"),
    "any: a date": pa.date32(),
    "any: a list": pa.list_(pa.string()),
}
"""Types of the dictionary of tables, and the columns of Parquet that they are written as."""
_FACTS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("created_at", pa.timestamp("us")),
        ("channel", pa.string()),
        ("sentiment", pa.float64()),
        ("is_negative", pa.bool_()),
        ("category", pa.string()),
        ("topic", pa.int64()),
        ("渠道来源", pa.string()),
    ]
)
"""Some columns of facts, which has those of the input and of every analysis."""
_HEAD = f"""\
# SQL tables

What `csatext run --to-sql` and `csatext export --to-sql` write, made from the code by
`benchmarks/refresh_tables.py`. A table of a run is the table `{sql_name("<name>")}` of the database:
`{sql_name("facts")}`, `{sql_name("rejects")}`, and one for each file of `tables/`, such as
`{sql_name("trend_total")}`; their columns are in [Tables](tables.md). A name of more than 56 bytes is cut and
ends in eight digits of its hash.

- The first column, `{RUN_ID}`, names the run: 16 digits of the hash of its manifest. `doc_id` comes next.
- Columns keep their names, Chinese ones too; of two that differ in capital letters alone the second gets a
  number.
- What is missing is NULL, and so are infinite numbers; times are of the wall clock, without a zone; lists are
  JSON.
- `{sql_name("facts")}` has an index on `doc_id`.

| type | PostgreSQL | MySQL, MariaDB | SQLite |
|---|---|---|---|"""


def sql_dictionary() -> str:
    """Return the page: the type of each kind of column in each database, and the statement that makes facts.

    Examples
    --------
    >>> sql_dictionary().splitlines()[0]
    '# SQL tables'
    """
    lines = [_HEAD]
    kinds = {"`doc_id`": "id"} | {f"`{name}`": kind_of_column("", dtype) for name, dtype in _ARROW.items()}
    for name, kind in kinds.items():
        types = [SQL_TYPES[kind].compile(dialect=one.dialect()) for one in _DIALECTS.values()]
        lines.append(f"| {name} | {' | '.join(map(str, types))} |")
    table = sql_table(sql_name("facts"), _FACTS)
    lines += ["", "Some columns of facts, for example:"]
    for name, dialect in _DIALECTS.items():
        statement = str(CreateTable(table).compile(dialect=dialect.dialect())).strip().replace("\t", "  ")
        statement = "\n".join(line.rstrip() for line in statement.splitlines())
        lines += ["", f"{name}:", "", "```text", statement, "```"]
    return "\n".join(lines) + "\n"
