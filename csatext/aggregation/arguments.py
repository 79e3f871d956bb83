"""Checks of arguments shared by every verb of this folder."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from csatext.errors import ParameterError, SchemaError, nearest

__all__ = ["as_list", "as_number", "check_columns", "check_level", "is_flag", "measure_kind"]

_SHOWN = 30


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
        ``table`` is not a DataFrame.
    SchemaError
        A column is not there.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"channel": ["电话"]}), ["chanel"], "by")
    Traceback (most recent call last):
    csatext.errors.SchemaError: 参数 by 要用的列「chanel」不在表中；现有列：channel。是不是想写「channel」？
    """
    if not isinstance(table, pd.DataFrame):
        raise ParameterError.wrong_type("table", table, "pandas 的 DataFrame")
    for name in names:
        if name in table.columns:
            continue
        seen = [str(column) for column in table.columns]
        shown = "、".join(seen[:_SHOWN]) + (f" 等 {len(seen)} 列" if len(seen) > _SHOWN else "")
        near = nearest(str(name), seen)
        hint = f"是不是想写「{near}」？" if near is not None else ""
        raise SchemaError(f"参数 {argument} 要用的列「{name}」不在表中；现有列：{shown}。{hint}")


def check_level(level: float, argument: str = "level") -> float:
    """Return a confidence level, which lies between 0 and 1, both excluded.

    Parameters
    ----------
    level : float
        Confidence level.
    argument : str, default "level"
        Name of the argument, for the message.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        It lies outside.

    Examples
    --------
    >>> check_level(0.95)
    0.95
    """
    if isinstance(level, bool) or not isinstance(level, (int, float, np.number)):
        raise ParameterError.wrong_type(argument, level, "0 与 1 之间的数")
    if not 0 < level < 1:
        raise ParameterError.out_of_range(argument, level, "大于 0 且小于 1，例如 0.95")
    return float(level)


def as_number(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column as float64 with NaN for missing; flags become 0 and 1.

    Parameters
    ----------
    table : DataFrame
        Left unchanged.
    name : str
        A column that is there.

    Returns
    -------
    ndarray of float64, shape (n_rows,)

    Raises
    ------
    SchemaError
        The column holds something else than numbers and flags, or an infinite number.

    Examples
    --------
    >>> as_number(pd.DataFrame({"resolved": [True, None]}), "resolved").tolist()
    [1.0, nan]
    """
    column = table[name]
    if column.dtype == object or isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object).infer_objects()
        if column.dtype == object:
            column = column.convert_dtypes()
    if column.isna().all():
        return np.full(len(column), np.nan)
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_complex_dtype(column.dtype):
        raise SchemaError.wrong_dtype("facts", name, column.dtype, "数字或是/否")
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(values).any():
        raise SchemaError(f"列「{name}」有 {int(np.isinf(values).sum())} 个无穷大的数；请先改为空值或删去。")
    return values


def is_flag(values: np.ndarray) -> bool:
    """Return whether all values that are not missing are 0 or 1.

    Parameters
    ----------
    values : ndarray of float64
        NaN is missing.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_flag(np.array([0.0, 1.0, np.nan]))
    True
    """
    return bool((np.isnan(values) | (values == 0) | (values == 1)).all())


def measure_kind(
    values: np.ndarray, denominator: np.ndarray | None = None
) -> Literal["rate", "mean", "ratio"]:
    """Return how a measure is summed up: share of flags, mean of numbers, or ratio of two sums.

    Parameters
    ----------
    values : ndarray of float64
        The measure, NaN missing.
    denominator : ndarray of float64, optional
        What the measure's sum is divided by.

    Returns
    -------
    {"rate", "mean", "ratio"}
        A flag over a flag that contains it (paid customers over customers who asked) is a rate too.

    Examples
    --------
    >>> measure_kind(np.array([0.0, 1.0])), measure_kind(np.array([12.5, 3.0]))
    ('rate', 'mean')
    """
    if denominator is None:
        return "rate" if is_flag(values) else "mean"
    known = ~(np.isnan(values) | np.isnan(denominator))
    nested = (
        is_flag(values[known]) and is_flag(denominator[known]) and (values[known] <= denominator[known]).all()
    )
    return "rate" if nested else "ratio"
