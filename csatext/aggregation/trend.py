"""Counts, rates and means over time, with intervals, changes and the business calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.aggregation.audit.audited_cells import audited_cells, check_auditable
from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.inputs.kpi_measures import with_lag_flag
from csatext.aggregation.panel.age import by_age
from csatext.aggregation.panel.calendar import CalendarLike, days_of, kept_by_periods
from csatext.aggregation.panel.panel import Array, Panel, labels, make_panel, next_starts
from csatext.aggregation.panel.seasonal import seasonally_adjusted
from csatext.aggregation.statistics.intervals import (
    Difference,
    divide,
    garwood,
    mean_interval,
    rate_difference,
)
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_moment, read_times
from csatext.errors import ParameterError
from csatext.inference import check_level, wilson
from csatext.schema import conform
from csatext.schema.time import TREND

__all__ = ["LatestChange", "latest_change", "trend"]

# Periods in a year; days and hours go back 52 weeks, so that like weekdays are compared.
_YEAR = {"h": 364 * 24, "D": 364, "W": 52, "M": 12, "Q": 4, "Y": 1}


@check_simple_types
def trend(
    facts: pd.DataFrame,
    time: str = "created_at",
    freq: str = "W",
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    *,
    denominator: str | None = None,
    count: str | None = None,
    kind: str | None = None,
    level: float = 0.95,
    calendar: CalendarLike = "CN",
    start: object = None,
    end: object = None,
    age_from: str | None = None,
    audit: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row a period (and group): counts, rates or means, interval, changes, calendar.

    Periods without contacts are rows too, zeros for counts, NA for rates and means.

    Parameters
    ----------
    facts : DataFrame
        One row a contact (or ``count`` contacts). Left unchanged.
    time : str
        Column of times, periods, or texts that can be read as such (2026-05-03, 2026年5月, 2026-W18,
        2026Q2); a zone is converted to Beijing time. Rows without a time are left out and counted in
        ``attrs["n_missing_time"]``.
    freq : {"h", "D", "W", "M", "Q", "Y"}
        Length of a period; pandas aliases are taken. Weeks are ISO weeks, from Monday.
    by : str or list of str, optional
        Dimensions; missing values become the group "(空)".
    measure : str, optional
        None: counts. A column of True and False (or 0 and 1): rates. Another number: means. Or the id of
        a KPI (:func:`csatext.kpi_definitions`). Rows with a missing measure are left out of the denominator.
    denominator : str, optional
        Column summed below the line; ``measure`` is summed above it and ``count`` weighs nothing. Of
        counts that are a part of it in every row (complaints and contacts of a day) it gives a rate,
        as of flags; of others, and in tables with ``doc_id``, a ratio.
    count : str, optional
        Column with the number of contacts that a row stands for (a table that is counted already).
        Flags, and averages of a row, weigh by it. Whole numbers never above it may be numbers of
        contacts or scores: an error asks for ``denominator`` or ``kind``.
    kind : {"rate", "ratio", "mean"}, optional
        Kind of the measure, where it cannot be inferred: with ``denominator`` "ratio" for whole amounts
        that are no counts of independent contacts, or "rate"; without it "mean".
    level : float
        Of the intervals: exact Poisson for counts (Garwood 1936), compound Poisson for sums (KPIs such as
        ``sales``; the variance is the sum of squares), Wilson (1927) for rates, Student's
        t for means and ratios (with standard error of the residuals, Cochran 1977, chapter 6).
    calendar : "CN", None or DataFrame
        Business calendar; see :func:`csatext.aggregation.panel.calendar.business_calendar`.
    start, end : date, optional
        What the data cover, both included (a month's name is meant to its end). Without them the
        first and last contact tell, and a first or last period that the data do not fill is marked in
        ``is_complete``. Rows of a counted table that all stand on first (or all on last) days of
        periods are totals of whole periods.
    age_from : str, optional
        Column of the moment at which what the contact is about began (launch, release, first order):
        periods are counted from it, so that products lie over each other. ``label`` is then 第1周, 第2周
        ..., ``period`` the same length counted from 2001-01-01, without calendar; ages that no row of a
        group can have reached yet are left out, and those that not all of it have reached are not
        complete. ``attrs["n_before"]``: rows before their beginning, left out.
    audit : DataFrame, optional
        Tags of people (see :func:`csatext.audited_rates`): rates of a flag, their intervals, changes and
        adjusted values are then corrected ones. ``attrs["audit"]`` says how many rows have a correction of
        their own, of a larger cell (``parent``) or ``none``, and so no value.

    Returns
    -------
    DataFrame
        Table ``trend``, sorted by group and period. ``change`` is against the period before,
        ``yoy_change`` against the year before (52 weeks for hours, days and weeks); for counts both
        are NA where one of the two periods is incomplete. ``adjusted``: see
        :func:`csatext.aggregation.panel.seasonal.seasonally_adjusted`. REQUIREMENTS rows 77, 78, 92, 103.
        ``attrs``: ``kind`` (count, sum, rate, mean, ratio: what the measure was taken for), ``measure``,
        ``denominator``, ``freq``, ``level``, ``n_rows``, ``n_missing_time``, ``n_outside``,
        ``whole_periods``, ``n_late_periods``; ``calendar_predicted_from``: first day whose days off
        were not announced (``holidays`` and ``workdays`` from it on are expected ones), or None.
        ``note``, where rows of a counted table all stand on starts of periods longer than ``freq``.

    Raises
    ------
    ParameterError, SchemaError
        Unknown column, frequency or calendar; a column that cannot be read as times, or that names
        periods (2026-05) longer than ``freq``; a dimension named as a column of the result; ``audit`` with
        something else than a flag of contacts.

    See Also
    --------
    csatext.trend_tests : is there a monotone trend (Mann-Kendall), how steep is it.
    csatext.changepoints : at which periods the level changed.
    csatext.effect : before and after a fix.

    Notes
    -----
    Late data: after ``join(..., complete_after=...)`` periods with a row whose ``<measure>_complete``
    is False are not complete, and have no changes; their number is ``attrs["n_late_periods"]``. Other
    late data need ``end``.

    Examples
    --------
    >>> days = ["2026-05-04", "2026-05-06", "2026-05-20"]
    >>> facts = pd.DataFrame({"created_at": days, "late": [True, False, True]})
    >>> table = trend(facts, "created_at", "W", measure="late")
    >>> table[["label", "n", "value", "is_complete"]].values.tolist()
    [['2026-W19', 2, 0.5, True], ['2026-W20', 0, nan, True], ['2026-W21', 1, 1.0, False]]
    """
    check_level(level)
    dimensions = free_dimensions(by, TREND)
    aged = None
    if age_from is not None:
        check_columns(facts, [time], "time")
        check_columns(facts, [age_from], "age_from")
        check_columns(facts, dimensions, "by")
        if start is not None or end is not None:
            raise ParameterError("按年龄（age_from）看趋势时不能给 start、end；请先筛选行。")
        aged = by_age(with_lag_flag(facts, measure, time), time, age_from, dimensions)
        facts, calendar = aged.facts, None
    panel = make_panel(
        facts, time, freq, dimensions, measure,
        denominator=denominator, count=count, kind=kind, start=start, end=end,
    )  # fmt: skip
    low, high = _intervals(panel, level)
    corrections: dict[str, int] | None = None
    if audit is not None:
        check_auditable("trend", panel.kind, is_plain=denominator is None and count is None)
        panel, low, high, corrections = _audited_panel(panel, facts, audit, time, start, end, level)
    value = panel.value
    is_total = panel.kind in ("count", "sum")
    is_part = ~panel.is_complete if is_total else panel.is_late
    comparable = np.where(is_part, np.nan, value)
    change, change_rate = _changes(comparable, 1)
    yoy_change, yoy_rate = _changes(comparable, _YEAR[panel.freq])
    rows = len(panel.groups)
    frame = panel.long(
        label=np.tile(labels(panel.starts, panel.freq), rows),
        n=np.rint(panel.n),
        numerator=panel.numerator,
        denominator=np.where(is_total, np.nan, panel.denominator),
        value=value,
        low=low,
        high=high,
        is_complete=np.tile(panel.is_complete, rows),
        change=change,
        change_rate=change_rate,
        yoy_change=yoy_change,
        yoy_change_rate=yoy_rate,
        adjusted=seasonally_adjusted(panel, calendar),
    )
    columns = _calendar_columns(panel.starts, panel.freq, calendar)
    frame = frame.merge(columns, on="period", how="left")
    frame.attrs = {**panel.notes, "freq": panel.freq, "level": level, **columns.attrs}
    if aged is not None:
        frame = aged.cut(frame, panel, dimensions)
    if corrections is not None:
        frame.attrs["audit"] = corrections
    if not len(panel.starts):
        frame.attrs["reason"] = (
            f"列「{time}」里没有一行的时间在 start 与 end 之间，无法按时段汇总。"
            if panel.notes["n_outside"]
            else f"列「{time}」里没有一行有时间，无法按时段汇总。"
        )
    return conform(frame, TREND, dimensions)


def _audited_panel(
    panel: Panel,
    facts: pd.DataFrame,
    audit: pd.DataFrame,
    time: str,
    start: object,
    end: object,
    level: float,
) -> tuple[Panel, Array, Array, dict[str, int]]:
    """Return the panel with corrected numerators, their intervals, and the cells by correction."""
    times = read_times(facts[time], time)
    inside = times.notna()
    if start is not None:
        inside &= times >= read_moment(start, "start")
    if end is not None:
        inside &= times <= read_moment(end, "end", last=True)
    used = facts[inside.to_numpy()]
    if not len(panel.starts) or not len(used):
        empty = np.full(panel.n.shape, np.nan)
        return panel, empty, empty, {}
    cells = panel.long()
    measure = str(panel.notes["measure"])
    rates = audited_cells(used, audit, measure, cells, level=level, time=time, freq=panel.freq)
    rate, low, high = (rates[name].to_numpy().reshape(panel.n.shape) for name in ("rate", "low", "high"))
    known = ~np.isnan(rate)
    size = np.where(known, panel.denominator, 0.0)
    corrected = replace(panel, numerator=np.where(known, rate, 0.0) * size, denominator=size)
    counts = rates["correction"][panel.n.ravel() > 0].value_counts()
    return corrected, low, high, {str(name): int(n) for name, n in counts.items()}


def _intervals(panel: Panel, level: float) -> tuple[Array, Array]:
    """Return the interval of each value; NaN where there is none."""
    if panel.kind == "count":
        return garwood(panel.n, level)
    size = np.where(panel.denominator > 0, panel.denominator, np.nan)
    if panel.kind == "rate":
        return wilson(panel.numerator, size, level)
    return mean_interval(panel.value, panel.error, panel.units, level)


def _changes(value: Array, lag: int) -> tuple[Array, Array]:
    """Return the difference from ``lag`` periods before, absolute and relative (NaN where that was 0)."""
    before = np.full(value.shape, np.nan)
    if value.shape[1] > lag:
        before[:, lag:] = value[:, :-lag]
    change = value - before
    return change, np.divide(change, before, out=np.full(value.shape, np.nan), where=before != 0)


@kept_by_periods
def _calendar_columns(starts: pd.DatetimeIndex, freq: str, calendar: CalendarLike) -> pd.DataFrame:
    """Return working days, holidays and promotions of each period; attrs name the predicted ones."""
    frame = pd.DataFrame({"period": starts, "workdays": pd.array([None] * len(starts), dtype="Int64")})
    frame["holidays"] = pd.Series([None] * len(starts), dtype="str")
    frame["promotions"] = pd.Series([None] * len(starts), dtype="str")
    frame.attrs = {"calendar_predicted_from": None}
    if calendar is None or not len(starts):
        return frame
    stop = next_starts(starts[-1], freq, 1)[0] - pd.Timedelta(microseconds=1)
    days = days_of(calendar, starts[0], stop)
    if days is None:
        return frame
    predicted = days.loc[days["is_predicted"], "date"]
    if len(predicted):
        frame.attrs = {"calendar_predicted_from": str(predicted.min().date())}
    if freq == "h":
        day = days.set_index("date").reindex(starts.normalize())
        frame["workdays"] = pd.array(day["is_workday"].to_numpy(dtype=int), dtype="Int64")
        frame["holidays"], frame["promotions"] = day["holiday"].to_numpy(), day["promotion"].to_numpy()
        return frame
    days = days.assign(period=starts[starts.searchsorted(days["date"], side="right") - 1])
    grouped = days.groupby("period")
    frame["workdays"] = grouped["is_workday"].sum().to_numpy()
    for column, name in (("holidays", "holiday"), ("promotions", "promotion")):
        named = days.dropna(subset=[name]).drop_duplicates(["period", name])
        joined = named.groupby("period")[name].agg("、".join)
        frame[column] = joined.reindex(starts).to_numpy()
    return frame


class LatestChange(NamedTuple):
    """The last complete period against those before it.

    Its name and contacts, the contacts a period before it, both rates, the periods before, and the
    difference of the rates.
    """

    label: str
    n: float
    n_before: float
    value: float
    before: float
    periods_before: int
    difference: Difference


def latest_change(total: pd.DataFrame, periods: int, level: float = 0.95) -> LatestChange | None:
    """Return how the rate of the last complete period differs from the pooled rate of those before it.

    Parameters
    ----------
    total : DataFrame
        Table ``trend`` of a flag, without dimensions.
    periods : int
        Periods to compare with, at most.
    level : float, default 0.95
        Coverage of the interval of the difference (Newcombe 1998, method 10).

    Returns
    -------
    LatestChange or None
        None where fewer than two complete periods have a known flag.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=4).repeat(50)
    >>> facts = pd.DataFrame({"created_at": days, "is_negative": [True, False] * 75 + [True] * 50})
    >>> found = latest_change(trend(facts, freq="D", measure="is_negative"), 4)
    >>> found.label, found.periods_before, found.before, found.value, found.difference.is_significant
    ('2026-03-05', 3, 0.5, 1.0, True)
    """
    whole = total[total["is_complete"] & (total["denominator"] > 0)]
    if len(whole) < 2:
        return None
    numbers = whole[["n", "numerator", "denominator", "value"]].astype("float64")
    last, past = numbers.iloc[-1], numbers.iloc[-1 - periods : -1]
    before = float(past["numerator"].sum()), float(past["denominator"].sum())
    after = float(last["numerator"]), float(last["denominator"])
    difference = rate_difference(before, after, check_level(level))
    figures = float(last["n"]), float(past["n"].mean()), float(last["value"]), float(divide(*before))
    return LatestChange(str(whole["label"].iloc[-1]), *figures, len(past), difference)
