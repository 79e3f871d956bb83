"""Tables of a run as tables of SQL: names, types and DDL, whatever the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.elements import quoted_name

__all__ = ["RUN_ID", "SQL_TYPES", "column_names_for", "sql_name", "sql_table"]

RUN_ID = "csatext_run"
"""Column that tells which run a row is of."""
_PREFIX = "csatext_"
_BYTES = 60
"""Longest name: PostgreSQL takes 63 bytes, MySQL 64 characters; some are kept for what stands behind it."""
_HASHED, _KEPT = 8, 4
_RUN_CHARACTERS = 16
_ID_CHARACTERS = 512
"""Longest doc_id in MySQL, whose indexes need a limit: 4 bytes a character, and 3,072 a key."""

SQL_TYPES: dict[str, Any] = {
    "id": sa.Text().with_variant(mysql.VARCHAR(_ID_CHARACTERS), "mysql", "mariadb"),
    "text": sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb"),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "flag": sa.Boolean(),
    "time": sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
    "day": sa.Date(),
}
"""Type by kind of column; what is none of these is JSON, as text."""


def kind_of_column(name: str, dtype: pa.DataType) -> str:
    """Return which key of :data:`SQL_TYPES` a column of Parquet has.

    Examples
    --------
    >>> kind_of_column("n", pa.int64()), kind_of_column("doc_id", pa.string())
    ('integer', 'id')
    """
    if pa.types.is_dictionary(dtype):
        dtype = dtype.value_type
    if name == "doc_id":
        return "id"
    for kind, test in (
        ("flag", pa.types.is_boolean),
        ("integer", pa.types.is_integer),
        ("number", pa.types.is_floating),
        ("time", pa.types.is_timestamp),
        ("day", pa.types.is_date),
    ):
        if test(dtype):
            return kind
    return "text"


def sql_name(name: str) -> str:
    """Return the name of a table in the database: with a prefix, and cut where it is too long for one.

    Examples
    --------
    >>> sql_name("facts"), sql_name("按" * 30)
    ('csatext_facts', 'csatext_按按按按按按按按按按按按按_8b8c323b')
    """
    return _short(_PREFIX + name)


def column_names_for(columns: Iterable[str]) -> list[str]:
    """Return the names of columns in the database: none too long, none equal but for capital letters.

    Examples
    --------
    >>> column_names_for(["渠道", "Name", "name"])
    ['渠道', 'Name', 'name_2']
    """
    taken: set[str] = {RUN_ID}
    names = []
    for column in columns:
        base = _short(column.replace("\x00", "").strip() or "列")
        name, n = base, 1
        while name.casefold() in taken:
            n += 1
            name = f"{base}_{n}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _short(name: str) -> str:
    data = name.encode("utf-8", "replace")
    if len(data) <= _BYTES - _KEPT:
        return name
    digest = hashlib.sha256(data).hexdigest()[:_HASHED]
    return data[: _BYTES - _KEPT - _HASHED - 1].decode("utf-8", "ignore") + f"_{digest}"


def sql_table(name: str, columns: pa.Schema, schema: str | None = None) -> sa.Table:
    """Return a table of SQL with the columns of a table of Parquet, behind the one that names the run.

    Parameters
    ----------
    name : str
        In the database, quoted as it is.
    columns : Schema
    schema : str, optional
        Of the database.

    Examples
    --------
    >>> table = sql_table("t", pa.schema([("渠道", pa.string()), ("n", pa.int64())]))
    >>> [(column.name, str(column.type)) for column in table.columns]
    [('csatext_run', 'VARCHAR(16)'), ('渠道', 'TEXT'), ('n', 'BIGINT')]
    """
    made: list[sa.Column[Any]] = [sa.Column(RUN_ID, sa.String(_RUN_CHARACTERS), nullable=False)]
    names = column_names_for(columns.names)
    for at, (field, column) in enumerate(zip(columns, names, strict=True)):
        kind = kind_of_column(field.name, field.type)
        # The key names the parameter of the statement, which may hold letters alone.
        made.append(sa.Column(quoted_name(column, True), SQL_TYPES[kind], key=f"c{at}"))
    return sa.Table(
        name,
        sa.MetaData(),
        *made,
        schema=schema,
        quote=True,
        quote_schema=True if schema else None,
        mysql_charset="utf8mb4",
        mariadb_charset="utf8mb4",
    )
