"""What exports write where there is no date: written nulls, dashes, zeros and words such as 待定."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.strings import string_array

__all__ = ["WORDS", "empty_dates", "empty_shapes", "repeated_words"]

WORDS = (
    r"null|none|nan|nat|n/?a|#n/?a|<na>|#ref!|#value!|\\n|tbd|tba|无|無|空|无日期|待定|未定|待确认|待補|待补|待补充|"
    r"暂无|暫無|未知|不详|不詳|未填|未填写|未填寫|未处理|未處理|未完结|未结案|长期|長期|没有|沒有|不适用|[-—–―_/\\.~?*]+"
)
"""Signs that are no date and no broken one; lower case, half width."""
_ZEROS = (
    r"0+(?:\.0+)?|0000[-/.]00[-/.]00(?:[ t]00:00(?::00(?:\.0+)?)?)?"
    r"|1900[-/.]0?1[-/.]0?0(?:[ t]0?0:00(?::00)?)?"
    r"|0001[-/.]0?1[-/.]0?1(?:[ t]0?0:00(?::00(?:\.0+)?)?)?"
)
"""Nought, MySQL's zero date, Excel's day 0 of the 1900 date base, and the first day that .NET knows."""
_EMPTY = rf"^(?:{WORDS}|{_ZEROS})$"
_EMPTY_SHAPE = rf"^(?:{WORDS}|{_ZEROS}|0000[-/.]0?0[-/.]0?0(?:[ t]0?0:00(?::00(?:\.0+)?)?)?)$"
"""As ``_EMPTY``, where every digit stands as 0: 1900-01-00 is 0000-00-00 then."""
_LONGEST = 64
_ENOUGH = 0.5
_REPEATED = 3
"""Rows in which one value without digits must stand to be a sign and not somebody's slip."""


def empty_dates(column: pd.Series) -> NDArray[np.bool_]:
    """Return where a cell of dates holds nothing or a sign for nothing, in half or full width.

    Parameters
    ----------
    column : Series of str, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> cells = ["待定", "ＮＵＬＬ", "0000-00-00", "2024-01-02", " ", "上个月底"]
    >>> empty_dates(pd.Series(cells)).tolist()
    [True, True, True, False, True, False]
    """
    return _matches(string_array(column), _EMPTY)


def empty_shapes(shapes: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Return which texts, every digit of which is written as 0, may be signs for nothing.

    Examples
    --------
    >>> empty_shapes(pa.array(["待定", "0000/0/0", "0000年00月", ""], pa.large_string())).tolist()
    [True, True, False, True]
    """
    return _matches(shapes, _EMPTY_SHAPE)


def _matches(cells: pa.LargeStringArray, pattern: str) -> NDArray[np.bool_]:
    """Return which cells match in lower case and half width, or hold nothing."""
    short = np.asarray(pc.binary_length(cells).to_numpy(zero_copy_only=False) <= _LONGEST)
    found = np.zeros(len(cells), dtype=np.bool_)
    bare = pc.utf8_lower(
        pc.utf8_trim_whitespace(pc.utf8_normalize(cells.filter(pa.array(short)), form="NFKC"))
    )
    sign = pc.match_substring_regex(bare, pattern=pattern).to_numpy(zero_copy_only=False)
    found[short] = sign.astype(np.bool_) | (pc.binary_length(bare).to_numpy(zero_copy_only=False) == 0)
    return found


def repeated_words(column: pd.Series, unreadable: NDArray[np.bool_], read: int) -> NDArray[np.bool_]:
    """Return which unreadable cells hold one value that stands in several rows and has no digits.

    Parameters
    ----------
    column : Series of str, shape (n,)
    unreadable : ndarray of bool, shape (n,)
    read : int
        Cells that are dates. Where they are fewer than the unreadable ones, the column is not one of
        dates and its words are no signs.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> cells = pd.Series(["已作废", "已作废", "已作废", "上个月底"])
    >>> repeated_words(cells, np.ones(4, dtype=bool), 9).tolist()
    [True, True, True, False]
    """
    found = np.zeros(len(column), dtype=np.bool_)
    n = int(unreadable.sum())
    if not n or read < _ENOUGH * (n + read):
        return found
    words = column[unreadable].str.strip()
    often = words.groupby(words).transform("size") >= _REPEATED
    found[unreadable] = (often & ~words.str.contains(r"[\d〇一二三四五六七八九十]", regex=True)).to_numpy(
        dtype=np.bool_
    )
    return found
