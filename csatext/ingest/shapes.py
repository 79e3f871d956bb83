"""What the columns of a delimited file look like, learnt from its sound rows: the proof behind a repair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.cells import large_strings

__all__ = ["Shape", "learn_shape", "misfits"]

_CLASSES = (
    re.compile(r"^\s*[-+]?\d{1,18}(?:\.\d+)?(?:[eE][-+]?\d+)?%?\s*$"),
    re.compile(r"^\s*\d{2,4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,4})?[^\r\n]{0,20}$"),
    re.compile(r"^\s*[A-Za-z]{0,6}[-_]?\d{4,}[A-Za-z0-9_-]*\s*$"),
)
_NUMBER, _DATE, _CODE = _CLASSES
_DATE_ALONE = re.compile(
    r"^\s*\d{2,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}\s*日?(?:[T\s]*\d{1,2}\s*[:时点][\d:.时点分秒\s]*)?\s*$"
)
_STRAY_IN_WORDS = re.compile(f"{_NUMBER.pattern}|{_DATE_ALONE.pattern}")
_GAP = re.compile(r"^\s*(?:[-—/\\.无空]+|N/?A|#N/A|不详|未知|null|NULL|None|nan|NaN)\s*$")
_SENTENCE = 24
"""Bytes in UTF-8 (eight hanzi) beyond which a cell in a typed column is a sentence."""
_ENOUGH = 0.98
_ONE_OF = 10
_SOME_EMPTY = 0.005
_FEW_VALUES = 40
_LEAST = 3
_SHORT_WORDS = 8
"""Characters that the cells of a column of short words (a channel, a product) have at most."""


class Shape(NamedTuple):
    """What is known of one column.

    ``pattern`` every filled cell matches (None: words), ``values`` all values seen where they are few
    (None: many), ``may_be_empty`` whether empty cells are usual, ``longest`` the most characters that a
    cell of a column of short words may have (None: free text).
    """

    pattern: re.Pattern[str] | None
    values: frozenset[str] | None
    may_be_empty: bool
    longest: int | None = None

    @property
    def free(self) -> bool:
        """Whether the column holds free text: anything fits."""
        return self.pattern is None and self.values is None and self.longest is None

    def takes(self, cell: str) -> bool:
        """Return whether a cell could stand in this column."""
        if not cell.strip():
            return self.may_be_empty
        if self.pattern is not None:
            return self.pattern.match(cell) is not None
        if self.values is not None:
            return cell.strip() in self.values
        return self.longest is None or len(cell.strip()) <= self.longest


def learn_shape(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """Return the shape of each column, from rows that are whole.

    Parameters
    ----------
    rows : sequence of sequence of str
        Sound rows; those of another width are not looked at.
    width : int
        Number of columns.

    Returns
    -------
    list of Shape, length ``width``

    Examples
    --------
    >>> shapes = learn_shape([[str(i), "退款太慢了"] for i in range(30)], 2)
    >>> shapes[0].takes("17"), shapes[0].takes("太慢"), shapes[1].takes("太慢")
    (True, False, False)
    """
    whole = [row for row in rows if len(row) == width]
    columns = [[row[j].strip() for row in whole] for j in range(width)]
    return _with_words([_one(cells) for cells in columns], columns)


def _with_words(shapes: list[Shape], columns: Sequence[Sequence[str]]) -> list[Shape]:
    """Return the shapes, columns of short words beside a much longer one marked as such."""
    longest = [max(map(len, cells), default=0) for cells in columns]
    most = max((n for shape, n in zip(shapes, longest, strict=True) if shape.free), default=0)
    return [
        shape._replace(longest=2 * n) if shape.free and len(cells) >= _LEAST and 0 < n <= limit else shape
        for shape, n, cells in zip(shapes, longest, columns, strict=True)
        for limit in [min(_SHORT_WORDS, most // 2)]
    ]


def _strays_allowed(n: int) -> float:
    """Return how many of ``n`` cells may differ from their column: one in fifty, one alone of ten or more."""
    return max((1 - _ENOUGH) * n, 1.0 if n >= _ONE_OF else 0.0)


def _one(cells: list[str]) -> Shape:
    filled = [cell for cell in cells if cell]
    gaps = len(cells) - len(filled)
    may_be_empty = gaps > max(_SOME_EMPTY * len(cells), 1.0 if len(cells) >= _ONE_OF else 0.0)
    if len(filled) < _LEAST:
        return Shape(None, None, may_be_empty)
    for pattern in _CLASSES:
        if sum(pattern.match(cell) is None for cell in filled) <= _strays_allowed(len(filled)):
            return Shape(pattern, None, may_be_empty)
    counts = Counter(filled)
    values = frozenset(value for value, n in counts.items() if n > 1)
    alone = len(counts) - len(values)
    few = len(counts) <= min(_FEW_VALUES, len(filled) // 10) and alone <= _strays_allowed(len(filled))
    if few:
        return Shape(None, values, may_be_empty)
    return Shape(None, None, may_be_empty)


def proves(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a row fits every column, at least one of which is not free text."""
    if len(cells) != len(shapes):
        return False
    return not all(shape.free for shape in shapes) and all(
        shape.takes(cell) for cell, shape in zip(cells, shapes, strict=True)
    )


def misfits(frame: pd.DataFrame, shapes: Sequence[Shape]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows surely and which perhaps have the right number of cells in the wrong columns.

    A cell is out of place when it does not look like its column of numbers, dates or codes (an empty one
    where such cells are unusual, too), and a stray when it is a date, or a number in a column of few
    words, where the column has none. A row is out of place when it has a stray and another cell out of
    place, or when at least two and at least half of its cells in typed columns are out of place and one
    of them is a sentence. Written gaps (N/A, 不详, -) are not out of place. Where only empty cells are out
    of place beside a stray, the row may as well be one with a gap.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Strings.
    shapes : sequence of Shape, length n_columns

    Returns
    -------
    surely, perhaps : ndarray of bool, shape (n,)
    """
    wrong, written, typed, stray, long = (np.zeros(len(frame), dtype=np.int64) for _ in range(5))
    for name, shape in zip(frame.columns, shapes, strict=True):
        cells = large_strings(frame[name])
        lengths = pc.binary_length(cells).to_numpy(zero_copy_only=False)
        if shape.pattern is None:
            strays = _STRAY_IN_WORDS if shape.values is not None else _DATE_ALONE
            if len(frame) and not _usual(cells, strays):
                stray += _matches(cells, strays)
            continue
        bad = ~_matches(cells, shape.pattern) & ((lengths > 0) | (not shape.may_be_empty))
        if bad.any():
            bad[bad] = ~_matches(cells.filter(pa.array(bad)), _GAP)
        wrong += bad
        written += bad & (lengths > 0)
        typed += 1
        long += bad & (lengths > _SENTENCE)
    surely = ((stray > 0) & (written > 0)) | ((wrong >= 2) & (2 * wrong >= typed) & (long > 0))
    return surely, ~surely & (stray > 0) & (wrong > 0)


def _matches(cells: pa.Array, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    found = pc.match_substring_regex(cells, pattern=pattern.pattern)
    return found.to_numpy(zero_copy_only=False).astype(np.bool_)


def _usual(cells: pa.Array, pattern: re.Pattern[str]) -> bool:
    """Return whether more than one cell in fifty of a sample, and not one alone, matches."""
    step = max(1, len(cells) // 2000)
    found = _matches(cells.take(pa.array(np.arange(0, len(cells), step))), pattern)
    return int(found.sum()) > _strays_allowed(found.size)
