"""Definition of a table, and the one function that conforms a frame to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module

import pandas as pd

from csatext.argument_types import as_table
from csatext.errors import ParameterError, SchemaError

__all__ = ["DTYPES", "Column", "Table", "column_names", "conform", "tables", "with_reason"]

DTYPES = {
    "str": "str",
    "int": "int64",
    "Int": "Int64",
    "float": "float64",
    "bool": "bool",
    "boolean": "boolean",
    "time": "datetime64[us]",
    "any": None,
}
"""Names a column's type may have, and the pandas type each stands for.

``Int`` and ``boolean`` are the nullable forms; ``any`` is kept as it came."""

_ROOMS = (
    "contacts",
    "datasets",
    "text",
    "taxonomy",
    "analysis",
    "feelings",
    "aggregation",
    "time",
    "causes",
    "audit",
    "service",
    "official",
    "batch",
)


@dataclass(frozen=True)
class Column:
    """One column: its name, type (a key of :data:`DTYPES`) and meaning with units."""

    name: str
    dtype: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One public table.

    Attributes
    ----------
    name : str
        Name in files, reports and the documentation.
    meaning : str
        One line: what a row is.
    columns : tuple of Column
        In order. Columns that the caller names (dimensions) stand where ``at`` says.
    key : tuple of str
        Columns whose values are unique together, dimensions left out.
    at : int or None
        Position at which dimension columns stand; None where the table takes none.
    open : bool
        Whether further columns may follow (contacts and facts keep every column of the input).
    index : str or None
        Name of the index, where the table is indexed by document.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    at: int | None = None
    open: bool = False
    index: str | None = None


def column_names(*given: Table) -> frozenset[str]:
    """Return the column names of some tables, which no dimension of theirs may have.

    Examples
    --------
    >>> words = Table("words", "a row a word", (Column("term", "str", "word"), Column("n", "int", "uses")))
    >>> sorted(column_names(words))
    ['n', 'term']
    """
    return frozenset(column.name for table in given for column in table.columns)


def conform(frame: pd.DataFrame, table: Table, dimensions: Sequence[str] = ()) -> pd.DataFrame:
    """Return ``frame`` with the table's columns, order and types; ``attrs`` are kept.

    Parameters
    ----------
    frame : DataFrame
        Left unchanged.
    table : Table
        The promise.
    dimensions : sequence of str, optional
        Columns named by the caller, placed at ``table.at``.

    Returns
    -------
    DataFrame
        A new one.

    Raises
    ------
    ParameterError
        ``frame`` is no DataFrame, or ``table`` no table.
    SchemaError
        A column is missing or cannot be read as its type.

    Examples
    --------
    >>> words = Table("words", "a row a word", (Column("term", "str", "word"), Column("n", "int", "uses")))
    >>> conform(pd.DataFrame({"n": [2.0], "term": ["退款"]}), words).columns.tolist()
    ['term', 'n']
    """
    if not isinstance(table, Table):
        raise ParameterError.wrong_type("table", table, "表的定义，例如 csatext.schema.contacts.CONTACTS")
    as_table(frame, table.name)
    names = [column.name for column in table.columns]
    at = len(names) if table.at is None else table.at
    order = [*names[:at], *(d for d in dimensions if d not in names), *names[at:]]
    for name in order:
        if name not in frame.columns:
            raise SchemaError.missing_column(table.name, name, frame.columns)
    if table.open:
        order += [name for name in frame.columns if name not in order]
    # Shallow: pandas copies what is written to, and nothing else.
    result = frame[order].copy(deep=False)
    given = result.dtypes.to_dict()
    for column in table.columns:
        dtype = DTYPES[column.dtype]
        if dtype is not None and str(given[column.name]) != dtype:
            try:
                result[column.name] = result[column.name].astype(dtype)
            except (TypeError, ValueError) as error:
                raise SchemaError.wrong_dtype(table.name, column.name, given[column.name], dtype) from error
    if table.index is not None:
        result.index = result.index.rename(table.index)
    result.attrs = dict(frame.attrs)
    return result


class _Reasoned(pd.DataFrame):
    """A table without rows that shows ``attrs["reason"]`` when printed; all made of it is plain."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        return f"{pd.DataFrame(self)!r}\n{self.attrs.get('reason', '')}".rstrip()

    def _repr_html_(self) -> str | None:
        shown = pd.DataFrame(self)._repr_html_()
        return f"{shown or ''}<p>{escape(str(self.attrs.get('reason', '')))}</p>"


def with_reason(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table; without rows but with ``attrs["reason"]`` it shows the reason when printed.

    Examples
    --------
    >>> empty = pd.DataFrame({"rank": pd.Series(dtype="int64")})
    >>> empty.attrs["reason"] = "没有数据行。"
    >>> with_reason(empty)
    Empty DataFrame
    Columns: [rank]
    Index: []
    没有数据行。
    """
    if len(frame) or not frame.attrs.get("reason"):
        return frame
    shown = _Reasoned(frame)
    shown.attrs = dict(frame.attrs)
    return shown


def tables() -> dict[str, Table]:
    """Return every public table by name, in the order of the pipeline.

    Returns
    -------
    dict of str to Table
        The dictionary of tables in the documentation is made of it.

    Examples
    --------
    >>> "contacts" in tables()
    True
    """
    found: dict[str, Table] = {}
    for room in _ROOMS:
        module = import_module(f"csatext.schema.{room}")
        found |= {value.name: value for value in vars(module).values() if isinstance(value, Table)}
    return found
