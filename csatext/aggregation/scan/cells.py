"""A table folded to its distinct cells: events and exposure by combination and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, check_columns
from csatext.aggregation.inputs.dimensions import encode_columns, fold, free_dimensions
from csatext.aggregation.inputs.measures import is_flag
from csatext.aggregation.scan.compared_periods import read_periods
from csatext.errors import ParameterError
from csatext.labels import EMPTY
from csatext.schema import Table
from csatext.schema.causes import ROOT_CAUSES

__all__ = ["Cells", "Grouping", "group", "label_column", "read_cells", "subsets"]

_SHOWN = 12


@dataclass(frozen=True)
class Cells:
    """Distinct combinations of all dimensions, with events and exposure.

    Attributes
    ----------
    names : list of str
        Dimensions, D of them.
    levels : list of Index
        Values of each dimension; a missing value is NA.
    codes : ndarray of int32, shape (D, n_cells)
        Position of each cell's value in ``levels``.
    events_after, exposure_after, events_before, exposure_before : ndarray, shape (n_cells,)
        Numerator and denominator in the current period and summed over the baseline.
    cell, period : ndarray of int, shape (n_entries,)
        Cell and baseline period (from 0) of each entry below.
    events, exposure : ndarray, shape (n_entries,)
        Numerator and denominator of a cell in one baseline period.
    n_periods : int
        Baseline periods: of a rate those that have rows, of a count those without rows too.
    is_rate : bool
        False where the numerator is a count and the exposure the number of periods.
    missing_baseline : list of str
        Baseline periods without rows.
    note : str or None
        What was done about periods without rows, in Chinese.
    """

    names: list[str]
    levels: list[pd.Index]
    codes: np.ndarray
    events_after: np.ndarray
    exposure_after: np.ndarray
    events_before: np.ndarray
    exposure_before: np.ndarray
    cell: np.ndarray
    period: np.ndarray
    events: np.ndarray
    exposure: np.ndarray
    n_periods: int
    is_rate: bool
    missing_baseline: list[str]
    note: str | None

    def __len__(self) -> int:
        return int(self.codes.shape[1])


@dataclass(frozen=True)
class Grouping:
    """Cells grouped by some of the dimensions.

    Attributes
    ----------
    dims : tuple of int
        Positions of the dimensions.
    ids : ndarray of int32, shape (n_cells,)
        Group of each cell; n_groups for cells that were left out.
    first : ndarray of int, shape (n_groups,)
        One cell of each group, from which its values can be read.
    """

    dims: tuple[int, ...]
    ids: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of ``values`` (one a cell) by group."""
        return np.bincount(self.ids, values, len(self.first) + 1)[: len(self.first)]


def read_cells(
    table: pd.DataFrame,
    *,
    numerator: str,
    denominator: str | None,
    by: str | Sequence[str],
    period: str,
    current: Any,
    baseline: Any,
    result: Table = ROOT_CAUSES,
    allow_negative: bool = False,
) -> Cells:
    """Fold a table of facts, or one that is counted already, to its distinct cells.

    Parameters
    ----------
    table : DataFrame
        One row a contact, or a row a cell and period.
    numerator : str
        A flag (rate over rows), or a count. A flag that is 1 in every row counts rows.
    denominator : str or None
        What the numerator is divided by.
    by : str or sequence of str
        Dimensions.
    period : str
        Column of periods.
    current : scalar
        The period to explain.
    baseline : scalar or list
        Periods to compare with. One without rows has no exposure in a rate and is left out; in a
        count it is a period in which nothing was counted, if it is spelt as the others are.
    result : Table, default ROOT_CAUSES
        Table to be made: no dimension may be named like one of its columns.
    allow_negative : bool, default False
        Whether numerators below 0 make sense.

    Returns
    -------
    Cells
        Rows with a missing numerator or denominator, and rows of other periods, are left out.

    Raises
    ------
    SchemaError
        A column is missing or not numeric.
    ParameterError
        No dimension, or one named like a column of the result; the periods are not in the table,
        overlap or are none; a rate without rows in the current period; negative numbers.

    Examples
    --------
    >>> facts = pd.DataFrame({"week": [1, 1, 2], "channel": ["电话", "在线", "电话"], "bad": [0, 1, 1]})
    >>> cells = read_cells(
    ...     facts, numerator="bad", denominator=None, by="channel", period="week", current=2, baseline=1
    ... )
    >>> cells.events_after.tolist(), cells.exposure_before.tolist()
    ([0.0, 1.0], [1.0, 1.0])
    """
    names = free_dimensions(by, result)
    if not names:
        raise ParameterError("参数 by 是空的；请给出至少一个维度列。")
    check_columns(table, names, "by")
    check_columns(table, [period], "period")
    check_columns(table, [numerator], "numerator")
    if denominator is not None:
        check_columns(table, [denominator], "denominator")
    for name, argument in ((period, "period"), (numerator, "numerator"), (denominator, "denominator")):
        if name in names:
            raise ParameterError(f"列「{name}」既在 by 里又是 {argument}；请从 by 里去掉。")
    periods = read_periods(table[period], current, baseline)
    when = periods.number
    top = as_number(table, numerator)
    rows = (when >= 0) & ~np.isnan(top)
    bottom = None if denominator is None else as_number(table, denominator)
    if bottom is not None:
        rows &= ~np.isnan(bottom)
    when, top = when[rows], top[rows]
    is_rate = bottom is not None or (is_flag(top) and bool((top == 0).any()))
    weight = np.ones(len(top)) if bottom is None else bottom[rows]
    if ((top < 0).any() and not allow_negative) or (weight < 0).any():
        named = denominator if (weight < 0).any() else numerator
        raise ParameterError(f"列「{named}」有负数；这里只能用不小于 0 的计数、金额或分母。")
    for argument, value, there in (("current", current, when == 0), ("baseline", baseline, when > 0)):
        if is_rate and not there.any():
            seen = "、".join(str(one) for one in table[period].dropna().unique()[:_SHOWN])
            raise ParameterError(
                f"{argument}={value!r} 没有可用的数据行，算不出比率；请检查时期的写法，或换一个有数据的时期"
                f"（列「{period}」里有：{seen}）。"
            )
    n_periods = periods.count(is_rate)
    codes, levels = encode_columns(table.loc[rows, names])
    first, cell = fold(codes, [len(level) for level in levels])
    n_cells = len(first)
    slot, entry = np.unique(cell * (n_periods + 1) + when, return_inverse=True)
    events = np.bincount(entry, top, len(slot))
    exposure = np.bincount(entry, weight, len(slot))
    at, period_of = slot // (n_periods + 1), slot % (n_periods + 1)
    old = period_of > 0
    before, after = at[old], at[~old]
    # For a count every cell is exposed in every period, also where it has no row.
    exposure_before, exposure_after = np.full(n_cells, float(n_periods)), np.ones(n_cells)
    if is_rate:
        exposure_before[:] = np.bincount(before, exposure[old], n_cells)
        exposure_after[:] = np.bincount(after, exposure[~old], n_cells)
    return Cells(
        names=names,
        levels=levels,
        codes=codes[:, first],
        events_after=np.bincount(after, events[~old], n_cells),
        exposure_after=exposure_after,
        events_before=np.bincount(before, events[old], n_cells),
        exposure_before=exposure_before,
        cell=before,
        period=period_of[old] - 1,
        events=events[old],
        exposure=exposure[old] if is_rate else np.ones(int(old.sum())),
        n_periods=n_periods,
        is_rate=is_rate,
        missing_baseline=periods.missing,
        note=periods.note(is_rate, current),
    )


def group(cells: Cells, dims: Sequence[int], where: np.ndarray | None = None) -> Grouping:
    """Group the cells by some dimensions.

    Parameters
    ----------
    cells : Cells
    dims : sequence of int
        Positions of the dimensions.
    where : ndarray of bool, shape (n_cells,), optional
        Cells to group; all by default.

    Returns
    -------
    Grouping
    """
    at = np.arange(len(cells)) if where is None else np.flatnonzero(where)
    first, part = fold(cells.codes[list(dims)][:, at], [len(cells.levels[dim]) for dim in dims])
    ids = np.full(len(cells), len(first), dtype=np.int32)
    ids[at] = part
    return Grouping(tuple(dims), ids, at[first])


def subsets(n_dims: int, max_dims: int) -> list[tuple[int, ...]]:
    """Return all sets of 1 to ``max_dims`` of ``n_dims`` dimensions, small ones first.

    Examples
    --------
    >>> subsets(3, 2)
    [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]
    """
    return [dims for size in range(1, max_dims + 1) for dims in combinations(range(n_dims), size)]


def label_column(level: pd.Index, codes: np.ndarray) -> pd.Series:
    """Return the values at ``codes``, NA (any) where a code is -1, and "(空)" for a missing value.

    Parameters
    ----------
    level : Index
        Values of a dimension.
    codes : ndarray of int
        Positions in ``level``, or -1.

    Returns
    -------
    Series

    Examples
    --------
    >>> label_column(pd.Index(["在线", None]), np.array([0, 1, -1])).tolist()
    ['在线', '(空)', nan]
    """
    picked = level.take(np.maximum(codes, 0))
    column = pd.Series(picked.to_numpy(dtype=object), dtype=object)
    missing = np.asarray(pd.isna(picked)) & (codes >= 0)
    column[missing] = EMPTY
    column[codes < 0] = None
    if pd.api.types.is_bool_dtype(level.dtype) and not missing.any():
        return column.astype("boolean")
    if pd.api.types.is_integer_dtype(level.dtype) and not missing.any():
        return column.astype("Int64")
    if pd.api.types.is_string_dtype(level.dtype):
        return column.astype("str")
    return column.infer_objects()
