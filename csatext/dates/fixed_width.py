"""Times written at fixed width (``2024/05/01 10:00:00``): read from the bytes, without a pattern match."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["parse_fixed"]

_WIDTHS = (19, 16, 10)
_WHOLE = 19
"""Characters of a time to the second; a point and up to nine digits may follow."""
_LONGEST = 29
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_SEPARATORS = {4: b"-/.", 7: b"-/.", 10: b" T", 13: b":", 16: b":"}
_ZERO = 48
_DAY = 86_400
_MICRO, _NANO_DIGITS = 1_000_000, 9
_POINT = 46


def parse_fixed(cells: pa.LargeStringArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return microseconds since 1970 of cells ``YYYY-MM-DD[ HH:MM[:SS[.f]]]``, and which cells those are.

    Cells of another form, and days that no calendar has, are not among them. The date's two signs may be
    ``-``, ``/`` or ``.`` and must be the same. What is finer than a microsecond is cut off.

    Parameters
    ----------
    cells : LargeStringArray, shape (n,)
        Without nulls.

    Returns
    -------
    micros : ndarray of int64, shape (n,)
    read : ndarray of bool, shape (n,)

    Examples
    --------
    >>> cells = pa.array(["1970-01-01 00:00:01.5", "1970/01/01 00:01", "上周"], pa.large_string())
    >>> micros, read = parse_fixed(cells)
    >>> micros.tolist(), read.tolist()
    ([1500000, 60000000, 0], [True, True, False])
    """
    micros = np.zeros(len(cells), dtype=np.int64)
    read = np.zeros(len(cells), dtype=np.bool_)
    lengths = pc.binary_length(cells).to_numpy(zero_copy_only=False)
    present = np.bincount(np.minimum(lengths, _LONGEST + 1), minlength=_LONGEST + 1)
    for width in (*_WIDTHS, *range(_WHOLE + 2, _LONGEST + 1)):
        if not present[width]:
            continue
        rows = np.flatnonzero(lengths == width)
        some = cells if rows.size == len(cells) else cells.take(pa.array(rows))
        start = np.frombuffer(some.buffers()[1], dtype=np.int64, count=some.offset + 1)[some.offset]
        data = np.frombuffer(some.buffers()[2], dtype=np.uint8, count=rows.size * width, offset=int(start))
        written = data.reshape(rows.size, width)
        seconds, good = _one_width(written[:, :_WHOLE])
        value = seconds * _MICRO
        if width > _WHOLE:
            fraction, whole = _fraction(written[:, _WHOLE:])
            value, good = value + fraction, good & whole
        micros[rows[good]], read[rows[good]] = value[good], True
    return micros, read


def _fraction(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return microseconds of a point and the digits behind it, and where it is one; data of (n, width)."""
    digits = data[:, 1:] - np.uint8(_ZERO)
    good = (data[:, 0] == _POINT) & (digits <= 9).all(axis=1)
    nanos = digits.astype(np.int64) @ (10 ** (_NANO_DIGITS - 1 - np.arange(digits.shape[1])))
    return nanos // 1_000, good


def _one_width(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return seconds and validity of cells of one width, shape (n, width)."""
    width = data.shape[1]
    at = [place for place in _DIGITS if place < width]
    digits = {place: data[:, place] - np.uint8(_ZERO) for place in at}
    good = data[:, 4] == data[:, 7]
    for place in at:
        good &= digits[place] <= 9
    for place, allowed in _SEPARATORS.items():
        if place < width:
            good &= np.isin(data[:, place], np.frombuffer(allowed, dtype=np.uint8))

    def number(*places: int) -> NDArray[np.int64]:
        value: NDArray[np.int64] = np.zeros(len(data), dtype=np.int64)
        for place in places:
            value = value * 10 + digits.get(place, 0)
        return np.asarray(np.where(good, value, 1))

    year, month, day = number(0, 1, 2, 3), number(5, 6), number(8, 9)
    hour, minute, second = number(11, 12), number(14, 15), number(17, 18)
    good &= (year >= 1000) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= (hour <= 23) & (minute <= 59) & (second <= 59)
    months = (year - 1970) * 12 + np.where(good, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= day <= following - first
    return (first + day - 1) * _DAY + (hour * 60 + minute) * 60 + second, good
