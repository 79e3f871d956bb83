"""Facts to a panel: counts and sums by group and regular period, empty periods filled with zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.arguments import as_number, check_columns, is_flag
from csatext.aggregation.times import ends_early, floor, read_times, starts_late
from csatext.errors import ParameterError

__all__ = [
    "CYCLES",
    "EMPTY",
    "FREQUENCIES",
    "Array",
    "Panel",
    "as_freq",
    "labels",
    "make_panel",
    "next_starts",
]

Array = npt.NDArray[np.float64]

FREQUENCIES = {"h": "h", "D": "D", "W": "W-MON", "M": "MS", "Q": "QS", "Y": "YS"}
"""Our frequencies and the pandas offset of their starts. Weeks are ISO weeks, from Monday."""

CYCLES = {"h": 24, "D": 7, "W": 52, "M": 12, "Q": 4, "Y": 1}
"""Periods in the shortest season of each frequency."""

EMPTY = "(空)"
"""Value of a dimension where the facts have none."""

_ALIASES = {
    **{"H": "h", "d": "D", "W-SUN": "W", "W-MON": "W", "MS": "M", "ME": "M"},
    **{"QS": "Q", "QE": "Q", "YS": "Y", "YE": "Y", "A": "Y"},
    **{"hour": "h", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"},
}

_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class Panel:
    """Counts and sums of facts by group (rows) and period (columns).

    Attributes
    ----------
    groups : DataFrame, one row a group
        The dimensions, sorted; no column where there is no ``by``.
    starts : DatetimeIndex
        Starts of the periods, without a gap.
    freq : str
        A key of :data:`FREQUENCIES`.
    kind : str
        ``count``, ``rate`` or ``mean``.
    n, numerator, denominator, squares : arrays, groups x periods
        Contacts; contacts, flags or sum; contacts with a known measure; sum of squares.
    is_complete : array of bool, one a period
    notes : dict
        ``n_rows``, ``n_missing_time``, ``n_outside``, for the attrs of results.
    """

    groups: pd.DataFrame
    starts: pd.DatetimeIndex
    freq: str
    kind: str
    n: Array
    numerator: Array
    denominator: Array
    squares: Array
    is_complete: npt.NDArray[np.bool_]
    notes: dict[str, object]

    @property
    def value(self) -> Array:
        """Count, rate or mean by group and period; NaN where the denominator is zero."""
        if self.kind == "count":
            return self.n
        known = self.denominator > 0
        return np.divide(self.numerator, self.denominator, out=np.full(self.n.shape, np.nan), where=known)

    def long(self, **columns: npt.NDArray[np.generic] | pd.Series) -> pd.DataFrame:
        """Return a row a group and period, dimensions and period first; arrays are groups x periods."""
        rows, width = self.n.shape
        frame = self.groups.loc[np.repeat(np.arange(rows), width)].reset_index(drop=True)
        frame["period"] = np.tile(self.starts.to_numpy(), rows)
        for name, array in columns.items():
            frame[name] = np.asarray(array).ravel()
        return frame


def as_freq(freq: str) -> str:
    """Return our name of a frequency; pandas aliases are taken."""
    code = _ALIASES.get(freq, freq) if isinstance(freq, str) else freq
    if code not in FREQUENCIES:
        raise ParameterError.not_allowed("freq", freq, list(FREQUENCIES))
    return code


def labels(starts: pd.DatetimeIndex, freq: str) -> npt.NDArray[np.object_]:
    """Return the name of each period: 2026-05-03, 2026-W18, 2026-05, 2026Q2."""
    if freq == "W":
        iso = starts.isocalendar()
        year, week = iso["year"].astype("str"), iso["week"].astype("str").str.zfill(2)
        return (year + "-W" + week).to_numpy(dtype=object)
    if freq == "Q":
        return (starts.year.astype("str") + "Q" + starts.quarter.astype("str")).to_numpy(dtype=object)
    form = {"h": "%Y-%m-%d %H:00", "D": "%Y-%m-%d", "M": "%Y-%m", "Y": "%Y"}[freq]
    return starts.strftime(form).to_numpy(dtype=object)


def next_starts(last: pd.Timestamp, freq: str, periods: int) -> pd.DatetimeIndex:
    """Return the starts of the ``periods`` periods that follow the one starting at ``last``."""
    return pd.date_range(last, periods=periods + 1, freq=FREQUENCIES[freq], unit="us")[1:]


def make_panel(
    facts: pd.DataFrame,
    time: str,
    freq: str,
    by: Sequence[str],
    measure: str | None,
    *,
    count: str | None = None,
    start: object = None,
    end: object = None,
) -> Panel:
    """Count ``facts`` by group and period.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a row that stands for ``count`` contacts.
    time, freq, by, measure
        As in :func:`csatext.aggregation.trend.trend`.
    count : str, optional
        Column with the number of contacts a row stands for; each row is one without it.
    start, end : date, optional
        What the data cover, both included; rows outside are left out. By default what was seen.

    Returns
    -------
    Panel
        With no period where no row has a time.

    Raises
    ------
    ParameterError, SchemaError
        Unknown frequency, missing column, a column of the wrong type.
    """
    freq = as_freq(freq)
    check_columns(facts, [time], "time")
    check_columns(facts, by, "by")
    check_columns(facts, [measure] if measure is not None else [], "measure")
    check_columns(facts, [count] if count is not None else [], "count")
    times = read_times(facts[time], time)
    lower, upper = _bound("start", start, last=False), _bound("end", end, last=True)
    known = times.notna()
    inside = (
        known
        & (times >= lower if lower is not None else True)
        & (times <= upper if upper is not None else True)
    )
    notes: dict[str, object] = {
        "n_rows": len(facts),
        "n_missing_time": int((~known).sum()),
        "n_outside": int((known & ~inside).sum()),
    }
    used = facts[inside.to_numpy()]
    times = times[inside.to_numpy()]
    first = lower if lower is not None else times.min()
    final = upper if upper is not None else times.max()
    if pd.isna(first) or pd.isna(final) or (times.empty and (lower is None or upper is None)):
        starts = pd.DatetimeIndex([], dtype="datetime64[us]")
    else:
        if final < first:
            raise ParameterError.out_of_range("end", str(end), "不早于 start")
        starts = pd.date_range(floor(first, freq), floor(final, freq), freq=FREQUENCIES[freq], unit="us")
    code, groups = _groups(used, by)
    if len(groups) * len(starts) > _MOST_CELLS:
        raise ParameterError.out_of_range(
            "freq",
            freq,
            f"组数 × 时段数不超过 {_MOST_CELLS:,}（现有 {len(groups):,} × {len(starts):,}）；请用更粗的 freq",
        )
    shape = (len(groups), len(starts))
    cell = code * max(len(starts), 1) + np.maximum(starts.searchsorted(times.to_numpy(), side="right") - 1, 0)
    weight = np.ones(len(used)) if count is None else _weights(used, count)
    x = np.ones(len(used)) if measure is None else as_number(used, measure)
    kind = "count" if measure is None else "rate" if is_flag(x) else "mean"
    has = ~np.isnan(x)

    def total(amount: Array) -> Array:
        cells = shape[0] * shape[1]
        return np.bincount(cell, amount, minlength=cells)[:cells].reshape(shape).astype(float)

    filled = np.where(has, x, 0.0)
    complete = np.ones(len(starts), dtype=bool)
    if len(starts):
        complete[0] = not starts_late(times, lower, starts[0], freq)
        complete[-1] &= not ends_early(times, upper, starts[-1], freq)
    return Panel(
        groups, starts, freq, kind, total(weight), total(weight * filled), total(weight * has),
        total(weight * filled**2), complete, notes,
    )  # fmt: skip


def _bound(name: str, value: object, *, last: bool) -> pd.Timestamp | None:
    """Read ``start`` or ``end``; a day without a time of day is meant to its end."""
    if value is None:
        return None
    moment = read_times(pd.Series([value]), name).iloc[0]
    if pd.isna(moment):
        raise ParameterError.wrong_type(name, value, "日期，例如 2026-05-01")
    if last and moment == moment.normalize():
        return moment + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    return moment


def _groups(facts: pd.DataFrame, by: Sequence[str]) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Return the group number of each row and the groups, sorted; missing values become a group."""
    if not by:
        return np.zeros(len(facts), dtype=np.int64), pd.DataFrame(index=pd.RangeIndex(1))
    columns = []
    for name in by:
        column = facts[name]
        if column.isna().any() or column.dtype == object:
            column = column.astype("str").where(column.notna(), EMPTY)
        columns.append(column.reset_index(drop=True))
    keys = pd.concat(columns, axis=1)
    grouped = keys.groupby(list(by), observed=True, sort=True)
    code = grouped.ngroup().to_numpy(dtype=np.int64)
    first = np.full(grouped.ngroups, 0, dtype=np.int64)
    first[code[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return code, keys.iloc[first].reset_index(drop=True)


def _weights(facts: pd.DataFrame, count: str) -> Array:
    """Return the contacts each row stands for; a missing count is none."""
    counts = np.nan_to_num(as_number(facts, count))
    if (counts < 0).any():
        raise ParameterError.out_of_range("count", count, "这一列没有负数")
    return counts.astype(float)
