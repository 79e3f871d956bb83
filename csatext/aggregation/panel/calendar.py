"""The Chinese business calendar: days off, make-up workdays (调休), shopping festivals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from typing import TypeAlias, TypeVar

import chinese_calendar
import numpy as np
import pandas as pd

from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.time import CALENDAR

__all__ = ["CalendarLike", "business_calendar", "check_calendar", "days_of", "kept_by_periods"]

_T = TypeVar("_T")

CalendarLike: TypeAlias = str | pd.DataFrame | None
"""``"CN"``, a table as :func:`business_calendar` returns it (edited as one likes), or None."""

_KEPT = 8
"""Calendars kept in memory, of some KB: the verbs of a report ask for the same days again and again."""
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

# Month and day of the lunar new year, Dragon Boat and Mid-autumn festivals. The package that knows the
# announced days off ends with the last announced year, so later years need the lunar dates themselves.
_LUNAR = """
2000 0205 0606 0912  2001 0124 0625 1001  2002 0212 0615 0921  2003 0201 0604 0911  2004 0122 0622 0928
2005 0209 0611 0918  2006 0129 0531 1006  2007 0218 0619 0925  2008 0207 0608 0914  2009 0126 0528 1003
2010 0214 0616 0922  2011 0203 0606 0912  2012 0123 0623 0930  2013 0210 0612 0919  2014 0131 0602 0908
2015 0219 0620 0927  2016 0208 0609 0915  2017 0128 0530 1004  2018 0216 0618 0924  2019 0205 0607 0913
2020 0125 0625 1001  2021 0212 0614 0921  2022 0201 0603 0910  2023 0122 0622 0929  2024 0210 0610 0917
2025 0129 0531 1006  2026 0217 0619 0925  2027 0206 0609 0915  2028 0126 0528 1003  2029 0213 0616 0922
2030 0203 0605 0912  2031 0123 0624 1001  2032 0211 0612 0919  2033 0131 0601 0908  2034 0219 0620 0927
2035 0208 0610 0916  2036 0128 0530 1004  2037 0215 0618 0924  2038 0204 0607 0913  2039 0124 0527 1002
2040 0212 0614 0920  2041 0201 0603 0910  2042 0122 0622 0928  2043 0210 0611 0917  2044 0130 0531 1005
2045 0217 0619 0925  2046 0206 0608 0915  2047 0126 0529 1004  2048 0214 0615 0922  2049 0202 0604 0911
2050 0123 0623 0930
"""


def _lunar(year: int) -> tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp] | None:
    """Return the new year, Dragon Boat and Mid-autumn days of ``year``; None outside 2000-2050."""
    fields = _LUNAR.split()
    if str(year) not in fields[::4]:
        return None
    at = fields[::4].index(str(year)) * 4
    new_year, dragon, moon = (pd.Timestamp(f"{year}{day}") for day in fields[at + 1 : at + 4])
    return new_year, dragon, moon


def _with_weekend(day: pd.Timestamp) -> list[pd.Timestamp]:
    """Return ``day`` and the weekend it touches (a Monday or Friday makes three days)."""
    before = {0: 2, 6: 1}.get(day.day_of_week, 0)
    after = {4: 2, 5: 1}.get(day.day_of_week, 0)
    return list(pd.date_range(day - pd.Timedelta(days=before), day + pd.Timedelta(days=after)))


def _qingming(year: int) -> pd.Timestamp:
    """Return the solar term Pure Brightness, by the usual formula for the 21st century."""
    century = year % 100
    return pd.Timestamp(year, 4, int(century * 0.2422 + 4.81) - century // 4)


def _predicted(year: int) -> dict[pd.Timestamp, str]:
    """Return the days off to expect by the rules of 2025 and the lunar dates.

    Spring Festival: eight days from new year's eve; Labour Day five; National Day seven (eight with
    the Mid-autumn day inside); others the day with the weekend it touches. Make-up workdays cannot
    be predicted.
    """
    off = dict.fromkeys(_with_weekend(pd.Timestamp(year, 1, 1)), "元旦")
    off |= dict.fromkeys(_with_weekend(_qingming(year)), "清明节")
    off |= dict.fromkeys(pd.date_range(f"{year}-05-01", periods=5), "劳动节")
    lunar = _lunar(year)
    if lunar is not None:
        new_year, dragon, moon = lunar
        off |= dict.fromkeys(pd.date_range(new_year - pd.Timedelta(days=1), periods=8), "春节")
        off |= dict.fromkeys(_with_weekend(dragon), "端午节")
        off |= dict.fromkeys(_with_weekend(moon), "中秋节")
    golden = pd.date_range(f"{year}-10-01", periods=7)
    if lunar is not None and lunar[2] in golden:
        golden = pd.date_range(f"{year}-10-01", periods=8)
    return off | dict.fromkeys(golden, "国庆节")


def _promotions(year: int) -> dict[pd.Timestamp, str]:
    """Return the shopping festivals: eve, day and the days on which their contacts come (ours)."""
    days = dict.fromkeys(pd.date_range(f"{year}-06-16", f"{year}-06-20"), "618")
    days |= dict.fromkeys(pd.date_range(f"{year}-11-10", f"{year}-11-13"), "双11")
    days |= dict.fromkeys(pd.date_range(f"{year}-12-11", f"{year}-12-13"), "双12")
    lunar = _lunar(year)
    if lunar is not None:
        first = lunar[0] - pd.Timedelta(days=28)
        days |= dict.fromkeys(pd.date_range(first, lunar[0] - pd.Timedelta(days=10)), "年货节")
    return days


def business_calendar(start: object, end: object) -> pd.DataFrame:
    """Return the Chinese business calendar from ``start`` to ``end``, both included.

    Parameters
    ----------
    start, end : str, date or Timestamp
        First and last day.

    Returns
    -------
    DataFrame
        Table ``calendar``: date, day_type, is_workday, holiday, promotion, is_predicted. Days off and
        make-up workdays as announced by the State Council (package chinese-calendar, from 2004 on);
        in other years by the rules of 2025 and the lunar dates (2000 to 2050), marked in
        ``is_predicted``. ``attrs["announced_until"]`` is the last announced day. Shopping festivals
        (618, 双11, 双12, 年货节 28 to 10 days before the lunar new year) are our own choice.

    Raises
    ------
    ParameterError
        The end is before the start, or one of them is not a date.

    Examples
    --------
    >>> days = business_calendar("2026-02-13", "2026-02-15")
    >>> days[["day_type", "holiday"]].values.tolist()
    [['workday', nan], ['makeup', nan], ['holiday', '春节']]
    """
    first = read_moment(start, "start").normalize()
    last = read_moment(end, "end", last=True).normalize()
    if last < first:
        raise ParameterError.out_of_range("end", str(end), f"不早于 start（{first:%Y-%m-%d}）")
    return _chinese_days(first, last).copy()


@lru_cache(maxsize=_KEPT)
def _chinese_days(first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    days = pd.date_range(first, last, freq="D")
    announced = chinese_calendar.constants.holidays
    years = range(days[0].year, days[-1].year + 1)
    known = {day.year for day in announced}
    off = {pd.Timestamp(day): _NAMES.get(name, name) for day, name in announced.items() if day.year in years}
    promotions: dict[pd.Timestamp, str] = {}
    for year in years:
        promotions |= _promotions(year)
        if year not in known:
            off |= _predicted(year)
    makeup = pd.DatetimeIndex(sorted(chinese_calendar.constants.workdays))
    holiday = pd.Series(days.map(off), dtype="str")
    is_makeup = days.isin(makeup)
    is_off = holiday.notna().to_numpy()
    weekend = days.day_of_week >= 5
    day_type = np.select([is_makeup, is_off, weekend], ["makeup", "holiday", "weekend"], "workday")
    frame = pd.DataFrame(
        {
            "date": days,
            "day_type": day_type,
            "is_workday": np.isin(day_type, ["workday", "makeup"]),
            "holiday": holiday,
            "promotion": pd.Series(days.map(promotions), dtype="str"),
            "is_predicted": ~days.year.isin(sorted(known)),
        }
    )
    frame.attrs["announced_until"] = str(date(max(known), 12, 31))
    return conform(frame, CALENDAR)


def days_of(calendar: CalendarLike, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame | None:
    """Return the calendar's days from ``start`` to ``end``, or None where there is no calendar.

    A calendar of the caller's own must have the columns of table ``calendar``; days it leaves out are
    filled from the Chinese one.
    """
    check_calendar(calendar)
    if calendar is None:
        return None
    if isinstance(calendar, str):
        return business_calendar(start, end)
    own = conform(calendar, CALENDAR)
    base = business_calendar(start, end)
    own = own[own["date"].between(base["date"].iloc[0], base["date"].iloc[-1])]
    both = pd.concat([own, base]).drop_duplicates("date").sort_values("date", ignore_index=True)
    return both


def check_calendar(calendar: CalendarLike) -> None:
    """Raise unless ``calendar`` is "CN", None or a table.

    Raises
    ------
    ParameterError
        It is something else.

    Examples
    --------
    >>> check_calendar("US")
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 calendar='US' 不可用；可选值：CN、None、business_calendar(...)。
    """
    if isinstance(calendar, str) and calendar != "CN":
        raise ParameterError.not_allowed("calendar", calendar, ["CN", None, "business_calendar(...)"])
    if calendar is not None and not isinstance(calendar, (str, pd.DataFrame)):
        raise ParameterError.wrong_type("calendar", calendar, '"CN"、None 或 business_calendar(...) 的结果')


def kept_by_periods(
    made_of: Callable[[pd.DatetimeIndex, str, CalendarLike], _T],
) -> Callable[[pd.DatetimeIndex, str, CalendarLike], _T]:
    """Return the function, which makes the same for the last few periods of the Chinese calendar only once.

    The tables of a report have the same periods. What is returned must not be changed.

    Examples
    --------
    >>> @kept_by_periods
    ... def first_day(starts, freq, calendar):
    ...     return [starts[0]]
    >>> weeks = pd.date_range("2026-01-05", periods=3, freq="7D")
    >>> first_day(weeks, "W", "CN") is first_day(weeks.copy(), "W", "CN")
    True
    """

    @lru_cache(maxsize=_KEPT)
    def of_chinese(times: bytes, unit: str, freq: str) -> _T:
        starts = np.frombuffer(times, dtype="int64").copy().view(f"datetime64[{unit}]")
        return made_of(pd.DatetimeIndex(starts), freq, "CN")

    @wraps(made_of)
    def kept(starts: pd.DatetimeIndex, freq: str, calendar: CalendarLike) -> _T:
        if isinstance(calendar, str) and calendar == "CN":
            return of_chinese(starts.asi8.tobytes(), starts.unit, freq)
        return made_of(starts, freq, calendar)

    return kept
