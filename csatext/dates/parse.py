"""Dates in every form that exports use, to timestamps; a column at a time, form by form."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.dates.chinese_words import spelled
from csatext.dates.digits import IS_NUMBER, read_digits
from csatext.dates.empty import empty_dates, empty_shapes
from csatext.dates.fixed_width import parse_fixed
from csatext.dates.forms import FORMS, MONTHS, Form
from csatext.errors import ParameterError
from csatext.strings import digit_shapes, string_array

__all__ = ["Times", "parse_times"]

_MORNING = ("AM", "上午", "凌晨")
_AFTERNOON = ("PM", "下午", "午后", "傍晚")
_NOON = ("中午", "正午", "午间")
_NIGHT = ("晚上", "晚间", "晚", "夜里", "夜间", "夜晚", "深夜", "半夜", "午夜")
_EVENING = 5
"""First hour that is one of the evening behind a word for night; 夜里1点 is an hour of the morning."""
_FARTHEST_ZONE = 14 * 60
"""Minutes from Greenwich beyond which nobody's clock stands: 10:00-15:30 is a span of time."""
_FIRST_MINGUO = 1911
_LONGEST = 64
"""Bytes beyond which a cell is no date."""
_WORDS = frozenset({"mon", "later", "half", "after", "zone", "sign"})
"""Groups of a form that are words; the others are digits."""
_ABSENT = -1
_QUARTERS, _HALVES = 4, 2
_ZERO = 48
_MOMENTS = {dt.datetime, type(None)}
_NO_END = pd.Timestamp("9999-01-01")
_FIRST, _LAST = pd.Timestamp("1970-01-02"), pd.Timestamp("2099-12-31")
"""Moments between them are taken as they stand; others may be signs for nothing."""
_MICRO = 1_000_000
_DAY = 86_400 * _MICRO


class Times(NamedTuple):
    """A parsed column of n cells.

    Attributes
    ----------
    values : Series of datetime64[us], shape (n,)
        With the column's index; NaT where there is no time.
    unreadable : ndarray of bool, shape (n,)
        Something is written that is no time.
    zoned : ndarray of bool, shape (n,)
        Written with a zone or counted from 1970, so that the wall clock was worked out.
    ambiguous : ndarray of bool, shape (n,)
        Day and month could be changed about and nothing in the column tells which is which.
    span : ndarray of str, shape (n,)
        Where a period is named, whose first day ``values`` then holds: ``W``, ``M``, ``Q``, ``H`` (half a
        year) or ``Y``; empty for days and times.
    """

    values: pd.Series
    unreadable: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]
    span: NDArray[np.str_]


class _Read(NamedTuple):
    """What distinct texts say: ``micros`` since 1970 where ``good``; ``empty`` says that there is no date."""

    micros: NDArray[np.int64]
    good: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]
    span: NDArray[np.str_]

    @classmethod
    def nothing(cls, n: int) -> _Read:
        """Return ``n`` texts of which nothing is known yet."""
        good, empty, zoned, ambiguous = np.zeros((4, n), dtype=np.bool_)
        return cls(np.zeros(n, dtype=np.int64), good, empty, zoned, ambiguous, np.full(n, "", dtype="<U1"))


def parse_times(column: pd.Series, timezone: str = "Asia/Shanghai", dayfirst: bool | None = None) -> Times:
    """Return a column of dates in any form as wall-clock timestamps.

    Read are ``2020/6/8``, ``2020-06-08 11:25:05.123``, ``2020年6月8日 下午3点05分``, ``20200608``,
    ``20200608112505``, ``20-6-8``, ``08/06/2020``, ISO 8601 with a zone, ``民國109年6月8日``, ``109/06/08``,
    ``二〇二〇年六月八日``, English months, Excel serials and epochs in s, ms, us or ns; and names of
    periods, which are their first day: ``2020年6月``, ``202006``, ``2020-W24`` (its Monday), ``2020Q2``,
    ``2020年第二季度``, ``2020上半年``, ``2020年``; also mixed in one column. The tables of forms are
    :data:`csatext.dates.forms.FORMS` and :mod:`csatext.dates.digits`. A time with a zone and an epoch become
    wall clock in ``timezone``.

    Parameters
    ----------
    column : Series, shape (n,)
        Strings, numbers, dates, Periods, or a mixture.
    timezone : str, default "Asia/Shanghai"
        IANA name.
    dayfirst : bool, optional
        Whether ``1/3/2020`` is the first of March. None: as the column proves (``25/3/2020`` stands in it),
        else the month comes first and the cells are ``ambiguous``. A cell that can only be read in the
        other order is read so.

    Returns
    -------
    Times
        Empty cells, signs for nothing (:func:`csatext.dates.empty.empty_dates`) and days of the year 9999,
        which systems write for no end, are NaT and not ``unreadable``.

    Raises
    ------
    ParameterError
        ``timezone`` is not an IANA name, or ``dayfirst`` is not True, False or None.

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
    if dayfirst is not None and not isinstance(dayfirst, bool):
        raise ParameterError.wrong_type(
            "dayfirst", dayfirst, "True（日在前）、False（月在前）或 None（看内容）"
        )
    n = len(column)
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.start_time
    elif isinstance(column.dtype, pd.ArrowDtype) and pa.types.is_temporal(column.dtype.pyarrow_dtype):
        column = pd.Series(pa.array(column).to_pandas().to_numpy(), index=column.index)
    known = _Read.nothing(n)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        values = _with_end(column.dt.tz_convert(timezone).dt.tz_localize(None).astype("datetime64[us]"))
        return Times(values, known.good, values.notna().to_numpy(), known.ambiguous, known.span)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        values = _with_end(column.astype("datetime64[us]"))
        return Times(values, known.good, known.zoned, known.ambiguous, known.span)
    moments = _moments(column)
    if moments is not None:
        return Times(moments, known.good, known.zoned, known.ambiguous, known.span)
    read = _read_cells(string_array(_as_texts(column)), dayfirst)
    values = pd.Series(read.micros.astype("datetime64[us]")).mask(~read.good)
    if read.zoned.any():
        local = values[read.zoned].dt.tz_localize("UTC").dt.tz_convert(timezone).dt.tz_localize(None)
        values[read.zoned] = local.astype("datetime64[us]")
    values = _with_end(values.astype("datetime64[us]").set_axis(column.index))
    return Times(values, ~read.good & ~read.empty, read.zoned, read.ambiguous, read.span)


def _with_end(values: pd.Series) -> pd.Series:
    """Return times of which those in the last year that databases know, written for no end, are none."""
    return values.mask(values >= _NO_END)


def _moments(column: pd.Series) -> pd.Series | None:
    """Return the cells of a workbook as timestamps where all are; None where some must be judged."""
    if column.dtype != object or not set(map(type, column)) <= _MOMENTS:
        return None
    if any(cell.tzinfo is not None for cell in column if cell is not None):
        return None
    values = pd.Series(pa.array(column, pa.timestamp("us")).to_pandas().array, index=column.index)
    return values if bool((values.isna() | values.between(_FIRST, _LAST)).all()) else None


def _cell_text(cell: object) -> str | None:
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, pd.Period):
        cell = cell.start_time
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return _float_text(cell) if isinstance(cell, float) else str(cell)


def _float_text(number: float) -> str:
    """Return a number in full; 2026.1 gets its noughts, as it may be October as well as January."""
    return str(int(number)) if number.is_integer() else f"{number:.9f}"


def _as_texts(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.dtype.categories.dtype)
    if column.dtype == object:
        return pd.Series([_cell_text(cell) for cell in column], index=column.index, dtype="str")
    if pd.api.types.is_float_dtype(column.dtype):
        return column.astype("float64").map(_float_text, na_action="ignore").astype("str")
    return column.astype("str")


def _read_cells(cells: pa.LargeStringArray, dayfirst: bool | None) -> _Read:
    """Return what every cell says: fixed widths from their bytes, other forms once for each distinct text."""
    found = _Read.nothing(len(cells))
    micros, fixed = parse_fixed(cells)
    found.micros[fixed], found.good[fixed] = micros[fixed], True
    rows = np.flatnonzero(~fixed)
    if not rows.size:
        return found
    encoded = (cells if rows.size == len(cells) else cells.take(pa.array(rows))).dictionary_encode()
    read = _read_words(encoded.dictionary, dayfirst)
    code = encoded.indices.to_numpy(zero_copy_only=False)
    for whole, part in zip(found, read, strict=True):
        whole[rows] = part[code]
    return found


def _read_words(words: pa.LargeStringArray, dayfirst: bool | None) -> _Read:
    """Return what distinct texts say.

    Which form a text has depends on its shape (each digit as 0), of which a column has few: patterns are
    tried on the shapes, and digits are then read from the bytes of all texts of a shape at once.
    """
    found = _Read.nothing(len(words))
    short = pc.binary_length(words).to_numpy(zero_copy_only=False) <= _LONGEST
    left = np.flatnonzero(short)
    texts = words if left.size == len(words) else words.take(pa.array(left))
    shapes, code = digit_shapes(texts)
    # A shape that is no sign for nothing holds no text that is one.
    maybe = np.flatnonzero(empty_shapes(shapes)[code])
    found.empty[left[maybe]] = empty_dates(texts.take(pa.array(maybe)).to_pandas().astype("str"))
    found.empty[~short] = pc.utf8_is_space(words.filter(pa.array(~short))).to_numpy(zero_copy_only=False)
    odd = pc.not_equal(spelled(shapes), shapes).to_numpy(zero_copy_only=False)[code]
    if odd.any():
        texts = pc.replace_with_mask(texts, pa.array(odd), spelled(texts.filter(pa.array(odd))))
        shapes, code = digit_shapes(texts)
    number = pc.match_substring_regex(shapes, pattern=IS_NUMBER).to_numpy(zero_copy_only=False)
    some = np.flatnonzero(number[code] & ~found.empty[left])
    if some.size:
        counted = read_digits(texts.take(pa.array(some)).to_pandas().astype("str"))
        rows = left[some]
        found.micros[rows], found.good[rows] = counted.micros, counted.good
        found.zoned[rows], found.span[rows] = counted.absolute, counted.span
    # No form is without a digit.
    open_ = np.flatnonzero(~number & pc.match_substring(shapes, "0").to_numpy(zero_copy_only=False))
    of_shape = _Members(texts, code, len(shapes))
    for form in FORMS:
        if not open_.size:
            break
        hit = pc.match_substring_regex(shapes.take(pa.array(open_)), pattern=form.pattern)
        matched = open_[hit.to_numpy(zero_copy_only=False)]
        if matched.size:
            open_ = np.setdiff1d(open_, matched, assume_unique=True)
            fields = _Fields.extract(
                form, [(shapes[int(shape)].as_py(), of_shape[shape]) for shape in matched]
            )
            rows = left[np.concatenate([of_shape[shape].rows for shape in matched])]
            _put(found, rows, fields, form, dayfirst)
    found.good[found.empty] = False
    return found


class _Texts(NamedTuple):
    """All texts of one shape: their ``rows``, and their bytes (n, width)."""

    rows: NDArray[np.int64]
    data: NDArray[np.uint8]


class _Members:
    """The texts of each shape, found by its number."""

    def __init__(self, texts: pa.LargeStringArray, code: NDArray[np.int64], n_shapes: int) -> None:
        self._order = np.argsort(code, kind="stable")
        self._first = np.searchsorted(code[self._order], np.arange(n_shapes + 1))
        _, ends, data = texts.buffers()
        self._starts = np.frombuffer(ends, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
        self._bytes = np.frombuffer(data if data is not None else b"", dtype=np.uint8)

    def __getitem__(self, shape: np.int64) -> _Texts:
        """Return the texts of a shape."""
        rows = self._order[self._first[shape] : self._first[shape + 1]]
        width = int(self._starts[rows[0] + 1] - self._starts[rows[0]])
        return _Texts(rows, self._bytes[self._starts[rows][:, None] + np.arange(width)])


class _Fields(NamedTuple):
    """The groups of one form over all texts that have it: numbers, words, and digits of a fraction."""

    n: int
    numbers: dict[str, NDArray[np.int64]]
    words: dict[str, NDArray[np.str_]]
    widths: dict[str, NDArray[np.int64]]

    @classmethod
    def extract(cls, form: Form, shapes: list[tuple[str, _Texts]]) -> _Fields:
        """Return the groups of ``form`` in the texts of each shape, one shape after the other."""
        pattern = _compiled(form.pattern)
        sizes = [len(texts.rows) for _, texts in shapes]
        ends = np.cumsum(sizes)
        n = int(ends[-1])
        found = cls(n, {}, {}, {})
        for (shape, texts), end in zip(shapes, ends, strict=True):
            match = pattern.search(shape)
            if match is None:
                continue
            at = slice(int(end) - len(texts.rows), int(end))
            for name in pattern.groupindex:
                begin, stop = match.span(name)
                if begin < 0:
                    continue
                if name in _WORDS:
                    found.words.setdefault(name, np.full(n, "", dtype="<U8"))[at] = match[name]
                    continue
                # Places in the text are characters, those in the data bytes.
                first = len(shape[:begin].encode())
                digits = texts.data[:, first : first + stop - begin] - _ZERO
                value = found.numbers.setdefault(name, np.full(n, _ABSENT, dtype=np.int64))
                value[at] = digits @ (10 ** np.arange(stop - begin)[::-1])
                found.widths.setdefault(name, np.zeros(n, dtype=np.int64))[at] = stop - begin
        return found

    def number(self, name: str, default: int) -> NDArray[np.int64]:
        """Return a group as integers; ``default`` where it is absent."""
        value = self.numbers.get(name)
        return np.full(self.n, default) if value is None else np.where(value == _ABSENT, default, value)

    def word(self, name: str) -> NDArray[np.str_] | None:
        """Return a group as words, None where no text uses it."""
        return self.words.get(name)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _put(found: _Read, rows: NDArray[np.int64], fields: _Fields, form: Form, dayfirst: bool | None) -> None:
    """Write the dates that the matches of one form give into ``found`` at ``rows``."""
    days, good, ambiguous = _days(fields, form, dayfirst)
    hour, minute, second = fields.number("h", 0), fields.number("mi", 0), fields.number("s", 0)
    good &= (hour <= 24) & (minute <= 59) & (second <= 60)
    good &= (hour < 24) | ((minute == 0) & (second == 0))
    width = fields.widths.get("f", np.zeros(fields.n, dtype=np.int64))
    fraction = (fields.number("f", 0) * 10**9 // 10**width) // 1_000
    clock = ((_hours(fields, hour) * 60 + minute) * 60 + second) * _MICRO + fraction
    zone = fields.word("zone")
    zoned = np.zeros(fields.n, dtype=np.bool_) if zone is None else zone != ""
    east = fields.number("zh", 0) * 60 + fields.number("zm", 0)
    sign = fields.word("sign")
    east = east if sign is None else np.where(sign == "-", -east, east)
    good &= np.abs(east) <= _FARTHEST_ZONE
    found.micros[rows] = days * _DAY + clock - east * 60 * _MICRO
    found.good[rows], found.zoned[rows], found.ambiguous[rows] = good, zoned & good, ambiguous & good
    found.span[rows[good]] = form.span


def _days(
    fields: _Fields, form: Form, dayfirst: bool | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return days since 1970, validity, and whether day and month may be changed about."""
    if "c" in fields.numbers:
        return _short_days(fields, dayfirst)
    year = _year(fields)
    if "a" in fields.numbers:
        return _ordered(year, fields.number("a", 0), fields.number("b", 0), dayfirst)
    if "w" in fields.numbers:
        days, good = _weeks(year, fields.number("w", 0), fields.number("wd", 1))
    else:
        month = fields.number("m", 1)
        names, later = fields.word("mon"), fields.word("later")
        if names is not None:
            month = np.array([MONTHS.index(name[:3].lower()) for name in names.tolist()]) + 1
        elif "q" in fields.numbers:
            quarter = fields.number("q", 0)
            month = np.where(quarter <= _QUARTERS, quarter * 3 - 2, 0)
        elif form.span == "H":
            half = fields.number("hy", 1)
            half = half if later is None else np.where(later != "", 2, half)
            month = np.where(half <= _HALVES, half * 6 - 5, 0)
        days, good = _civil_days(year, month, fields.number("d", 1))
    good &= (year >= form.years[0]) & (year <= form.years[1])
    return days, good, np.zeros(fields.n, dtype=np.bool_)


def _civil_days(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return days since 1970-01-01 of Gregorian dates (numpy's own calendar), and which dates there are."""
    good = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1000) & (year <= 9999)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= day <= following - first
    return np.where(good, first + day - 1, 0), good


def _weeks(
    year: NDArray[np.int64], week: NDArray[np.int64], weekday: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return days since 1970 of the days of ISO weeks (ISO 8601: week 1 holds 4 January)."""
    fourth, good = _civil_days(year, np.ones_like(year), np.full_like(year, 4))
    # 1970-01-01 was a Thursday.
    monday = fourth - (fourth + 3) % 7
    last = _civil_days(year, np.full_like(year, 12), np.full_like(year, 28))[0]
    weeks = (last - monday) // 7 + 1
    good &= (week >= 1) & (week <= weeks) & (weekday >= 1) & (weekday <= 7)
    return np.where(good, monday + (week - 1) * 7 + weekday - 1, 0), good


def _ordered(
    year: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64], dayfirst: bool | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the days of ``a/b/year``: in one order for the column, but where a cell allows one alone."""
    days_day, day_good = _civil_days(year, second, first)
    days_month, month_good = _civil_days(year, first, second)
    only_day, only_month = int((day_good & ~month_good).sum()), int((month_good & ~day_good).sum())
    day_leads = dayfirst if dayfirst is not None else only_day > only_month
    open_ = day_good & month_good & (first != second)
    # Where some cells are in the one order and some in the other, the rest could be in either.
    proven = dayfirst is not None or (only_day > 0) != (only_month > 0)
    by_day = day_good & (day_leads | ~month_good)
    days = np.where(by_day, days_day, days_month)
    return days, day_good | month_good, open_ & ~proven


def _short_days(
    fields: _Fields, dayfirst: bool | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the days of three short numbers: year first, or last where more of the column then fits."""
    a, b, c = (fields.number(name, 0) for name in "abc")
    year_first, good = _civil_days(_century(a), b, c)
    good &= fields.widths["a"] == 2
    year_last, last_good, open_ = _ordered(_century(c), a, b, dayfirst)
    last_good &= fields.widths["c"] == 2
    more, fewer = int(last_good.sum()), int(good.sum())
    if more > fewer or (dayfirst is not None and more == fewer):
        return year_last, last_good, open_
    return year_first, good, np.zeros_like(good)


def _century(short: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return years of two digits in full: 1970 to 2069."""
    return np.asarray(short + np.where(short >= 70, 1900, 2000))


def _year(fields: _Fields) -> NDArray[np.int64]:
    """Return the year of whichever group the form has: four digits, two digits or the Minguo era."""
    if "yy" in fields.numbers:
        return _century(fields.number("yy", 0))
    # 元年 is the first of the era, and the one year that has no number.
    return fields.number("y", 0) if "y" in fields.numbers else fields.number("roc", 1) + _FIRST_MINGUO


def _hours(fields: _Fields, hour: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the hour of the day, 0 to 24, with 上午, 下午, 夜里, AM, PM and the like taken into account."""
    for name in ("half", "after"):
        written = fields.word(name)
        if written is None:
            continue
        half = np.char.replace(np.char.upper(written), ".", "")
        noon, night = np.isin(half, _NOON), np.isin(half, _NIGHT)
        late = np.isin(half, _AFTERNOON) | (noon & (hour < 6)) | (night & (hour >= _EVENING))
        midnight = np.isin(half, _MORNING) & (hour == 12)
        # 晚上12点 ends the day that is named.
        late_night = night & (hour == 12)
        hour = np.where(late & (hour < 12), hour + 12, np.where(midnight, 0, np.where(late_night, 24, hour)))
    return hour
