"""What the columns of a delimited file look like, learnt from its sound rows: the proof behind a repair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Shape", "learn_shape", "misfits"]

_CLASSES = (
    re.compile(r"^\s*[-+]?\d{1,18}(?:\.\d+)?(?:[eE][-+]?\d+)?%?\s*$"),
    re.compile(r"^\s*\d{2,4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,4})?[^\r\n]{0,20}$"),
    re.compile(r"^\s*[A-Za-z]{0,6}[-_]?\d{4,}[A-Za-z0-9_-]*\s*$"),
)
_ENOUGH = 0.98
_SOME_EMPTY = 0.005
_FEW_VALUES = 40
_LEAST = 3


class Shape(NamedTuple):
    """What is known of one column.

    ``pattern`` every filled cell matches (None: free text), ``values`` all values seen where they are
    few (None: many), ``may_be_empty`` whether empty cells are usual.
    """

    pattern: re.Pattern[str] | None
    values: frozenset[str] | None
    may_be_empty: bool

    @property
    def free(self) -> bool:
        """Whether the column holds free text: anything fits."""
        return self.pattern is None and self.values is None

    def takes(self, cell: str) -> bool:
        """Return whether a cell could stand in this column."""
        if not cell.strip():
            return self.may_be_empty
        if self.pattern is not None:
            return self.pattern.match(cell) is not None
        return self.values is None or cell.strip() in self.values


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
    return [_one([row[j].strip() for row in whole]) for j in range(width)]


def _one(cells: list[str]) -> Shape:
    filled = [cell for cell in cells if cell]
    may_be_empty = len(filled) < (1 - _SOME_EMPTY) * len(cells)
    if len(filled) < _LEAST:
        return Shape(None, None, may_be_empty)
    for pattern in _CLASSES:
        if sum(pattern.match(cell) is not None for cell in filled) >= _ENOUGH * len(filled):
            return Shape(pattern, None, may_be_empty)
    values = frozenset(filled)
    few = len(values) <= min(_FEW_VALUES, len(filled) // 10)
    return Shape(None, values if few else None, may_be_empty)


def proves(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a row fits every column, at least one of which is not free text."""
    if len(cells) != len(shapes):
        return False
    return not all(shape.free for shape in shapes) and all(
        shape.takes(cell) for cell, shape in zip(cells, shapes, strict=True)
    )


def misfits(frame: pd.DataFrame, shapes: Sequence[Shape]) -> NDArray[np.bool_]:
    """Return which rows have the right number of cells in the wrong columns.

    A row is out of place when two or more filled cells, and at least half of those that stand in columns
    of numbers, dates or codes, do not look like their column.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Strings.
    shapes : sequence of Shape, length n_columns

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    wrong = np.zeros(len(frame), dtype=np.int64)
    strict = np.zeros(len(frame), dtype=np.int64)
    patterned = [
        (name, s.pattern) for name, s in zip(frame.columns, shapes, strict=True) if s.pattern is not None
    ]
    if len(patterned) < 2:
        return wrong > 0
    for name, pattern in patterned:
        cells = pa.array(frame[name], type=pa.large_string())
        filled = pc.greater(pc.utf8_length(cells), 0).to_numpy(zero_copy_only=False).astype(np.bool_)
        match = pc.match_substring_regex(cells, pattern=pattern.pattern)
        wrong += filled & ~match.to_numpy(zero_copy_only=False).astype(np.bool_)
        strict += filled
    return (wrong >= 2) & (2 * wrong >= strict)
