"""Columns of times as pandas times: Chinese dates, ISO weeks, months and quarters are read too."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from csatext.errors import ParameterError

__all__ = ["LABELS", "read_moment", "read_times"]

_ZONE = "Asia/Shanghai"

# Texts that pandas refuses or misreads, and how it reads them rightly; weeks are apart.
_FORMS = {
    r"^(\d{4})年(\d{1,2})月(\d{1,2})[日号]\s*": r"\1-\2-\3 ",
    r"^(\d{4})年(\d{1,2})月份?$": r"\1-\2-01",
    r"^(\d{4})年$": r"\1-01-01",
    r"^(\d{4})(\d{2})$": r"\1-\2-01",
}
_WEEK = r"^(\d{4})(?:-?[Ww]|年第?)(\d{1,2})周?$"
_QUARTER = r"^(\d{4})(?:-?[Qq]|年第?)([1-4])(?:季度?)?$"
LABELS = {
    "M": r"^\d{4}(?:[-/.]\d{1,2}|\d{2}|年\d{1,2}月份?)$",
    "W": _WEEK,
    "Q": _QUARTER,
    "Y": r"^\d{4}年?$",
}
"""Forms of the names of months, weeks, quarters and years, by frequency."""

# They end later than on the day they begin.
_SPANS = {
    LABELS["M"]: pd.DateOffset(months=1),
    LABELS["W"]: pd.DateOffset(days=7),
    LABELS["Q"]: pd.DateOffset(months=3),
    LABELS["Y"]: pd.DateOffset(years=1),
}
_ORDINARY = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
# A time of day without a date would be today's; a few digits without a sign are no date.
_NO_DATE = r"^(?:\d{1,2}[:：时点].*|\d{1,3}|\d{5}|\d{7})$"


def read_times(column: pd.Series, name: str) -> pd.Series:
    """Return a column as times without zone, in microseconds.

    Texts and dates are converted: what pandas reads, ``2026年05月03日``, ``2026年05月``, ``202605``
    (year and month), ISO weeks (``2026-W18``, ``2026年第18周``: their Monday) and quarters
    (``2026Q2``, ``2026年第2季度``). A pandas Period becomes its start. Times with a zone become Beijing
    time, because days, weeks and holidays are counted there.

    Raises
    ------
    ParameterError
        Numbers, or texts that are no times; the message shows one.

    Examples
    --------
    >>> read_times(pd.Series(["2026-W18", "2026年05月", "202605"]), "week").dt.day.tolist()
    [27, 1, 1]
    """
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
        column = column.astype(object).infer_objects()
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.start_time
    if column.isna().all():
        return pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise ParameterError(
            f"列「{name}」是数字（{column.dtype}），不能当作时间；请先用 pd.to_datetime(列, unit=…) 转换。"
        )
    if not pd.api.types.is_datetime64_any_dtype(column):
        column = _parse(column, name)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(_ZONE).dt.tz_localize(None)
    return column.astype("datetime64[us]")


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
    step = pd.DateOffset(days=1)
    if isinstance(value, str):
        step = next((span for form, span in _SPANS.items() if re.match(form, value.strip())), step)
    return moment + step - pd.Timedelta(microseconds=1)


def _parse(column: pd.Series, name: str) -> pd.Series:
    """Convert texts, dates and mixed objects; anything that is not a time is an error."""
    try:
        code, seen = pd.factorize(column)
    except TypeError as error:
        raise ParameterError(
            f"列「{name}」里的值不是单个的时间或文字；请先把这一列整理成每行一个时间。"
        ) from error
    seen = pd.Series(seen, dtype=object)
    is_text = seen.map(lambda value: isinstance(value, str)).to_numpy(dtype=bool)
    if is_text.any():
        texts = _plain(pd.Series(seen[is_text], dtype="str")).astype(object)
        seen = seen.mask(is_text, texts.where(texts.notna(), None))
    try:
        parsed = pd.to_datetime(seen, format="mixed", errors="coerce")
    except (ValueError, TypeError) as error:
        raise ParameterError(
            f"列「{name}」混有不同时区的时间；请先用 pd.to_datetime(列, utc=True) 统一。"
        ) from error
    # The last place serves the code -1, a missing value.
    bad = np.append((parsed.isna() & seen.notna()).to_numpy(), False)[code]
    if bad.any():
        example = str(column[bad].iloc[0])[:30]
        raise ParameterError(
            f"列「{name}」有 {int(bad.sum())} 个值不能读成时间，例如「{example}」；"
            "请先改正，或用 pd.to_datetime(列, errors='coerce') 转换（读不出的变为空）。"
        )
    return parsed.reindex(code).set_axis(column.index)


def _plain(texts: pd.Series) -> pd.Series:
    """Rewrite texts to forms that pandas reads; a blank text becomes missing, no date stays none."""
    odd = ~texts.str.match(_ORDINARY)
    if not odd.any():
        return texts
    rest = texts[odd].str.strip()
    rest = rest.mask(rest == "")
    no_date = rest.str.contains(_NO_DATE, na=False)
    week, quarter = rest.str.extract(_WEEK), rest.str.extract(_QUARTER)
    for pattern, plain in _FORMS.items():
        rest = rest.str.replace(pattern, plain, regex=True)
    monday = pd.to_datetime(week[0] + "-" + week[1] + "-1", format="%G-%V-%u", errors="coerce")
    rest = rest.mask(monday.notna(), monday.dt.strftime("%Y-%m-%d"))
    month = (pd.to_numeric(quarter[1]) * 3 - 2).astype("Int64").astype("str")
    rest = rest.mask(quarter[0].notna(), quarter[0] + "-" + month + "-01")
    texts = texts.copy()
    texts[odd] = rest.mask(no_date, "无日期")
    return texts
