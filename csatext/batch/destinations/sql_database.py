"""Tables of a run into a SQL database: whole or not at all, and the same however often."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from csatext.batch.destinations.finished_run import FACTS, FinishedRun
from csatext.batch.destinations.relational_types import (
    RUN_ID,
    kind_of_column,
    sql_name,
    sql_table,
)
from csatext.errors import OutputError
from csatext.ingest.formats.database import database_engine, source_name
from csatext.progress import counted

__all__ = ["IF_EXISTS", "write_to_database"]

IF_EXISTS = ("replace", "append", "fail")
_ROWS = 5_000
"""Rows that are sent at once: about 5 MB of facts."""
_FILLED = "_new"
"""Behind the name of a table while it is filled; it takes the place of the other in one step."""


def write_to_database(
    run: FinishedRun,
    url: str,
    *,
    schema: str = "",
    if_exists: str = "replace",
    progress: Callable[[str], None],
) -> int:
    """Write facts, rejects and tables of a run into a database, and return the number of tables.

    Each table is named ``csatext_<name>`` and begins with the column ``csatext_run``. Columns keep their
    names, missing values and infinite numbers are NULL, times are those of the wall clock, without a zone.

    Parameters
    ----------
    run : FinishedRun
    url : str
        SQLAlchemy URL; ``${NAME}`` stands for a variable of the environment. Only its dialect is shown.
    schema : str, default ""
        Of the database; empty: that of the connection.
    if_exists : {"replace", "append", "fail"}
        ``replace``: a table is filled under another name and then takes the place of the one that is there.
        ``append``: rows of the same run, and of facts those with the same ``doc_id``, are replaced in the
        same transaction, others stay. ``fail``: nothing is written where one of the tables is there.
    progress : callable
        Called with the name of each step when it begins.

    Raises
    ------
    OutputError
        A table is there and may not be, lacks a column, or the database refuses.
    InputError
        SQLAlchemy or the driver is missing, or the URL is none.
    """
    engine = database_engine(url, "写入数据库")
    shown = source_name(url)
    if engine.dialect.name == "sqlite":
        _in_whole_transactions(engine)
    progress(f"写入数据库 {shown}")
    target = _Target(engine, run, schema or None)
    try:
        if if_exists == "fail":
            target.refuse_existing()
        with counted("写入数据库", sum(map(run.rows, run.tables)), unit="行") as count:
            for name in run.tables:
                if if_exists == "append":
                    target.append(name, count.add)
                else:
                    target.replace(name, count.add)
    except sa.exc.SQLAlchemyError as error:
        what = "请检查地址、权限和空间；没有写完的表仍是原样"
        raise OutputError.unwritable(shown, f"数据库没有接受（{type(error).__name__}）", what) from error
    finally:
        engine.dispose()
    return len(run.tables)


def _in_whole_transactions(engine: Any) -> None:
    """Let SQLite keep statements that define tables in a transaction: its driver ends it before them."""

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)


class _Target:
    """A schema of a database, and the run that is written into it."""

    def __init__(self, engine: Any, run: FinishedRun, schema: str | None) -> None:
        self._engine, self._run, self._schema = engine, run, schema

    def refuse_existing(self) -> None:
        there = sa.inspect(self._engine)
        names = [sql_name(name) for name in self._run.tables]
        taken = [name for name in names if there.has_table(name, schema=self._schema)]
        if taken:
            what = "请用 --if-exists replace（替换）或 append（并入）"
            shown = source_name(str(self._engine.url))
            raise OutputError.unwritable(shown, f"已有 {len(taken)} 个表，如「{taken[0]}」", what)

    def replace(self, name: str, count: Callable[[int], None]) -> None:
        """Fill a table beside the one that is there, then let it take its place."""
        table = sql_table(sql_name(name), self._run.schema(name), self._schema)
        filled = sql_table(sql_name(name) + _FILLED, self._run.schema(name), self._schema)
        with self._engine.begin() as connection:
            filled.drop(connection, checkfirst=True)
            filled.create(connection)
            for rows in self._rows(name):
                connection.execute(filled.insert(), rows)
                count(len(rows))
        with self._engine.begin() as connection:
            table.drop(connection, checkfirst=True)
            connection.exec_driver_sql(_renaming(filled, table, connection.dialect))
            if name == FACTS:
                _index_of(table).create(connection)

    def append(self, name: str, count: Callable[[int], None]) -> None:
        """Replace the rows of this run, and of facts those of the same contacts, in one transaction."""
        table = sql_table(sql_name(name), self._run.schema(name), self._schema)
        there = sa.inspect(self._engine)
        is_new = not there.has_table(table.name, schema=self._schema)
        if not is_new:
            self._refuse_lacking(table, there)
        with self._engine.begin() as connection:
            if is_new:
                table.create(connection)
                if name == FACTS:
                    _index_of(table).create(connection)
            connection.execute(table.delete().where(table.c[RUN_ID] == self._run.run_id))
            for rows in self._rows(name):
                if name == FACTS:
                    ids = [{"same": row["c0"]} for row in rows]
                    connection.execute(table.delete().where(table.c.c0 == sa.bindparam("same")), ids)
                connection.execute(table.insert(), rows)
                count(len(rows))

    def _refuse_lacking(self, table: sa.Table, there: Any) -> None:
        known = {column["name"] for column in there.get_columns(table.name, schema=self._schema)}
        lacking = [column.name for column in table.columns if column.name not in known]
        if lacking:
            what = "请用 --if-exists replace，或先在数据库里加上这些列"
            raise OutputError.unwritable(table.name, f"表里没有列「{'、'.join(lacking[:5])}」", what)

    def _rows(self, name: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a table as parameters of a statement."""
        for batch in self._run.batches(name, _ROWS):
            columns = {f"c{at}": plain_values(column) for at, column in enumerate(batch.columns)}
            rows = [
                dict(zip((RUN_ID, *columns), (self._run.run_id, *values), strict=True))
                for values in zip(*columns.values(), strict=True)
            ]
            if rows:
                yield rows


def _index_of(facts: sa.Table) -> sa.Index:
    name = f"ix_{facts.name}_doc_id"
    return sa.Index(name, facts.c.c0)


def _renaming(old: sa.Table, new: sa.Table, dialect: Any) -> str:
    """Return the statement that renames a table within its schema."""
    preparer = dialect.identifier_preparer
    # MySQL takes a bare name for one in the schema of the connection, PostgreSQL takes no other.
    bare = new.schema is None or dialect.name not in ("mysql", "mariadb")
    wanted = preparer.quote(new.name) if bare else preparer.format_table(new)
    return f"ALTER TABLE {preparer.format_table(old)} RENAME TO {wanted}"


def plain_values(column: pa.Array) -> list[Any]:
    """Return the values of a column as drivers take them: NULL for what is missing or infinite.

    Examples
    --------
    >>> plain_values(pa.array([1.5, float("nan"), float("inf"), None]))
    [1.5, None, None, None]
    >>> plain_values(pa.array([["a"], None]))
    ['["a"]', None]
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = kind_of_column("", column.type)
    if kind == "number":
        column = pc.if_else(pc.is_finite(column), column, None)
    elif kind == "time":
        # Microseconds: the finest that datetime has.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif kind == "text" and not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return [
            None if value is None else json.dumps(value, ensure_ascii=False, default=str)
            for value in column.to_pylist()
        ]
    elif kind == "text":
        # PostgreSQL refuses NUL in a text.
        column = pc.replace_substring(column, "\x00", "\ufffd")
    return list(column.to_pylist())
