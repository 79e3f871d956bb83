"""Coverage of the first and last period by the data."""

from __future__ import annotations

import pandas as pd

__all__ = ["are_whole_periods", "ends_early", "floor", "starts_late"]

_STEPS = {
    "h": pd.DateOffset(hours=1),
    "D": pd.DateOffset(days=1),
    "W": pd.DateOffset(days=7),
    "M": pd.DateOffset(months=1),
    "Q": pd.DateOffset(months=3),
    "Y": pd.DateOffset(years=1),
}


def floor(moment: pd.Timestamp, freq: str) -> pd.Timestamp:
    """Return the start of the period that ``moment`` is in."""
    if freq == "h":
        return moment.floor("h")
    return moment.to_period({"W": "W-SUN"}.get(freq, freq)).start_time


def are_whole_periods(times: pd.Series, starts: pd.DatetimeIndex, freq: str) -> bool:
    """Return whether the rows of a counted table are totals of whole periods.

    They are where all stand on the first day of their periods, or all on the last one, as ``resample``
    names months and weeks; at midnight. Of days and hours each row is taken for what it is.
    """
    if freq in ("h", "D") or times.empty:
        return False
    own = starts[starts.searchsorted(times.to_numpy(), side="right") - 1]
    if (times.to_numpy() == own.to_numpy()).all():
        return True
    last = own + _STEPS[freq] - pd.Timedelta(days=1)
    return bool((times.to_numpy() == last.to_numpy()).all())


def ends_early(times: pd.Series, end: pd.Timestamp | None, start: pd.Timestamp, freq: str) -> bool:
    """Return whether the data end before the period that begins at ``start`` does.

    Days (hours for hourly data) are the unit: the last one counts as covered when its last contact
    comes no earlier than the earliest last contact of the 28 units before it.
    """
    last = end if end is not None else times.max()
    unit = "h" if freq == "h" else "D"
    stop = (start + _STEPS[freq]).floor(unit)
    covered = last.floor(unit)
    if end is None:
        inner = times - times.dt.floor(unit)
        latest = inner.groupby(times.dt.floor(unit)).max()
        whole = len(latest) < 2 or latest.iloc[-1] >= latest.iloc[-29:-1].min()
    else:
        whole = last + pd.Timedelta(microseconds=1) == (last + pd.Timedelta(microseconds=1)).floor(unit)
    return covered + pd.Timedelta(1, unit=unit) < stop or not whole


def starts_late(times: pd.Series, start: pd.Timestamp | None, first: pd.Timestamp, freq: str) -> bool:
    """Return whether the data begin after the period that begins at ``first``; the mirror of ends_early."""
    unit = "h" if freq == "h" else "D"
    if start is not None:
        return start > first
    earliest = times.min()
    if earliest.floor(unit) > first:
        return True
    inner = times - times.dt.floor(unit)
    opening = inner.groupby(times.dt.floor(unit)).min()
    return len(opening) > 1 and bool(opening.iloc[0] > opening.iloc[1:29].max())
