"""Checks of arguments shared by every verb of this folder."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

from csatext.errors import ParameterError, SchemaError, nearest

__all__ = [
    "as_list",
    "as_number",
    "as_whole",
    "check_columns",
    "check_switch",
    "check_whole",
    "is_numeric",
]

_SHOWN = 30
_YES_NO = (
    ("是", "否"), ("有", "无"), ("真", "假"), ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"),
)  # fmt: skip
_RELATIVE, _NEAR_ZERO, _MOST = 1e-6, 1e-9, 1e-3


def as_list(by: str | Sequence[str] | None, argument: str = "by") -> list[str]:
    """Return column names as a list without repeats; None becomes an empty list.

    Parameters
    ----------
    by : str, sequence of str, or None
        One name or several, in order.
    argument : str, default "by"
        Name of the argument, for the message.

    Returns
    -------
    list of str

    Raises
    ------
    ParameterError
        Something in it is not a name, or a name stands twice.

    Examples
    --------
    >>> as_list("channel")
    ['channel']
    >>> as_list(("channel", "product"))
    ['channel', 'product']
    """
    if by is None:
        return []
    if isinstance(by, str):
        return [by]
    if not isinstance(by, (Sequence, pd.Index, np.ndarray)):
        raise ParameterError.wrong_type(argument, by, "一个列名，或列名的列表")
    names = list(by)
    for name in names:
        if not isinstance(name, str):
            raise ParameterError.wrong_type(f"{argument} 的一项", name, "列名（字符串）")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ParameterError(f"参数 {argument} 里的列「{'、'.join(repeated)}」写了不止一次；每列只写一次。")
    return names


def check_columns(table: pd.DataFrame, names: Sequence[Hashable], argument: str) -> None:
    """Raise unless every name is a column of ``table``; the message names the nearest column.

    Parameters
    ----------
    table : DataFrame
        Where the columns should be.
    names : sequence of str
        Columns asked for.
    argument : str
        Name of the argument that asked, for the message.

    Raises
    ------
    ParameterError
        ``table`` is not a DataFrame, or a name is none (a list, None).
    SchemaError
        A column is not there, or several have the name.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"channel": ["电话"]}), ["chanel"], "by")
    Traceback (most recent call last):
    csatext.errors.SchemaError: 参数 by 要用的列「chanel」不在表中；现有列：channel。是不是想写「channel」？
    """
    if not isinstance(table, pd.DataFrame):
        raise ParameterError.wrong_type("facts", table, "pandas 的 DataFrame")
    for name in names:
        if name is None or not isinstance(name, Hashable):
            raise ParameterError.wrong_type(argument, name, "一个列名；要看几列，请一列一列地调用")
        if name in table.columns:
            if not table.columns.is_unique and isinstance(table[name], pd.DataFrame):
                raise SchemaError(f"表里不止一列叫「{name}」；请先改名，或删去多余的列。")
            continue
        seen = [str(column) for column in table.columns]
        shown = "、".join(seen[:_SHOWN]) + (f" 等 {len(seen)} 列" if len(seen) > _SHOWN else "")
        near = nearest(str(name), seen)
        hint = f"是不是想写「{near}」？" if near is not None else ""
        raise SchemaError(f"参数 {argument} 要用的列「{name}」不在表中；现有列：{shown}。{hint}")


def is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers or flags: of any library's type, or as Python objects.

    Parameters
    ----------
    column : Series
        numpy, nullable, pyarrow, or objects (Decimal from a database, True beside None).

    Returns
    -------
    bool
        False for a categorical column and for one without any value.

    Examples
    --------
    >>> is_numeric(pd.Series([True, None], dtype="bool[pyarrow]")), is_numeric(pd.Series(["是", "否"]))
    (True, False)
    """
    if column.dtype == object:
        kinds = column.dropna().map(type).unique()
        return len(kinds) > 0 and all(issubclass(kind, (Real, Decimal, np.bool_)) for kind in kinds)
    is_bool = not isinstance(column.dtype, pd.CategoricalDtype) and pd.api.types.is_bool_dtype(column.dtype)
    is_complex = pd.api.types.is_complex_dtype(column.dtype)
    return bool(is_bool or (pd.api.types.is_numeric_dtype(column.dtype) and not is_complex))


def as_number(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column as float64 with NaN for missing; flags become 0 and 1.

    Parameters
    ----------
    table : DataFrame
        Left unchanged.
    name : str
        A column that is there: numbers (Decimal too) or flags, of numpy, pandas or pyarrow.

    Returns
    -------
    ndarray of float64, shape (n_rows,)

    Raises
    ------
    SchemaError
        The column holds something else than numbers and flags, or an infinite number; the message
        says how to turn written flags (是, 否) and written numbers into such.

    Examples
    --------
    >>> as_number(pd.DataFrame({"resolved": [True, None]}), "resolved").tolist()
    [1.0, nan]
    """
    column = table[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    known = column.notna()
    if not known.any():
        return np.full(len(column), np.nan)
    if not is_numeric(column):
        raise _not_a_number(column[known], name)
    if column.dtype == object:
        column = column.where(known, np.nan).astype("float64")
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(values).any():
        raise SchemaError(f"列「{name}」有 {int(np.isinf(values).sum())} 个无穷大的数；请先改为空值或删去。")
    return values


def _not_a_number(known: pd.Series, name: str) -> SchemaError:
    """Return the error for a column of something else, with the way out where there is a plain one."""
    plain = SchemaError(f"列「{name}」类型是 {known.dtype}，应为数字或是/否标记；请先转换这一列。")
    if pd.api.types.infer_dtype(known) != "string":
        return plain
    seen = {str(value).strip().lower(): str(value) for value in known.unique()}
    for yes, no in _YES_NO:
        if set(seen) <= {yes, no}:
            mapping = {seen[word]: flag for word, flag in ((yes, True), (no, False)) if word in seen}
            return SchemaError(
                f"列「{name}」是文字（{'、'.join(mapping)}），应为数字或是/否标记（True、False）；"
                f'请先转换，例如 facts["{name}"].map({mapping})。'
            )
    if pd.to_numeric(known, errors="coerce").notna().all():
        return SchemaError(
            f'列「{name}」是写成文字的数，应为数字；请先转换，例如 pd.to_numeric(facts["{name}"])。'
        )
    return plain


def as_whole(values: np.ndarray) -> np.ndarray:
    """Return numbers rounded where all of them are whole but for rounding errors, else as they are.

    Counts made again as rate times weight are off by the last bits.

    Parameters
    ----------
    values : ndarray of float64
        NaN is missing.

    Returns
    -------
    ndarray of float64
        Rounded where each lies within a millionth of a whole number, and within a thousandth in all:
        an amount of 1,234,567.89 yuan is no count.

    Examples
    --------
    >>> as_whole(np.array([0.1 * 3 * 10, np.nan])).tolist(), as_whole(np.array([3.1])).tolist()
    ([3.0, nan], [3.1])
    """
    whole = np.rint(values)
    off = np.abs(values - whole)
    near = off <= np.clip(_RELATIVE * np.abs(whole), _NEAR_ZERO, _MOST)
    # Tiny numbers are no zeros.
    return whole if (near | np.isnan(values)).all() and np.nan_to_num(whole).any() else values


def check_whole(value: object, argument: str, least: int) -> int:
    """Return a whole number that is not under ``least``.

    Raises
    ------
    ParameterError
        It is none, or smaller.

    Examples
    --------
    >>> check_whole(3, "min_size", 2)
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ParameterError.wrong_type(argument, value, f"整数，至少 {least}")
    if value < least:
        raise ParameterError.out_of_range(argument, value, f"至少 {least}")
    return int(value)


def check_switch(value: object, argument: str) -> bool:
    """Return True or False; anything else is an error.

    Raises
    ------
    ParameterError
        It is neither.

    Examples
    --------
    >>> check_switch(True, "seasonal")
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise ParameterError.wrong_type(argument, value, "True 或 False")
    return bool(value)
