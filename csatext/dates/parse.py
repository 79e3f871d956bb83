"""Dates in every form that exports use, to timestamps; a column at a time, form by form."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.dates.chinese_words import spelled
from csatext.dates.empty import empty_dates
from csatext.dates.fixed_width import parse_fixed
from csatext.errors import ParameterError
from csatext.strings import string_array

__all__ = ["Times", "parse_times"]

_CLOCK = (
    r"(?:\s*(?P<half>上午|下午|凌晨|早上|早晨|清晨|中午|晚上|傍晚|夜里|夜间|深夜|[AaPp]\.?[Mm]\.?))?"
    r"\s*(?P<h>\d{1,2})\s*[:时時点點]\s*(?:(?P<mi>\d{1,2})\s*(?:[:分]\s*(?:(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?\s*秒?)?)?)?"
    r"(?:\s*(?P<after>[AaPp]\.?[Mm]\.?))?"
    r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?"
)
_DAY_TO_CLOCK = r"(?:\s*\(?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\)?)?(?:[T\s,_]*" + _CLOCK + r")?\s*$"
_FORMS = (
    r"^\s*(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?" + _DAY_TO_CLOCK,
    r"^\s*(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _DAY_TO_CLOCK,
    r"^\s*(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?$",
    r"^\s*民[国國]\s*(?P<roc>\d{2,3})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日?" + _DAY_TO_CLOCK,
    r"^\s*(?P<roc>1[0-2]\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?"
    + _DAY_TO_CLOCK,
    r"^\s*(?P<yy>\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?" + _DAY_TO_CLOCK,
    r"^\s*(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<y>\d{4})" + _DAY_TO_CLOCK,
)
_ENGLISH = r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_ENGLISH_ZONE = r"(?:\s|:\d{2})[+-]\d{2}:?\d{2}(?:\D|$)|\b(?:GMT|UTC)\b|\dZ$"
_NUMBER = r"^\s*\d{1,20}(?:\.\d+)?(?:[eE]\+?\d{1,2})?\s*$"
_AM = ("AM", "上午", "凌晨")
_PM = ("下午", "晚上", "傍晚", "夜里", "夜间", "PM")
_EXCEL_EPOCH_DAYS = -25569
"""1899-12-30 in days since 1970-01-01 (ECMA-376 part 1, 18.17.4.1: the 1900 date base)."""
_EXCEL_DAYS = (14_610, 73_415)
"""Serial days taken for dates: 1940 to 2100."""
_EPOCH_SECONDS = (315_532_800, 4_102_444_800)
"""Epoch seconds taken for dates: 1980 to 2100."""
_MICRO = 1_000_000
_DAY = 86_400 * _MICRO


class Times(NamedTuple):
    """A parsed column: ``values`` datetime64[us] (n,), ``unreadable`` and ``zoned`` bool (n,)."""

    values: pd.Series
    unreadable: NDArray[np.bool_]
    zoned: NDArray[np.bool_]


def _ints(fields: pa.StructArray, name: str, default: int) -> NDArray[np.int64]:
    """Return a group of a match as integers; ``default`` where it is absent."""
    if fields.type.get_field_index(name) < 0:
        return np.full(len(fields), default, dtype=np.int64)
    column = fields.field(name)
    given = pc.if_else(pc.equal(column, ""), None, column)
    return pc.fill_null(pc.cast(given, pa.int64()), default).to_numpy(zero_copy_only=False)


def _texts(fields: pa.StructArray, name: str) -> pd.Series | None:
    """Return a group of a match as strings; None where the form lacks it or no row uses it."""
    if fields.type.get_field_index(name) < 0:
        return None
    column = fields.field(name)
    return column.to_pandas().astype("str") if pc.any(pc.not_equal(column, "")).as_py() else None


def _civil_days(y: NDArray[np.int64], m: NDArray[np.int64], d: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return days since 1970-01-01 of proleptic Gregorian dates (numpy's own calendar)."""
    months = ((y - 1970) * 12 + (m - 1)).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + d - 1


def _offset_minutes(fields: pa.StructArray) -> NDArray[np.float64]:
    """Return minutes east of Greenwich; NaN where no zone is written."""
    zone = _texts(fields, "zone")
    if zone is None:
        return np.full(len(fields), np.nan)
    parts = zone.str.extract(r"([+-])(\d{2}):?(\d{2})$")
    sign = parts[0].map({"+": 1.0, "-": -1.0})
    minutes = sign * (parts[1].astype("float64") * 60 + parts[2].astype("float64"))
    return minutes.mask(zone.isin(["Z", "UTC", "GMT"]), 0.0).to_numpy(dtype=np.float64)


def _hours(fields: pa.StructArray) -> NDArray[np.int64]:
    """Return the hour of the day, 0 to 24, with 上午, 下午, AM, PM and the like taken into account."""
    hour = _ints(fields, "h", 0)
    for name in ("half", "after"):
        written = _texts(fields, name)
        if written is None:
            continue
        half = written.str.upper().str.replace(".", "", regex=False)
        late = half.isin(_PM).to_numpy() | ((half == "中午").to_numpy() & (hour < 6))
        midnight = half.isin(_AM).to_numpy() & (hour == 12)
        hour = np.where(late & (hour < 12), hour + 12, np.where(midnight, 0, hour))
    return hour


def _micros(fields: pa.StructArray) -> NDArray[np.int64]:
    """Return the written fraction of a second in microseconds."""
    fraction = _texts(fields, "f")
    if fraction is None:
        return np.zeros(len(fields), dtype=np.int64)
    padded = fraction.str.slice(0, 6).str.pad(6, side="right", fillchar="0")
    return pd.to_numeric(padded).to_numpy(dtype=np.int64)


def _year(fields: pa.StructArray) -> NDArray[np.int64]:
    """Return the year of whichever group the form has: four digits, two digits or the Minguo era."""
    if fields.type.get_field_index("roc") >= 0:
        return _ints(fields, "roc", 0) + 1911
    if fields.type.get_field_index("yy") >= 0:
        short = _ints(fields, "yy", 0)
        return short + np.where(short >= 70, 1900, 2000)
    return _ints(fields, "y", 0)


def _from_fields(
    fields: pa.StructArray, day_first: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return microseconds, validity and zone minutes of the matches of one form."""
    year = _year(fields)
    month, day = _ints(fields, "m", 1), _ints(fields, "d", 1)
    if fields.type.get_field_index("a") >= 0:
        first, second = _ints(fields, "a", 1), _ints(fields, "b", 1)
        day, month = (first, second) if day_first else (second, first)
    hour, minute, second_ = _hours(fields), _ints(fields, "mi", 0), _ints(fields, "s", 0)
    valid = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1000) & (year <= 9999)
    valid &= (
        (hour <= 24) & (minute <= 59) & (second_ <= 60) & ((hour < 24) | ((minute == 0) & (second_ == 0)))
    )
    days = _civil_days(np.where(valid, year, 1970), np.where(valid, month, 1), np.where(valid, day, 1))
    back = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    valid &= back == month
    clock = ((hour * 60 + minute) * 60 + second_) * _MICRO + _micros(fields)
    return days * _DAY + clock, valid, _offset_minutes(fields)


def _numbers(texts: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Return seconds since 1970 of serials and epochs, and which of the two each is (``""``: neither)."""
    values = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    kind = np.full(len(values), "", dtype="<U6")
    seconds = np.full(len(values), np.nan)
    for scale in (1.0, 1e3, 1e6):
        fits = (values / scale >= _EPOCH_SECONDS[0]) & (values / scale <= _EPOCH_SECONDS[1])
        seconds[fits], kind[fits] = values[fits] / scale, "epoch"
    serial = (values >= _EXCEL_DAYS[0]) & (values <= _EXCEL_DAYS[1])
    seconds[serial], kind[serial] = np.round((values[serial] + _EXCEL_EPOCH_DAYS) * 86_400), "serial"
    return seconds, kind


def _cell_text(cell: object) -> str | None:
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return repr(cell) if isinstance(cell, float) else str(cell)


def _as_texts(column: pd.Series) -> pd.Series:
    if column.dtype == object:
        column = pd.Series([_cell_text(cell) for cell in column], index=column.index, dtype="str")
    elif pd.api.types.is_numeric_dtype(column.dtype):
        column = column.map(repr, na_action="ignore")
    return column.astype("str").str.strip()


def parse_times(column: pd.Series, timezone: str = "Asia/Shanghai") -> Times:
    """Return a column of dates in any form as wall-clock timestamps.

    Read are ``2020/6/8``, ``2020-06-08 11:25:05.123``, ``2020年6月8日 下午3点05分``, ``20200608``,
    ``20200608112505``, ``20-6-8``, ``08/06/2020`` (day first only where the column proves it), ISO 8601
    with a zone, ``民國109年6月8日``, ``109/06/08``,
    ``二〇二〇年六月八日``, English months, Excel serials and epochs in s, ms or us, also mixed in
    one column. A time with a zone and an epoch become wall clock in ``timezone``.

    Parameters
    ----------
    column : Series, shape (n,)
        Strings, numbers, dates, or a mixture.
    timezone : str, default "Asia/Shanghai"
        IANA name.

    Returns
    -------
    Times
        ``values`` has the column's index; empty cells and signs for
            nothing (:func:`csatext.dates.empty.empty_dates`) are NaT and not ``unreadable``.

    Raises
    ------
    ParameterError
        ``timezone`` is not an IANA name.

    Examples
    --------
    >>> times = parse_times(pd.Series(["2020/6/8", "2020年6月8日 下午3点05分", "43990.5", "上月底"]))
    >>> times.values.dt.strftime("%m-%d %H:%M").tolist()[:3]
    ['06-08 00:00', '06-08 15:05', '06-08 12:00']
    >>> times.unreadable.tolist()
    [False, False, False, True]
    """
    try:
        pd.Timestamp(0).tz_localize(timezone)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise ParameterError.out_of_range("timezone", timezone, "IANA 时区名，例如 Asia/Shanghai") from error
    n = len(column)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        values = column.dt.tz_convert(timezone).dt.tz_localize(None).astype("datetime64[us]")
        return Times(values, np.zeros(n, dtype=np.bool_), np.ones(n, dtype=np.bool_))
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return Times(
            column.astype("datetime64[us]"), np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        )
    texts = _as_texts(column).reset_index(drop=True)
    return _parse(texts, column.index, timezone)


def _parse(texts: pd.Series, index: pd.Index, timezone: str) -> Times:
    n = len(texts)
    micros = np.zeros(n, dtype=np.int64)
    good = np.zeros(n, dtype=np.bool_)
    absolute = np.zeros(n, dtype=np.bool_)
    cells = string_array(texts)
    fixed, read = parse_fixed(cells)
    micros[read], good[read] = fixed[read] * _MICRO, True
    empty = np.zeros(n, dtype=np.bool_)
    empty[~read] = empty_dates(texts[~read])
    done = read | empty
    arrow = cells
    if not done.all():
        arrow = spelled(pc.utf8_normalize(cells, form="NFKC"))
        texts = arrow.to_pandas().astype("str")
    for form in _FORMS:
        left = np.flatnonzero(~done)
        if not left.size:
            break
        fields = pc.extract_regex(arrow.take(pa.array(left)), pattern=form)
        hit = pc.is_valid(fields).to_numpy(zero_copy_only=False)
        if not hit.any():
            continue
        matched = fields.filter(pa.array(hit))
        firsts = _ints(matched, "a", 0)
        value, valid, zone = _from_fields(matched, bool((firsts > 12).any()))
        rows = left[hit]
        zoned = ~np.isnan(zone)
        micros[rows] = value - (np.nan_to_num(zone) * 60 * _MICRO).astype(np.int64)
        absolute[rows], good[rows], done[rows] = zoned & valid, valid, True
    left = np.flatnonzero(~done)
    rest = texts.iloc[left]
    number = rest.str.match(_NUMBER).to_numpy(dtype=np.bool_)
    seconds, kind = _numbers(rest[number])
    rows = left[number]
    fits = kind != ""
    micros[rows[fits]] = np.round(seconds[fits] * _MICRO).astype(np.int64)
    good[rows], absolute[rows] = fits, kind == "epoch"
    # Java writes China Standard Time, which is the wall clock, as CST.
    rest = rest.str.replace(r"(:\d{2}) CST (\d{4})$", r"\1 \2", regex=True)
    english = rest.str.contains(_ENGLISH, regex=True).to_numpy(dtype=np.bool_) & ~number
    zoned = rest.str.contains(_ENGLISH_ZONE, regex=True).to_numpy(dtype=np.bool_)
    for some, in_utc in ((english & zoned, True), (english & ~zoned, False)):
        if some.any():
            named = pd.to_datetime(rest[some], format="mixed", errors="coerce", utc=in_utc)
            rows = left[some]
            good[rows], absolute[rows] = named.notna().to_numpy(), in_utc
            plain = named.dt.tz_localize(None) if in_utc else named
            micros[rows] = plain.fillna(pd.Timestamp(0)).to_numpy(dtype="datetime64[us]").astype(np.int64)
    values = pd.Series(micros.astype("datetime64[us]")).mask(~good)
    if absolute.any():
        local = values[absolute].dt.tz_localize("UTC").dt.tz_convert(timezone).dt.tz_localize(None)
        values[absolute] = local.astype("datetime64[us]")
    values.index = index
    return Times(values.astype("datetime64[us]"), ~good & ~empty, absolute)
