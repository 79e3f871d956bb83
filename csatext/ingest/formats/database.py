"""A database by its SQLAlchemy URL (extra ``csatext[sql]``): secrets, rows of a query in chunks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pandas as pd

from csatext.errors import ConfigError, InputError, ParameterError
from csatext.ingest.raw_table import Note, RawTable
from csatext.ingest.repair.header_row import unique_names

__all__ = [
    "database_engine",
    "first_rows",
    "is_url",
    "query_chunks",
    "read_database",
    "refuse_literal_password",
    "source_name",
    "variable_in",
    "with_environment",
]

_URL = re.compile(r"^[A-Za-z][A-Za-z0-9_]*(?:\+[A-Za-z0-9_]+)?://")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_OPTION = re.compile(r"[?&](?i:password|passwd|pwd|token|secret)=([^&]*)")
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


def variable_in(text: str) -> str:
    """Return the name of the environment variable that is all a text consists of; empty where it is none.

    Examples
    --------
    >>> variable_in("${DATABASE_URL}"), variable_in("mysql://root:${PASSWORD}@db")
    ('DATABASE_URL', '')
    """
    found = _VARIABLE.fullmatch(text)
    return "" if found is None else found[1]


def with_environment(text: str) -> str:
    """Return a URL or a secret with the values of the environment variables that it names as ``${NAME}``.

    Within a URL a value is quoted, so that a password may hold any character.

    Raises
    ------
    ConfigError
        A variable is not set.

    Examples
    --------
    >>> with_environment("sqlite:///x.db")
    'sqlite:///x.db'
    """
    whole = bool(variable_in(text))

    def value(found: re.Match[str]) -> str:
        given = os.environ.get(found[1], "")
        if not given:
            raise ConfigError(f"环境变量 {found[1]} 没有设置；请先设置它，例如 export {found[1]}=…。")
        return given if whole else quote(given, safe="")

    return _VARIABLE.sub(value, text)


def refuse_literal_password(url: str, option: str) -> None:
    """Raise where a URL of a command line holds a password: every user of the machine can read it there.

    Parameters
    ----------
    url : str
    option : str
        Which argument it is, as the user knows it.

    Raises
    ------
    ConfigError
        It does; the password is not shown.

    Examples
    --------
    >>> refuse_literal_password("postgresql://csatext:${PGPASSWORD}@db/voc", "--to-sql")
    """
    user, at, _ = url.partition("://")[2].rpartition("@")
    secrets = [user.partition(":")[2] if at else "", *_SECRET_OPTION.findall(url)]
    if any(_VARIABLE.sub("", secret) for secret in secrets):
        raise ConfigError(
            f"{option} 里直接写了密码，机器上的其他人从进程列表就能看到；请把密码放进环境变量，"
            "URL 写作 '方言://用户:${变量名}@主机/库'（用单引号，由 csatext 代入）。"
        )


def _sqlalchemy(what: str) -> ModuleType:
    try:
        return import_module("sqlalchemy")
    except ImportError as error:
        raise InputError.missing_package(what, "SQLAlchemy", "sql") from error


def database_engine(url: str, what: str = "读取数据库") -> Any:
    """Return the SQLAlchemy engine of a URL; variables of the environment are put in.

    Parameters
    ----------
    url : str
    what : str
        What needs it, for the error where SQLAlchemy is missing.

    Raises
    ------
    InputError
        SQLAlchemy or the driver is missing, or the URL is none.
    ConfigError
        A variable of the environment is not set.
    """
    sqlalchemy = _sqlalchemy(what)
    try:
        # Errors of the driver name no values: rows are data of customers.
        return sqlalchemy.create_engine(with_environment(url), hide_parameters=True)
    except ConfigError:
        raise
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError) as error:
        raise InputError.unreadable(
            source_name(url), "数据库 URL 写法不对或缺少驱动", "请检查 URL，并安装对应的驱动"
        ) from error


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
    ConfigError
        A variable of the environment is not set.
    """
    if query is None or not str(query).strip():
        raise ParameterError.out_of_range(
            "query", query, "读数据库时要给出返回行的 SQL，例如 select * from 工单"
        )
    engine = database_engine(url)
    sqlalchemy = _sqlalchemy("读取数据库")
    shown = source_name(url)
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
    ParameterError, ConfigError
        As there.
    """
    return _together(list(query_chunks(url, query)), url)


def first_rows(url: str, query: str | None, most: int) -> RawTable:
    """Return the first rows that a query gives: no more are fetched.

    Parameters
    ----------
    url, query
        As in :func:`read_database`.
    most : int

    Raises
    ------
    InputError, ParameterError, ConfigError
        As there.
    """
    return _together(list(islice(query_chunks(url, query, most), 1)), url)


def _together(chunks: list[pd.DataFrame], url: str) -> RawTable:
    if not chunks:
        raise InputError.unreadable(source_name(url), "查询没有返回任何行", "请检查 SQL 的条件")
    frame = pd.concat(chunks, ignore_index=True)
    return RawTable(
        frame, notes=[Note("format", "", len(frame), len(frame), f"数据库查询，{len(chunks)} 批")]
    )
