"""When an utterance began: a date with a clock, or seconds from the start of the call."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.dates.empty import empty_dates, repeated_words
from csatext.dates.parse import Times, parse_times
from csatext.ingest.columns.headers import normal_header
from csatext.ingest.columns.values import as_numbers, as_text, blank
from csatext.strings import digit_shapes, string_array

__all__ = ["Clock", "read_clock"]

_CLOCK = (
    r"^\s*(?:(?P<h>[0-9]{1,3}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{2}(?:[.,][0-9]{1,6})?|[0-9][.,][0-9]{1,6})\s*$"
)
_SECONDS = r"^\s*(?P<n>[0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(?P<unit>ms|毫秒|s|秒)\s*$"
_NOUGHT = r"^\s*0+(?:\.0+)?\s*$"
_MILLI = ("ms", "毫秒")
_MOST = 0.9
_LONGEST_CALL = 36_000
"""Seconds beyond which a plain number is taken for milliseconds (ten hours)."""
_SLOWEST = 300
"""Seconds from turn to turn, in the median, that nobody waits: such numbers are milliseconds."""
_SERIALS = (36_526, 73_415)
"""Excel days of 2000-01-01 and 2100-12-31."""
_EPOCHS = 3e8
_HOURS = 24


class Clock(NamedTuple):
    """``times`` datetime64[us] or None, ``seconds`` float64 or None, ``unreadable`` and ``zoned`` counts.

    ``of_day``: the seconds are those since midnight. ``read``: how times were read.
    """

    times: pd.Series | None
    seconds: pd.Series | None
    unreadable: int
    zoned: int
    of_day: bool = False
    read: Times | None = None


def read_clock(column: pd.Series, header: str, timezone: str, dayfirst: bool | None = None) -> Clock:
    """Return a time column of turns, as times or as seconds from the start of the dialogue.

    Numbers are epochs, Excel serials, or else seconds (milliseconds where the header says so, or where a
    call would last more than ten hours or go on every five minutes only); ``00:01:02`` without a date is
    an offset. ``10:00`` is an hour and a minute of the day, unless one value begins in the first minute of
    a call (``00:05``), is no hour (``31:20``) or has a fraction.

    Examples
    --------
    >>> read_clock(pd.Series(["00:01:02", "01:05.5"]), "time", "Asia/Shanghai").seconds.tolist()
    [62.0, 65.5]
    >>> read_clock(pd.Series([0, 1500, 320000]), "bg", "Asia/Shanghai").seconds.tolist()
    [0.0, 1.5, 320.0]
    >>> read_clock(pd.Series(["1.5s", "2100ms"]), "time", "Asia/Shanghai").seconds.tolist()
    [1.5, 2.1]
    >>> read_clock(pd.Series(["10:00", "10:01"]), "time", "Asia/Shanghai").seconds.tolist()
    [36000.0, 36060.0]
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _times(column, timezone, dayfirst)
    texts = as_text(column)
    # Nought is a second of the call, not a sign for nothing.
    empty = empty_dates(texts)
    if empty.any():
        empty[empty] = ~texts[empty].str.match(_NOUGHT).fillna(False).to_numpy(dtype=np.bool_)
        texts = texts.mask(empty)
    filled = texts[~blank(texts)]
    if filled.empty:
        return Clock(None, None, 0, 0)
    numbers = as_numbers(texts)
    if numbers is not None:
        low, high = float(numbers.min()), float(numbers.max())
        if high >= _EPOCHS or (_SERIALS[0] <= low and high <= _SERIALS[1]):
            return _times(column, timezone, dayfirst)
        steps = numbers.diff()
        slow = float(steps[steps > 0].median()) >= _SLOWEST
        small = normal_header(header).endswith("ms") or high > _LONGEST_CALL or slow
        return Clock(None, numbers.astype("float64") / (1000.0 if small else 1.0), 0, 0)
    if _n_matching(texts, _SECONDS) >= _MOST * len(filled):
        spans = texts.str.extract(_SECONDS)
        total = pd.to_numeric(spans["n"]).astype("float64") / np.where(
            spans["unit"].isin(_MILLI), 1000.0, 1.0
        )
        return Clock(None, total, int(total.isna().sum()) - (len(texts) - len(filled)), 0)
    if _n_matching(texts, _CLOCK) < _MOST * len(filled):
        return _times(column, timezone, dayfirst)
    parts = texts.str.extract(_CLOCK)
    hours, minutes = (pd.to_numeric(parts[name]).astype("float64") for name in ("h", "m"))
    seconds = pd.to_numeric(parts["s"].str.replace(",", ".", regex=False)).astype("float64")
    whole = bool((seconds.dropna() % 1 == 0).all())
    of_day = bool(hours.isna().all() and whole and minutes.min() > 0 and minutes.max() < _HOURS)
    total = (hours.fillna(0.0) * 3600 + minutes * 60 + seconds) * (60.0 if of_day else 1.0)
    return Clock(None, total, int(total.isna().sum()) - (len(texts) - len(filled)), 0, of_day)


def _n_matching(texts: pd.Series, pattern: str) -> int:
    """Return how many cells match a pattern to which all digits are alike: it is tried on their shapes."""
    shapes, code = digit_shapes(string_array(texts))
    matches = re.compile(pattern).match
    found = np.array([matches(shape) is not None for shape in shapes.to_pylist()], dtype=np.bool_)
    return int(found[code].sum())


def _times(column: pd.Series, timezone: str, dayfirst: bool | None) -> Clock:
    times = parse_times(column, timezone, dayfirst)
    words = repeated_words(as_text(column), times.unreadable, int(times.values.notna().sum()))
    unreadable, zoned = int((times.unreadable & ~words).sum()), int(times.zoned.sum())
    return Clock(times.values, None, unreadable, zoned, read=times)
