"""Columns of times: reading them, flooring to periods, and how far the data reach into a period."""

from __future__ import annotations

import pandas as pd

from csatext.errors import ParameterError

__all__ = ["ends_early", "floor", "read_times", "starts_late"]

_ZONE = "Asia/Shanghai"


def read_times(column: pd.Series, name: str) -> pd.Series:
    """Return a column as times without zone, in microseconds.

    Texts and dates are converted. Times with a zone become Beijing time, because days, weeks and
    holidays are counted there.

    Raises
    ------
    ParameterError
        Numbers, or texts that are no times; the message shows one.
    """
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.start_time
    if column.isna().all():
        return pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    if pd.api.types.is_numeric_dtype(column):
        raise ParameterError(
            f"列「{name}」是数字（{column.dtype}），不能当作时间；请先用 pd.to_datetime(列, unit=…) 转换。"
        )
    if not pd.api.types.is_datetime64_any_dtype(column):
        column = _parse(column, name)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(_ZONE).dt.tz_localize(None)
    return column.astype("datetime64[us]")


def _parse(column: pd.Series, name: str) -> pd.Series:
    """Convert texts, dates and mixed objects; anything that is not a time is an error."""
    given = column.astype(object).where(column.notna(), None)
    blank = given.map(lambda value: isinstance(value, str) and not value.strip())
    given = given.mask(blank, None)
    try:
        parsed = pd.to_datetime(given, format="mixed", errors="coerce")
    except (ValueError, TypeError) as error:
        raise ParameterError(
            f"列「{name}」混有不同时区的时间；请先用 pd.to_datetime(列, utc=True) 统一。"
        ) from error
    bad = parsed.isna() & given.notna()
    if bad.any():
        example = str(given[bad].iloc[0])[:30]
        raise ParameterError(
            f"列「{name}」有 {int(bad.sum())} 个值不能读成时间，例如「{example}」；"
            "请先改正，或用 pd.to_datetime(列, errors='coerce') 转换（读不出的变为空）。"
        )
    return parsed


def floor(moment: pd.Timestamp, freq: str) -> pd.Timestamp:
    """Return the start of the period that ``moment`` is in."""
    if freq == "h":
        return moment.floor("h")
    return moment.to_period({"W": "W-SUN"}.get(freq, freq)).start_time


def ends_early(times: pd.Series, end: pd.Timestamp | None, start: pd.Timestamp, freq: str) -> bool:
    """Tell whether the data end before the period that begins at ``start`` does.

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
    """Tell whether the data begin after the period that begins at ``first``; the mirror of ends_early."""
    unit = "h" if freq == "h" else "D"
    if start is not None:
        return start > first
    earliest = times.min()
    if earliest.floor(unit) > first:
        return True
    inner = times - times.dt.floor(unit)
    opening = inner.groupby(times.dt.floor(unit)).min()
    return len(opening) > 1 and bool(opening.iloc[0] > opening.iloc[1:29].max())


_STEPS = {
    "h": pd.DateOffset(hours=1),
    "D": pd.DateOffset(days=1),
    "W": pd.DateOffset(days=7),
    "M": pd.DateOffset(months=1),
    "Q": pd.DateOffset(months=3),
    "Y": pd.DateOffset(years=1),
}
