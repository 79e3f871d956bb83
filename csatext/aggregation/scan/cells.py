"""A table aggregated to its distinct cells: events and exposure by combination and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from csatext.aggregation.inputs.arguments import as_number, as_whole, check_columns
from csatext.aggregation.inputs.dimensions import distinct_combinations, encode_columns, free_dimensions
from csatext.aggregation.inputs.kpi_measures import kpi_named, measured
from csatext.aggregation.inputs.measures import is_flag
from csatext.aggregation.scan.compared_periods import Periods, read_periods
from csatext.errors import ParameterError
from csatext.labels import EMPTY
from csatext.schema import Table
from csatext.schema.causes import ROOT_CAUSES

__all__ = ["Cells", "Grouping", "Rows", "group", "label_column", "read_rows", "subsets", "sum_by"]

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
        """Return the sums by group of one column, shape (n_cells,), or of several, (n_cells, n_columns)."""
        return sum_by(self.ids, len(self.first), values)


@dataclass(frozen=True)
class Rows:
    """Rows of the compared periods, numbered by cell and period once; every column is summed by that.

    Attributes
    ----------
    names, levels, codes
        As in :class:`Cells`.
    cell, period : ndarray of int, shape (n_entries,)
        Cell and period (0 is the current one) of each entry, in that order.
    entry : ndarray of int, shape (n_rows,)
        Entry of each row.
    top, bottom : ndarray of float, shape (n_rows,)
        Numerator and denominator; the denominator is 1 where none was given.
    is_divided : bool
        Whether a denominator was given.
    is_rate : bool
        Whether the numerator is divided by something: that denominator, or rows.
    is_flag, is_whole, is_part : bool
        Of all rows of the table, those of other periods too: numerators are 0 or 1, are whole, are
        not above a denominator that was given.
    periods : Periods
    note : str or None
        What was done about periods without rows, in Chinese.
    """

    names: list[str]
    levels: list[pd.Index]
    codes: np.ndarray
    cell: np.ndarray
    period: np.ndarray
    entry: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    is_divided: bool
    is_rate: bool
    is_flag: bool
    is_whole: bool
    is_part: bool
    periods: Periods
    note: str | None

    @property
    def is_summed(self) -> bool:
        """Whether no cell has more than one row in a period."""
        return len(self.entry) == len(self.cell)

    def sums(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of a column (one value a row) over the baseline and now, shape (n_cells,)."""
        by_entry: np.ndarray = np.bincount(self.entry, values, len(self.cell))
        n_cells, old = self.codes.shape[1], self.period > 0
        before: np.ndarray = np.bincount(self.cell[old], by_entry[old], n_cells)
        return before, np.bincount(self.cell[~old], by_entry[~old], n_cells)

    def cells(self) -> Cells:
        """Return numerator and denominator by cell."""
        n_cells, n_periods = self.codes.shape[1], self.periods.count(self.is_rate)
        old = self.period > 0
        before = self.cell[old]
        events: np.ndarray = np.bincount(self.entry, self.top, len(self.cell))
        exposure = np.ones(len(before))
        # For a count every cell is exposed in every period, also where it has no row.
        exposure_before, exposure_after = np.full(n_cells, float(n_periods)), np.ones(n_cells)
        if self.is_rate:
            exposed: np.ndarray = np.bincount(self.entry, self.bottom, len(self.cell))
            exposure = exposed[old]
            exposure_before[:] = np.bincount(before, exposure, n_cells)
            exposure_after[:] = np.bincount(self.cell[~old], exposed[~old], n_cells)
        return Cells(
            names=self.names,
            levels=self.levels,
            codes=self.codes,
            events_after=np.bincount(self.cell[~old], events[~old], n_cells),
            exposure_after=exposure_after,
            events_before=np.bincount(before, events[old], n_cells),
            exposure_before=exposure_before,
            cell=before,
            period=self.period[old] - 1,
            events=events[old],
            exposure=exposure,
            n_periods=n_periods,
            is_rate=self.is_rate,
            missing_baseline=self.periods.missing,
            note=self.note,
        )


def read_rows(
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
    round_whole: bool = False,
) -> Rows:
    """Number the rows of a table of facts, or one that is counted already, by cell and period.

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
    round_whole : bool, default False
        Whether columns are rounded that hold whole numbers but for the error of a calculation, as by
        :func:`csatext.aggregation.inputs.arguments.as_whole`.

    Returns
    -------
    Rows
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
    >>> rows = read_rows(
    ...     facts, numerator="bad", denominator=None, by="channel", period="week", current=2, baseline=1
    ... )
    >>> cells = rows.cells()
    >>> cells.events_after.tolist(), cells.exposure_before.tolist()
    ([0.0, 1.0], [1.0, 1.0])
    >>> [column.tolist() for column in rows.sums(np.array([5.0, 6.0, 7.0]))]
    [[6.0, 5.0], [0.0, 7.0]]
    """
    names = free_dimensions(by, result)
    if not names:
        raise ParameterError("参数 by 是空的；请给出至少一个维度列。")
    check_columns(table, names, "by")
    check_columns(table, [period], "period")
    named = kpi_named(table, numerator) if denominator is None else None
    found = measured(table, numerator, denominator, by=[*names, period], totals=True)
    if found.weight is not None:
        # a flag that is 1 in every row counts rows
        table = found.facts[found.facts[found.weight] > 0]
        if not len(table):
            raise ParameterError(f"指标「{numerator}」在表里一次也没有，没有可以解释的变化；请换一个指标。")
    if found.facts is not table and found.measure is not None:
        table, numerator, denominator = found.facts, found.measure, found.denominator
        if found.kind == "mean":
            denominator = f"{numerator}（分母）"
            table = table.assign(**{denominator: table[numerator].notna().astype("float64")})
    check_columns(table, [numerator], "numerator")
    if denominator is not None:
        check_columns(table, [denominator], "denominator")
    for name, argument in ((period, "period"), (numerator, "numerator"), (denominator, "denominator")):
        if name in names:
            raise ParameterError(f"列「{name}」既在 by 里又是 {argument}；请从 by 里去掉。")
    periods = read_periods(table[period], current, baseline)
    when = periods.number
    columns = [as_number(table, name) for name in (numerator, denominator) if name is not None]
    if round_whole:
        columns = [as_whole(values) for values in columns]
    known = ~np.logical_or.reduce([np.isnan(values) for values in columns])
    if not known.all():
        columns = [np.where(known, values, np.nan) for values in columns]
    top, *bottom = columns
    below = top[known]
    is_whole = bool((below == np.floor(below)).all())
    is_part = bool(bottom) and bool((below <= bottom[0][known]).all())
    rows = (when >= 0) & known
    every = bool(rows.all())
    when, columns = (when, columns) if every else (when[rows], [values[rows] for values in columns])
    now, *of = columns
    is_rate = bool(of) or (is_flag(now) and bool((now == 0).any()))
    weight = of[0] if of else np.ones(len(now))
    if ((now < 0).any() and not allow_negative) or (weight < 0).any():
        if named is not None:
            raise ParameterError(
                f"指标「{named.id}」（{named.name_zh}）在单次联络上可以是负数，不能分摊到组合上；"
                f"请改用它的对照指标「{named.twin}」，或用 ct.breakdown、ct.trend 看「{named.id}」。"
            )
        column = denominator if (weight < 0).any() else numerator
        raise ParameterError(f"列「{column}」有负数；这里只能用不小于 0 的计数、金额或分母。")
    for argument, value, there in (("current", current, when == 0), ("baseline", baseline, when > 0)):
        if is_rate and not there.any():
            seen = "、".join(str(one) for one in table[period].dropna().unique()[:_SHOWN])
            raise ParameterError(
                f"{argument}={value!r} 没有可用的数据行，算不出比率；请检查时期的写法，或换一个有数据的时期"
                f"（列「{period}」里有：{seen}）。"
            )
    codes, levels = encode_columns(table[names] if every else table.loc[rows, names])
    sizes = [len(level) for level in levels]
    at, entry = distinct_combinations(np.vstack([codes, when.astype(np.int32)]), [*sizes, periods.n_seen + 1])
    first, cell = distinct_combinations(codes[:, at], sizes)
    return Rows(
        names=names,
        levels=levels,
        codes=codes[:, at[first]],
        cell=cell,
        period=when[at],
        entry=entry,
        top=now,
        bottom=weight,
        is_divided=bool(of),
        is_rate=is_rate,
        is_flag=is_flag(top),
        is_whole=is_whole,
        is_part=is_part,
        periods=periods,
        note=periods.note(is_rate, current),
    )


def sum_by(ids: np.ndarray, n_groups: int, values: np.ndarray) -> np.ndarray:
    """Return the sums by group of one column or, in one pass, of several.

    Parameters
    ----------
    ids : ndarray of int32, shape (n,)
        Group of each entry; ``n_groups`` for those left out.
    n_groups : int
    values : ndarray, shape (n,) or (n, n_columns)

    Returns
    -------
    ndarray, shape (n_groups,) or (n_columns, n_groups)

    Examples
    --------
    >>> values = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 1.0]])
    >>> sum_by(np.array([0, 1, 0, 2], dtype=np.int32), 2, values).tolist()
    [[4.0, 2.0], [2.0, 1.0]]
    """
    ends = np.arange(len(ids) + 1, dtype=np.int32)
    members = csc_array((np.ones(len(ids)), ids, ends), shape=(n_groups + 1, len(ids)))
    return np.ascontiguousarray((members @ values)[:n_groups].T)


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
    sizes = [len(cells.levels[dim]) for dim in dims]
    if where is None or where.all():
        first, part = distinct_combinations(cells.codes[list(dims)], sizes)
        return Grouping(tuple(dims), part.astype(np.int32, copy=False), first)
    at = np.flatnonzero(where)
    first, part = distinct_combinations(cells.codes[np.ix_(np.asarray(dims), at)], sizes)
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
