"""A string column as one run of code points with the row each belongs to: the base of per-row counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.cells import large_strings

__all__ = ["Run", "runs"]

_CHUNK = 50_000


class Run(NamedTuple):
    """Some rows of a column: ``codes`` uint32 (n_characters,), ``lengths`` int64 (n_rows,), ``first`` row."""

    codes: NDArray[np.uint32]
    lengths: NDArray[np.int64]
    first: int

    def add(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the sum of a value a character over the characters of each row, shape (n_rows,)."""
        total = np.zeros(self.lengths.size, dtype=np.float64)
        filled = self.lengths > 0
        if filled.any():
            starts = (np.cumsum(self.lengths) - self.lengths)[filled]
            total[filled] = np.add.reduceat(values, starts, dtype=np.float64)
        return total


def runs(column: pd.Series, ascii_too: bool = True) -> Iterator[Run]:
    """Yield the column in pieces of 50,000 rows; NA counts as empty.

    Parameters
    ----------
    column : Series of str
    ascii_too : bool, default True
        False passes over pieces that are plain ASCII.

    Examples
    --------
    >>> run = next(runs(pd.Series(["退款", None, "a"])))
    >>> run.lengths.tolist(), run.add(run.codes > 127).tolist()
    ([2, 0, 1], [2.0, 0.0, 0.0])
    """
    cells = large_strings(column)
    for first in range(0, len(cells), _CHUNK):
        chunk = cells.slice(first, _CHUNK)
        lengths = pc.utf8_length(chunk).to_numpy(zero_copy_only=False).astype(np.int64)
        if not ascii_too and int(lengths.sum()) == int(pc.sum(pc.binary_length(chunk)).as_py()):
            continue
        _, ends, data = chunk.buffers()
        offsets = np.frombuffer(ends, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        text = "" if data is None else str(memoryview(data)[int(offsets[0]) : int(offsets[-1])], "utf-8")
        yield Run(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), lengths, first)
