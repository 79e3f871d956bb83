"""Forecasts of volumes and rates with prediction intervals on the business calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, as_whole
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.inputs.kpi_measures import kpi_named, unwatchable
from csatext.aggregation.panel.calendar import CalendarLike
from csatext.aggregation.panel.panel import Panel, labels, make_panel, next_starts
from csatext.aggregation.panel.period_length import index_freq
from csatext.aggregation.panel.seasonal import forecast_season
from csatext.aggregation.prediction.projection import (
    METHODS,
    backtest,
    count_interval,
    count_median,
    project,
    total_variance,
)
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import check_level
from csatext.schema import conform
from csatext.schema.time import FORECAST

__all__ = ["forecast"]

_MOST_STEPS = 1_000


@check_simple_types
def forecast(
    facts: pd.DataFrame | pd.Series,
    horizon: int,
    *,
    time: str = "created_at",
    freq: str | None = None,
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    denominator: str | None = None,
    level: float = 0.95,
    calendar: CalendarLike = "CN",
    count: str | None = None,
    start: object = None,
    end: object = None,
) -> pd.DataFrame:
    """Forecast contacts (or a rate) for the periods after the last complete one.

    Log-linear regression on weekday, holidays and promotions of the coming days (month or quarter of the
    year from two years on), effects of a group shrunken towards those of all; levels that follow the series
    fast, at medium speed or slowly, their mean, or a damped trend, whichever did best for the series in
    a backtest from up to six past origins; intervals from negative binomial counts, widened or narrowed
    until the backtest covers ``level``.

    Parameters
    ----------
    facts : DataFrame or Series
        One row a contact; or a Series of counts with times as index.
    horizon : int
        Periods ahead, 1 to 1,000.
    time, by, denominator, calendar, count, start, end
        As in :func:`csatext.aggregation.trend.trend`.
    freq : {"h", "D", "W", "M", "Q", "Y"}, optional
        Length of a period. None: that of the index of a Series (its frequency, or months, weeks and
        hours on which all its times stand), else "D".
    measure : str, optional
        A flag, or with ``denominator`` a number of contacts: its rate is forecast. None: the number of
        contacts.
    level : float
        Coverage of the intervals: probability that a period's value lies in its interval.

    Returns
    -------
    DataFrame
        Table ``forecast``, sorted by group and period. ``value`` is the median, ``mean`` the expected
        value: use ``mean`` for sums. ``mase`` and ``mase_naive`` compare the backtest's absolute errors
        with those of the seasonal naive forecast (same weekday of the week before); NA for series
        without any variation or too short for a backtest. ``attrs``: ``origins``,
        ``better_than_naive`` (share of series), ``coverage``. REQUIREMENTS rows 79, 80, 94.

    Raises
    ------
    ParameterError, SchemaError
        As ``trend``; a horizon out of range; a measure that is no flag or part of its denominator; a
        Series whose values are no whole numbers.

    Notes
    -----
    Damped trend: Gardner and McKenzie (1985). Scaled errors (MASE): Hyndman and Koehler (2006). Dispersion
    across groups: DerSimonian and Laird (1986).

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=56)
    >>> contacts = pd.Series([12, 11, 12, 10, 11, 4, 3] * 8, index=days)
    >>> table = forecast(contacts, 7, calendar=None)
    >>> table["value"].tolist()
    [12.0, 11.0, 12.0, 10.0, 11.0, 4.0, 3.0]
    """
    check_level(level)
    if not isinstance(horizon, (int, np.integer)) or isinstance(horizon, bool):
        raise ParameterError.wrong_type("horizon", horizon, "整数（向前几个时段）")
    if not 1 <= horizon <= _MOST_STEPS:
        raise ParameterError.out_of_range("horizon", horizon, f"1 到 {_MOST_STEPS:,}")
    if isinstance(facts, pd.Series):
        freq = index_freq(facts.index) if freq is None else freq
        facts, time, count = _table(facts), "索引", "值"
    dimensions = free_dimensions(by, FORECAST)
    named = kpi_named(facts, measure)
    if named is not None and named.kind in ("mean", "ratio", "sum") and denominator is None:
        raise unwatchable(named, "预测")
    panel = make_panel(
        facts, time, freq or "D", dimensions, measure,
        denominator=denominator, count=count, start=start, end=end,
    )  # fmt: skip
    if panel.kind in ("mean", "ratio"):
        raise ParameterError(
            f"参数 measure={measure!r} 不是真假列，也不是分母的一部分；可以预测数量（不给 measure），"
            "或比率（真假列，或条数加 denominator）。"
            f"如果「{measure}」是每行代表的条数，请写 count={measure!r}，不给 measure。"
        )
    steps = int(horizon)
    periods = len(panel.starts)
    while periods > 1 and not panel.is_complete[periods - 1]:
        periods -= 1
    ahead = next_starts(panel.starts[periods - 1], panel.freq, steps) if periods else panel.starts
    columns = _columns(panel, ahead, periods, steps, calendar, level)
    future = replace(panel, starts=ahead, n=columns["mean"])
    attributes = columns.pop("attrs")
    frame = future.long(**columns)
    frame["label"] = np.tile(labels(ahead, panel.freq), len(panel.groups))
    frame["step"] = np.tile(np.arange(1, len(ahead) + 1), len(panel.groups))
    frame.attrs = {**panel.notes, "freq": panel.freq, "kind": panel.kind, "level": level, **attributes}
    return conform(frame, FORECAST, dimensions)


def _table(series: pd.Series) -> pd.DataFrame:
    """Return a Series of counts as a counted table; rates and means in it are an error."""
    table = pd.DataFrame({"索引": series.index, "值": series.to_numpy()})
    values = as_whole(as_number(table, "值"))
    odd = values[~np.isnan(values) & (values != np.rint(values))]
    if len(odd):
        raise ParameterError(
            f"Series 的值应为条数，现有 {len(odd)} 个不是整数，例如 {odd[0]:g}。是比率，请给分子与分母两列："
            'forecast(table, horizon, time=…, measure="分子列", denominator="分母列")；'
            "是估算的条数，请先 series.round()；平均值不能预测。"
        )
    return table


def _columns(
    panel: Panel, ahead: pd.DatetimeIndex, periods: int, steps: int, calendar: CalendarLike, level: float
) -> dict[str, Any]:
    """Return value, mean, interval and backtest of each series and period, and the attrs."""
    if not periods:
        empty = np.zeros((len(panel.groups), 0))
        names = ("value", "mean", "low", "high", "method", "mase", "mase_naive", "coverage")
        return {**dict.fromkeys(names, empty), "attrs": {"reason": "没有一行有时间，无法预测。"}}
    season = forecast_season(panel.starts[:periods].append(ahead), panel.freq, calendar, periods)
    contacts = panel.n[:, :periods]
    exposure = np.ones((len(contacts), periods + steps))
    counts, divisor = contacts, np.ones((len(contacts), steps))
    if panel.kind == "rate":
        known = panel.denominator[:, :periods]
        coming = project(known, exposure, season, panel.freq, periods, steps)["blend"].mean
        counts, exposure = panel.numerator[:, :periods], np.hstack([known, coming])
        divisor = np.maximum(coming, 1e-9)
    tried = backtest(counts, exposure, season, panel.freq, periods, steps, level)
    found = project(counts, exposure, season, panel.freq, periods, steps)
    mean, value, variance = (np.empty((len(counts), steps)) for _ in range(3))
    for name in METHODS:
        own = tried.method == name
        mean[own], value[own] = found[name].mean[own], count_median(found[name])[own]
        variance[own] = total_variance(found[name], tried.spread)[own]
    low, high = count_interval(mean, variance, level)
    results = {"value": value / divisor, "mean": mean / divisor, "low": low / divisor, "high": high / divisor}
    if panel.kind == "rate":
        results = {name: np.clip(array, 0, 1) for name, array in results.items()}
    each = {
        "method": tried.method,
        "mase": tried.mase,
        "mase_naive": tried.mase_naive,
        "coverage": tried.coverage,
    }
    spread = {name: np.repeat(np.asarray(array)[:, None], steps, axis=1) for name, array in each.items()}
    judged = np.isfinite(tried.mase)
    attributes = {
        "origins": tried.origins,
        "better_than_naive": float((tried.mase < tried.mase_naive)[judged].mean()) if judged.any() else None,
        "coverage": float(tried.coverage.mean()) if tried.origins and len(counts) else None,
    }
    return {**results, **spread, "attrs": attributes}
