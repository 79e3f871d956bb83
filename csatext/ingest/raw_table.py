"""What every reader returns: a table as it stood in the source, with what was lost and mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.errors import InputError

__all__ = ["Note", "RawTable", "Records", "Reject", "refuse_wide", "row_text"]

RAW_LIMIT = 500
"""Characters of a rejected row that are kept (REJECTS says so)."""

_MOST_COLUMNS = 16_384
"""Columns of a spreadsheet (ECMA-376: A to XFD); a table of more is no table."""


class Reject(NamedTuple):
    """One input row that could not be used; ``line`` counts from 1, None without lines."""

    line: int | None
    reason: str
    raw: str


class Note(NamedTuple):
    """One finding about the input: a row of the quality table without its rate."""

    check: str
    column: str
    n: int
    total: int
    detail: str


@dataclass(frozen=True)
class RawTable:
    """A table as it stood in the source.

    Attributes
    ----------
    frame : DataFrame, shape (n, n_columns)
        Cells as they were read; header names as they were written; RangeIndex.
    lines : ndarray of int64, shape (n,), or None
        Line (or sheet row) of each row, from 1; None where the source has none.
    rejects : list of Reject
        Rows of the source that are not in ``frame``.
    notes : list of Note
        What was guessed and mended on the way.
    has_header : bool
        Whether the names were written in the source (False: 列1, 列2 ... were made).
    """

    frame: pd.DataFrame
    lines: NDArray[np.int64] | None = None
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    has_header: bool = True


class Records(list[Mapping[str, Any]]):
    """Rows for ``DataFrame.attrs``: a list that is not copied with every pandas operation.

    pandas deep-copies ``attrs`` at each step; with thousands of rejects that would cost more than the
    step itself. The rows are facts about the input and are not edited, so one list may be shared.

    Examples
    --------
    >>> from copy import deepcopy
    >>> rows = Records([{"line": 3}])
    >>> deepcopy(rows) is rows
    True
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Records:
        return self


def row_text(cells: Iterable[object]) -> str:
    """Return a row's cells as one line, cut to the length that rejects keep.

    Examples
    --------
    >>> row_text(["17", None, "退款"])
    '17,,退款'
    """
    return ",".join("" if cell is None or cell is pd.NA or cell != cell else str(cell) for cell in cells)[
        :RAW_LIMIT
    ]


def refuse_wide(n: int, path: object) -> None:
    """Raise for a table of more columns than a spreadsheet can have.

    Raises
    ------
    InputError
        ``n`` is above 16,384.

    Examples
    --------
    >>> refuse_wide(16_384, "a.csv")
    """
    if n > _MOST_COLUMNS:
        why = f"有 {n} 列，超过上限 {_MOST_COLUMNS} 列"
        raise InputError.unreadable(
            path, why, "多半是分隔符或引号错了，请检查导出，或用 delimiter= 指定分隔符"
        )
