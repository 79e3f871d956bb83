"""A caller's times: whole columns, and single moments that name a day, week, month, quarter or year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.dates.parse import parse_times
from csatext.errors import ParameterError

__all__ = ["named_spans", "read_moment", "read_times"]

_STEPS = {
    "W": pd.DateOffset(days=7),
    "M": pd.DateOffset(months=1),
    "Q": pd.DateOffset(months=3),
    "H": pd.DateOffset(months=6),
    "Y": pd.DateOffset(years=1),
}


def read_times(column: pd.Series, name: str) -> pd.Series:
    """Return a column as times without zone, in microseconds.

    Texts are read in every form that :func:`csatext.dates.parse.parse_times` knows, as reading a file does:
    names of periods (``2026-W18``, ``2026年5月``, ``2026Q2``) are their first day, signs for no date (待定)
    are NaT. A pandas Period becomes its start. Times with a zone and epochs become Beijing time, because
    days, weeks and holidays are counted there.

    Raises
    ------
    ParameterError
        Numbers (the column may be one of amounts by a slip; written as text they are read), or texts that
        are no times; the message shows one.

    Examples
    --------
    >>> read_times(pd.Series(["2026-W18", "2026年05月", "202605"]), "week").dt.day.tolist()
    [27, 1, 1]
    """
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
        column = column.astype(object).infer_objects()
    if column.isna().all():
        return pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise ParameterError(
            f"列「{name}」是数字（{column.dtype}），不能当作时间；如果写的是 20260503、202605、时间戳"
            f'或 Excel 序列号，请先转成文字，例如 表["{name}"].astype("Int64").astype("str")。'
        )
    try:
        times = parse_times(column)
    except (ValueError, TypeError) as error:
        raise ParameterError(
            f"列「{name}」里的值不是单个的时间或文字；请先把这一列整理成每行一个时间。"
        ) from error
    if times.unreadable.any():
        example = str(column[times.unreadable].iloc[0])[:30]
        raise ParameterError(
            f"列「{name}」有 {int(times.unreadable.sum())} 个值不能读成时间，例如「{example}」；"
            "请先改正，或用 pd.to_datetime(列, errors='coerce') 转换（读不出的变为空）。"
        )
    return times.values


def named_spans(column: pd.Series) -> np.ndarray:
    """Return the length of the period that each text names: ``W``, ``M``, ``Q``, ``H``, ``Y`` or nothing.

    Parameters
    ----------
    column : Series of str, shape (n,)

    Returns
    -------
    ndarray of str, shape (n,)
        Empty for a day, a time and what is neither.

    Examples
    --------
    >>> named_spans(pd.Series(["2026-05", "2026年第18周", "2026-05-03"])).tolist()
    ['M', 'W', '']
    """
    return parse_times(column).span


def read_moment(value: object, argument: str, *, last: bool = False) -> pd.Timestamp:
    """Return a moment that the caller names: a day, time, month, week, quarter or year.

    Parameters
    ----------
    value : str, date, Timestamp or Period
    argument : str
        Name of the argument, for the message.
    last : bool
        The last microsecond of what is named, and not the first; a time of day is itself, but for the last
        minute of a day, which is the end of that day.

    Raises
    ------
    ParameterError
        It is none of these.

    Examples
    --------
    >>> str(read_moment("2026-04", "start")), str(read_moment("2026-04", "end", last=True))
    ('2026-04-01 00:00:00', '2026-04-30 23:59:59.999999')
    """
    try:
        moment = read_times(pd.Series([value]), argument).iloc[0]
    except ParameterError as error:
        raise ParameterError(
            f"参数 {argument}={value!r} 不能读成时间；请写日期，例如 2026-05-01，或 2026-05、2026-W18。"
        ) from error
    if pd.isna(moment):
        raise ParameterError.wrong_type(argument, value, "日期，例如 2026-05-01")
    if last and (moment.hour, moment.minute) == (23, 59):
        # How people and databases write the end of a day.
        return moment.normalize() + pd.DateOffset(days=1) - pd.Timedelta(microseconds=1)
    if not last or moment != moment.normalize():
        return moment
    if isinstance(value, pd.Period):
        return value.end_time.floor("us")
    span = str(named_spans(pd.Series([value]))[0]) if isinstance(value, str) else ""
    return moment + _STEPS.get(span, pd.DateOffset(days=1)) - pd.Timedelta(microseconds=1)
