"""Which rows of a table may have their values in the wrong columns: a column at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.cells import large_strings
from csatext.ingest.repair.column_profiles import GAP, Shape

__all__ = ["Misfits", "find_misfits"]

_SENTENCE = 24
"""Bytes in UTF-8 (eight hanzi) beyond which a cell in a typed column is a sentence."""


class Misfits(NamedTuple):
    """Rows that are out of place ``surely`` or ``perhaps``, and those of two ``odd`` cells; bool, (n,)."""

    surely: NDArray[np.bool_]
    perhaps: NDArray[np.bool_]
    odd: NDArray[np.bool_]


def find_misfits(frame: pd.DataFrame, shapes: Sequence[Shape]) -> Misfits:
    """Return which rows may have the right number of cells in the wrong columns.

    A cell is out of place when it does not look like its column of numbers, dates or codes (an empty one
    where such cells are unusual, too), and a stray when it is a date, or a number in a column of few
    words, where the column has none. A row is surely out of place when it has a stray and another cell
    out of place, or when at least two and at least half of its cells in typed columns are out of place
    and one of them is a sentence. Written gaps (N/A, 不详, -) are not out of place. Where only empty
    cells are out of place beside a stray, the row may as well be one with a gap.

    A row is odd when two cells, a filled one among them, and an empty cell anywhere leave room for a
    move: values that a column of few words does not know, and long ones among short, count here too.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Strings.
    shapes : sequence of Shape, length n_columns

    Returns
    -------
    Misfits

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> rows = [[f"T{i}", "退款太慢了，请处理", f"2024/5/{i + 1}"] for i in range(8)]
    >>> frame = pd.DataFrame([*rows, ["退款太慢了，请处理", "2024/5/3", ""]], dtype="str")
    >>> find_misfits(frame, learn_shape(rows, 3)).surely.nonzero()[0].tolist()
    [8]
    """
    counts = (np.zeros(len(frame), dtype=np.int64) for _ in range(8))
    wrong, written, typed, stray, long, other, gaps, missing = counts
    for name, shape in zip(frame.columns, shapes, strict=True):
        cells = large_strings(frame[name])
        lengths = pc.binary_length(cells).to_numpy(zero_copy_only=False)
        empty = ~_matches(cells, _FILLED)
        gaps += empty
        if shape.pattern is None:
            is_stray = np.zeros(len(frame), dtype=np.bool_)
            if shape.stray is not None:
                is_stray = _matches(cells, shape.stray)
            stray += is_stray
            other += ~is_stray & ~empty & _unknown(cells, shape)
            missing += empty & (not shape.free and not shape.may_be_empty)
            continue
        bad = ~_matches(cells, shape.pattern) & ((lengths > 0) | (not shape.may_be_empty))
        if bad.any():
            bad[bad] = ~_matches(cells.filter(pa.array(bad)), GAP)
        wrong += bad
        written += bad & (lengths > 0)
        typed += 1
        long += bad & (lengths > _SENTENCE)
    surely = ((stray > 0) & (written > 0)) | ((wrong >= 2) & (2 * wrong >= typed) & (long > 0))
    odd = (wrong + stray + other + missing >= 2) & (written + stray + other > 0) & (gaps > 0)
    return Misfits(surely, ~surely & (stray > 0) & (wrong > 0), odd)


_FILLED = re.compile(r"\S")


def _unknown(cells: pa.Array, shape: Shape) -> NDArray[np.bool_]:
    """Return which cells are not among the values of their column, or too long for it."""
    if shape.values is not None:
        known = pa.array(sorted(shape.values), type=cells.type)
        return ~pc.is_in(pc.utf8_trim_whitespace(cells), value_set=known).to_numpy(zero_copy_only=False)
    if shape.longest is not None:
        return np.asarray(pc.utf8_length(cells).to_numpy(zero_copy_only=False) > shape.longest)
    return np.zeros(len(cells), dtype=np.bool_)


def _matches(cells: pa.Array, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    found = pc.match_substring_regex(cells, pattern=pattern.pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False).astype(np.bool_))
