"""Times written as digits alone: ``20260503``, ``202605``, epochs, serials of Excel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["IS_NUMBER", "Counted", "read_digits"]

IS_NUMBER = r"^\d{1,20}(?:\.\d+)?(?:[eE]\+?\d{1,2})?$"
"""What may be such a time; half width."""
_LAYOUTS = {
    4: "yyyy",
    5: "rrrmm",
    6: "yyyymm",
    7: "rrrmmdd",
    8: "yyyymmdd",
    10: "yyyymmddhh",
    12: "yyyymmddhhnn",
    14: "yyyymmddhhnnss",
    17: "yyyymmddhhnnssfff",
}
"""What each digit stands for, by the length: y year, r year of the Minguo era, n minute, f millisecond."""
_SHORT_DAY = "yymmdd"
_SPANS = {"yyyy": "Y", "yyyymm": "M", "rrrmm": "M"}
_YEARS = (1900, 2099)
_MINGUO = (100, 129)
_MINGUO_FIRST = 1911
_EXCEL_EPOCH_DAYS = -25569
"""1899-12-30 in days since 1970-01-01 (ECMA-376 part 1, 18.17.4.1: the 1900 date base).

A cell does not tell the 1904 base, of which the workbook itself keeps a flag; its reader applies it.
"""
_EXCEL_DAYS = (14_610, 73_415)
"""Serial days taken for dates: 1940 to 2100."""
_EPOCH_SECONDS = (315_532_800, 4_102_444_800)
"""Epoch seconds taken for dates: 1980 to 2100."""
_MICRO = 1_000_000
_DAY = 86_400


class Counted(NamedTuple):
    """``micros`` since 1970, whether each is ``good``, counted in UTC (``absolute``), and its ``span``."""

    micros: NDArray[np.int64]
    good: NDArray[np.bool_]
    absolute: NDArray[np.bool_]
    span: NDArray[np.str_]


def read_digits(texts: pd.Series) -> Counted:
    """Return the times of cells that match :data:`IS_NUMBER`.

    Parameters
    ----------
    texts : Series of str, shape (n,)
        The distinct numbers of one column. Where a length has two readings the column decides: ten digits
        are ``2026050312`` only if all of that length are, else seconds since 1970; six digits are
        ``260503`` only if all are and some cannot be a year and month.

    Returns
    -------
    Counted
        Excel serials lie between 1940 and 2100, epochs in s, ms, us or ns between 1980 and 2100.

    Examples
    --------
    >>> found = read_digits(pd.Series(["202605", "20260503", "46145.5", "1777780800000", "17"]))
    >>> found.micros.astype("datetime64[us]").astype("datetime64[h]").astype(str).tolist()[:4]
    ['2026-05-01T00', '2026-05-03T00', '2026-05-03T12', '2026-05-03T04']
    >>> found.good.tolist(), found.span.tolist()
    ([True, True, True, True, False], ['M', '', '', '', ''])
    """
    n = len(texts)
    found = Counted(
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.bool_),
        np.zeros(n, dtype=np.bool_),
        np.full(n, "", dtype="<U1"),
    )
    whole = texts.str.fullmatch(r"\d+").to_numpy(dtype=np.bool_)
    lengths = np.where(whole, texts.str.len().to_numpy(dtype=np.int64), 0)
    for length, layout in _LAYOUTS.items():
        rows = np.flatnonzero(lengths == length)
        if not rows.size:
            continue
        digits = texts.iloc[rows].to_numpy(dtype=f"S{length}").view(np.uint8).reshape(-1, length) - 48
        micros, good = _calendar(digits, layout)
        used = layout
        if layout == "yyyymmddhh" and not good.all():
            continue
        if layout == "yyyymm" and not good.all():
            days, fits = _calendar(digits, _SHORT_DAY)
            if fits.all():
                micros, good, used = days, fits, _SHORT_DAY
        found.micros[rows], found.good[rows] = micros, good
        found.span[rows[good]] = _SPANS.get(used, "")
    rest = np.flatnonzero(~found.good)
    if rest.size:
        values = pd.to_numeric(texts.iloc[rest], errors="coerce").to_numpy(dtype=np.float64)
        seconds, serial = _seconds(values)
        good = ~np.isnan(seconds)
        found.micros[rest[good]] = np.round(seconds[good] * _MICRO).astype(np.int64)
        found.good[rest] = good
        found.absolute[rest] = good & ~serial
    return found


def _calendar(digits: NDArray[np.uint8], layout: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return microseconds and validity of digits, shape (n, width), laid out as ``layout`` says."""

    def number(letter: str, default: int) -> NDArray[np.int64]:
        value: NDArray[np.int64] = np.zeros(len(digits), dtype=np.int64)
        places = [place for place, what in enumerate(layout) if what == letter]
        for place in places:
            value = value * 10 + digits[:, place]
        return value if places else value + default

    year, month, day = number("y", 0), number("m", 1), number("d", 1)
    hour, minute, second = number("h", 0), number("n", 0), number("s", 0)
    if layout.startswith("r"):
        era = number("r", 0)
        year, good = era + _MINGUO_FIRST, (era >= _MINGUO[0]) & (era <= _MINGUO[1])
    elif layout == _SHORT_DAY:
        year = year + np.where(year >= 70, 1900, 2000)
        good = np.ones(len(digits), dtype=np.bool_)
    else:
        good = (year >= _YEARS[0]) & (year <= _YEARS[1])
    good &= (month >= 1) & (month <= 12) & (hour <= 23) & (minute <= 59) & (second <= 59)
    months = ((np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    good &= (day >= 1) & (day <= (months + 1).astype("datetime64[D]").astype(np.int64) - first)
    seconds = (first + day - 1) * _DAY + (hour * 60 + minute) * 60 + second
    return seconds * _MICRO + number("f", 0) * 1_000, good


def _seconds(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return seconds since 1970 of epochs and serials, NaN for other numbers, and which are serials."""
    seconds = np.full(len(values), np.nan)
    for scale in (1.0, 1e3, 1e6, 1e9):
        fits = (values / scale >= _EPOCH_SECONDS[0]) & (values / scale <= _EPOCH_SECONDS[1])
        seconds[fits] = values[fits] / scale
    serial = (values >= _EXCEL_DAYS[0]) & (values <= _EXCEL_DAYS[1])
    # A serial's fraction of a day is exact to the second at best.
    seconds[serial] = np.round((values[serial] + _EXCEL_EPOCH_DAYS) * _DAY)
    return seconds, serial
