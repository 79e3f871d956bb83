"""Rows of a database through a SQLAlchemy URL, in chunks (extra ``csatext[sql]``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from os import PathLike
from pathlib import Path
from types import ModuleType

import pandas as pd

from csatext.errors import InputError, ParameterError
from csatext.ingest.raw_table import Note, RawTable
from csatext.ingest.repair.header_row import unique_names

__all__ = ["is_url", "query_chunks", "read_database", "source_name"]

_URL = re.compile(r"^[A-Za-z][A-Za-z0-9_]*(?:\+[A-Za-z0-9_]+)?://")
_CHUNK = 50_000


def is_url(path: str) -> bool:
    """Return whether a path is a database URL.

    Examples
    --------
    >>> is_url("sqlite:///x.db"), is_url("C:/x.csv")
    (True, False)
    """
    return _URL.match(path) is not None


def source_name(source: str | PathLike[str]) -> str:
    """Return an input as it may be shown: the name of a file or folder, the dialect of a URL.

    Examples
    --------
    >>> source_name("导出/五月.csv"), source_name("mysql://root:secret@localhost")
    ('五月.csv', 'mysql://…')
    """
    if isinstance(source, str) and is_url(source):
        return source.split("://")[0] + "://…"
    return Path(source).name


def _sqlalchemy() -> ModuleType:
    try:
        return import_module("sqlalchemy")
    except ImportError as error:
        raise InputError.missing_package("读取数据库", "SQLAlchemy", "sql") from error


def query_chunks(url: str, query: str | None, rows: int = _CHUNK) -> Iterator[pd.DataFrame]:
    """Yield the rows that a query gives, some at a time, from a cursor on the server where it has such.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, such as ``sqlite:///x.db``. Only its dialect is named in errors: a URL may hold a
        password.
    query : str or None
        SQL that returns rows.
    rows : int
        Most rows at a time.

    Raises
    ------
    InputError
        SQLAlchemy is not installed, no connection, or the query fails.
    ParameterError
        There is no query.
    """
    if query is None or not str(query).strip():
        raise ParameterError.out_of_range(
            "query", query, "读数据库时要给出返回行的 SQL，例如 select * from 工单"
        )
    sqlalchemy = _sqlalchemy()
    shown = source_name(url)
    try:
        engine = sqlalchemy.create_engine(url)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError) as error:
        raise InputError.unreadable(
            shown, "数据库 URL 写法不对或缺少驱动", "请检查 URL，并安装对应的驱动"
        ) from error
    try:
        with engine.connect().execution_options(stream_results=True) as connection:
            for chunk in pd.read_sql(sqlalchemy.text(query), connection, chunksize=rows):
                if len(chunk):
                    chunk.columns = pd.Index(unique_names([str(name) for name in chunk.columns]))
                    yield chunk
    except (sqlalchemy.exc.SQLAlchemyError, pd.errors.DatabaseError) as error:
        why = type(error).__name__
        raise InputError.unreadable(shown, f"查询失败（{why}）", "请检查地址、权限、表名和 SQL") from error
    finally:
        engine.dispose()


def read_database(url: str, query: str | None) -> RawTable:
    """Return the rows that a query gives, all at once.

    Parameters
    ----------
    url, query
        As :func:`query_chunks` takes them.

    Returns
    -------
    RawTable
        Without lines.

    Raises
    ------
    InputError
        As :func:`query_chunks`, or the query gives no rows.
    ParameterError
        There is no query.
    """
    chunks = list(query_chunks(url, query))
    if not chunks:
        raise InputError.unreadable(source_name(url), "查询没有返回任何行", "请检查 SQL 的条件")
    frame = pd.concat(chunks, ignore_index=True)
    return RawTable(
        frame, notes=[Note("format", "", len(frame), len(frame), f"数据库查询，{len(chunks)} 批")]
    )
