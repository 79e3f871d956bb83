"""Which rows belong to the current period and which to the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from csatext.errors import ParameterError, nearest

__all__ = ["missing_periods", "period_number"]


def _wanted(column: pd.Series, values: Any) -> list[Any]:
    many = isinstance(values, (Sequence, pd.Index, pd.Series, np.ndarray, set, frozenset))
    wanted = list(values) if many and not isinstance(values, str) else [values]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [pd.Timestamp(value) for value in wanted]
    return wanted


def missing_periods(column: pd.Series, baseline: Any) -> list[str]:
    """Return the periods of the baseline that a column lacks, as text.

    Examples
    --------
    >>> missing_periods(pd.Series(["W1", "W2"]), ["W0", "W1"])
    ['W0']
    """
    wanted = pd.Series(_wanted(column, baseline), dtype=object)
    return [str(value) for value in wanted[~wanted.isin(column.unique())]]


def period_number(column: pd.Series, current: Any, baseline: Any) -> np.ndarray:
    """Return 0 for rows of the current period, 1, 2, ... for the baseline's, -1 for others.

    Parameters
    ----------
    column : Series
        Period of each row.
    current : scalar
        The period to explain.
    baseline : scalar or list
        Periods to compare with; those that the column lacks are left out.

    Returns
    -------
    ndarray of int, shape (n_rows,)

    Raises
    ------
    ParameterError
        The current period, or all of the baseline, is not in the column; baseline empty or overlapping.

    Examples
    --------
    >>> period_number(pd.Series(["W1", "W2", "W3"]), "W3", ["W2"]).tolist()
    [-1, 1, 0]
    """
    now, wanted = _wanted(column, [current])[0], _wanted(column, baseline)
    if not wanted:
        raise ParameterError("参数 baseline 是空的；请给出至少一个对比期，例如 baseline=['2026-W19']。")
    if now in wanted:
        raise ParameterError(f"current={current!r} 也在 baseline 里；当前期不能与自己对比。")
    code, seen = pd.factorize(column, sort=False)
    place = {value: position for position, value in enumerate(seen)}
    if now not in place:
        near = nearest(str(now), [str(value) for value in seen])
        hint = f"是不是想写「{near}」？" if near is not None else ""
        raise ParameterError(f"列「{column.name}」里没有 current={current!r}。{hint}")
    present = [value for value in dict.fromkeys(wanted) if value in place]
    if not present:
        raise ParameterError(f"列「{column.name}」里没有 baseline 中的任何一期：{baseline!r}。")
    # The last entry serves the code -1, a missing period.
    number = np.full(len(seen) + 1, -1)
    number[place[now]] = 0
    for position, value in enumerate(present, start=1):
        number[place[value]] = position
    return number[code]
