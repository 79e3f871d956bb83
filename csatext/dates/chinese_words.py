"""Dates in words made plain: Chinese numerals, half hours, weekdays behind, marks of spreadsheets."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["spelled"]

_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_ONES = "〇零○一二三四五六七八九"
_NUMERALS = _ONES + "十"
_YEAR = rf"(?:\d{{4}}|[{_ONES}]{{2,4}}|(?:中[华華])?民[国國]\s*[{_NUMERALS}百元\d]{{1,5}})\s*年(?:度)?"
_IN_WORDS = (
    rf"^\s*{_YEAR}\s*第?\s*[{_NUMERALS}]{{1,3}}\s*[月周週季个個]"
    rf"|^\s*(?:[{_ONES}]{{2,4}}|(?:中[华華])?民[国國]\s*[{_NUMERALS}百]{{1,5}})\s*年"
)
_CLOCK_IN_WORDS = rf"\d[日号號]?.*[{_NUMERALS}]{{1,3}}\s*[点點时時分]"
_RUN = re.compile(rf"[{_NUMERALS}百]+")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?")
_MARKS = ((r"^['‘’`]\s*", ""), (r"^/Date\((\d+)(?:[+-]\d{4})?\)/$", r"\1"), (r"^(\d{4,})\.0+$", r"\1"))
"""What a spreadsheet, JSON of .NET, and a column of floats put round a date."""
_ANY_MARK = r"^(?:['‘’`]|/Date|\d{4,}\.0+$)"
_PLAIN = (
    (r"([点點时時])半", r"\1 30分"),
    (r"([点點时時])一刻", r"\1 15分"),
    (r"([点點时時])三刻", r"\1 45分"),
    (r"([点點时時])[整钟鐘]", r"\1"),
    (r"\s*[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?\s*$", ""),
    (r"(\d)\s*[(（][一二三四五六日][)）]", r"\1 "),
)


def _number(run: re.Match[str]) -> str:
    """Return a run of numerals as digits: 二〇二〇 by digits, 二十一 and 一百一十五 by tens and hundreds.

    Examples
    --------
    >>> [_RUN.sub(_number, word) for word in ("二〇二〇", "十", "十二", "二十", "三十一", "一百一十五")]
    ['2020', '10', '12', '20', '31', '115']
    """
    word = run[0]
    if "百" in word:
        hundreds, _, rest = word.partition("百")
        rest = rest.lstrip("〇零○")
        return str(100 * int((hundreds or "一").translate(_DIGITS)) + int(_RUN.sub(_number, rest) or 0))
    if "十" not in word:
        return word.translate(_DIGITS)
    tens, _, ones = word.partition("十")
    return f"{(tens or '一').translate(_DIGITS)}{(ones or '〇').translate(_DIGITS)}"


def spelled(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return the cells with dates in words as dates in digits, half width; others as they are but for
    blanks.

    Parameters
    ----------
    cells : LargeStringArray, shape (n,)
        Without nulls.

    Returns
    -------
    LargeStringArray, shape (n,)

    Examples
    --------
    >>> cells = ["二〇二〇年六月八日", "2020/6/8 晚上8点半", "'2020/6/8 星期一", "2020年第二季度"]
    >>> spelled(pa.array(cells, pa.large_string())).to_pylist()
    ['2020年6月8日', '2020/6/8 晚上8点 30分', '2020/6/8', '2020年第2季度']
    """
    wide = pc.invert(pc.string_is_ascii(cells))
    if pc.any(wide).as_py():
        some = pc.utf8_normalize(cells.filter(wide), form="NFKC")
        for pattern, put in _PLAIN:
            some = pc.replace_substring_regex(some, pattern=pattern, replacement=put)
        some = _worded(some)
        cells = pc.replace_with_mask(cells, wide, some)
    cells = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, pattern=r"\s{2,}", replacement=" "))
    if pc.any(pc.match_substring_regex(cells, pattern=_ANY_MARK)).as_py():
        for pattern, put in _MARKS:
            cells = pc.replace_substring_regex(cells, pattern=pattern, replacement=put)
    return cells


def _worded(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return the cells with Chinese numerals of dates and times of day as digits."""
    worded = pc.or_(
        pc.match_substring_regex(cells, pattern=_IN_WORDS),
        pc.match_substring_regex(cells, pattern=_CLOCK_IN_WORDS),
    )
    if not pc.any(worded).as_py():
        return cells
    texts = [_RUN.sub(_number, _WEEKDAY.sub(" ", text)) for text in cells.filter(worded).to_pylist()]
    return pc.replace_with_mask(cells, worded, pa.array(texts, type=pa.large_string()))
