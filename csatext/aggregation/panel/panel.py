"""Facts to a panel: counts and sums by group and regular period, empty periods filled with zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import encode_groups
from csatext.aggregation.inputs.kpi_measures import measured
from csatext.aggregation.inputs.measures import Array, read_amounts
from csatext.aggregation.panel.coverage import are_whole_periods, ends_early, floor, starts_late
from csatext.aggregation.panel.period_length import check_width, inferred_freq_note
from csatext.dates.period_names import read_moment, read_times
from csatext.errors import ParameterError

__all__ = [
    "CYCLES",
    "FREQUENCIES",
    "Array",
    "Panel",
    "as_freq",
    "labels",
    "make_panel",
    "next_starts",
]

FREQUENCIES = {"h": "h", "D": "D", "W": "W-MON", "M": "MS", "Q": "QS", "Y": "YS"}
"""Our frequencies and the pandas offset of their starts. Weeks are ISO weeks, from Monday."""

CYCLES = {"h": 24, "D": 7, "W": 52, "M": 12, "Q": 4, "Y": 1}
"""Periods in the shortest season of each frequency."""

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
        ``count``, ``sum``, ``rate``, ``mean`` or ``ratio``.
    n, numerator, denominator : arrays, groups x periods
        Contacts; contacts, flags or sum; contacts with a known measure, or sum of the denominator; 1 for
        sums.
    units, error : arrays, groups x periods
        Observations with a known measure, and the standard error of their mean or ratio (of the
        residuals, Cochran 1977, chapter 6), NaN where there are fewer than two; of a sum that of a
        compound Poisson one.
    is_complete, is_late : arrays of bool, one a period
        Whether the data cover all of it; whether some of its rows wait for late data.
    notes : dict
        What the result is about, for its attrs.
    """

    groups: pd.DataFrame
    starts: pd.DatetimeIndex
    freq: str
    kind: str
    n: Array
    numerator: Array
    denominator: Array
    units: Array
    error: Array
    is_complete: npt.NDArray[np.bool_]
    is_late: npt.NDArray[np.bool_]
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
    code = _ALIASES.get(freq, freq) if isinstance(freq, str) else ""
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
    denominator: str | None = None,
    count: str | None = None,
    kind: str | None = None,
    start: object = None,
    end: object = None,
) -> Panel:
    """Count ``facts`` by group and period.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a row that stands for ``count`` contacts.
    time, freq, by, measure, denominator, count, kind
        As in :func:`csatext.aggregation.trend.trend`.
    start, end : date, optional
        What the data cover, both included; rows outside are left out. By default what was seen.

    Returns
    -------
    Panel
        With no period where no row has a time.

    Raises
    ------
    ParameterError, SchemaError
        Unknown frequency or one finer than the periods that ``time`` names, missing column, a column
        of the wrong type.
    """
    freq = as_freq(freq)
    check_columns(facts, [time], "time")
    check_columns(facts, by, "by")
    named = measure
    facts, measure, denominator, kind, count = measured(
        facts, measure, denominator, kind, count, by=by, time=time, freq=freq, totals=True
    )
    for name, argument in ((measure, "measure"), (denominator, "denominator"), (count, "count")):
        check_columns(facts, [] if name is None else [name], argument)
    times = read_times(facts[time], time)
    check_width(facts[time], time, freq)
    lower = None if start is None else read_moment(start, "start")
    upper = None if end is None else read_moment(end, "end", last=True)
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
    amounts = read_amounts(used, measure, denominator, count, kind)
    notes |= {"kind": amounts.kind, "measure": named, "denominator": denominator}
    note = inferred_freq_note(times, time, freq) if amounts.is_counted else None
    notes |= {} if note is None else {"note": note}
    first = lower if lower is not None else times.min()
    final = upper if upper is not None else times.max()
    if pd.isna(first) or pd.isna(final) or (times.empty and (lower is None or upper is None)):
        starts = pd.DatetimeIndex([], dtype="datetime64[us]")
    else:
        if final < first:
            raise ParameterError.out_of_range("end", str(end), "不早于 start")
        starts = pd.date_range(floor(first, freq), floor(final, freq), freq=FREQUENCIES[freq], unit="us")
    code, groups = encode_groups(used, by)
    if len(groups) * len(starts) > _MOST_CELLS:
        raise ParameterError.out_of_range(
            "freq",
            freq,
            f"组数 × 时段数不超过 {_MOST_CELLS:,}（现有 {len(groups):,} × {len(starts):,}）；请用更粗的 freq",
        )
    shape = (len(groups), len(starts))
    period = np.maximum(starts.searchsorted(times.to_numpy(), side="right") - 1, 0)
    cell = code * max(len(starts), 1) + period

    def total(amount: Array) -> Array:
        cells = shape[0] * shape[1]
        return np.bincount(cell, amount, minlength=cells)[:cells].reshape(shape).astype(float)

    is_late = np.zeros(len(starts), dtype=bool)
    is_late[period[_waits(used, [named, denominator])]] = True
    complete = ~is_late
    is_whole = amounts.is_counted and are_whole_periods(times, starts, freq)
    if len(starts):
        complete[0] &= not starts_late(times, lower, starts[0], freq) or (is_whole and lower is None)
        complete[-1] &= not ends_early(times, upper, starts[-1], freq) or (is_whole and upper is None)
    notes |= {"whole_periods": is_whole, "n_late_periods": int(is_late.sum())}
    numerator, bottom, units = total(amounts.numerator), total(amounts.denominator), total(amounts.units)
    several = np.where(units > 1, units, np.nan)
    divisor = np.where(bottom > 0, bottom, np.nan)
    value = numerator / divisor
    residual = total(amounts.squares) - 2 * value * total(amounts.cross)
    residual += value**2 * total(amounts.denominator_squares)
    error = np.sqrt(np.maximum(residual, 0.0) * several / (several - 1)) / divisor
    if amounts.kind == "sum":
        bottom, units = np.ones(shape), np.full(shape, np.inf)
        error = np.sqrt(total(amounts.squares))
    return Panel(
        groups, starts, freq, amounts.kind, total(amounts.contacts), numerator, bottom, units, error,
        complete, is_late, notes,
    )  # fmt: skip


def _waits(facts: pd.DataFrame, names: Sequence[str | None]) -> npt.NDArray[np.bool_]:
    """Return which rows still wait for late data, by the flags that ``join`` adds to such columns."""
    waits = np.zeros(len(facts), dtype=bool)
    for name in names:
        flag = f"{name}_complete"
        if name is not None and flag in facts.columns and pd.api.types.is_bool_dtype(facts[flag].dtype):
            waits |= ~facts[flag].fillna(value=True).to_numpy(dtype=bool)
    return waits
