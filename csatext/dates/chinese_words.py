"""Dates in words made plain: Chinese numerals, half hours, weekdays behind, marks of spreadsheets."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["spelled"]

_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_NUMERALS = "〇零○一二三四五六七八九十"
_IN_WORDS = rf"^\s*[〇零○一二三四五六七八九]{{2,4}}\s*年\s*[{_NUMERALS}]{{1,3}}\s*月"
_RUN = re.compile(rf"[{_NUMERALS}]+")
_PLAIN = (
    (r"^['‘’`]\s*", ""),
    (r"^/Date\((\d+)(?:[+-]\d{4})?\)/$", r"\1"),
    (r"([点點时時])半", r"\1 30分"),
    (r"([点點时時])[整钟鐘]", r"\1"),
    (r"\s*[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?\s*$", ""),
    (r"(\d)\s*[(（][一二三四五六日][)）]", r"\1 "),
)


def _number(run: re.Match[str]) -> str:
    """Return a run of numerals as digits: 二〇二〇 by digits, 二十一 by tens.

    Examples
    --------
    >>> [_RUN.sub(_number, word) for word in ("二〇二〇", "十", "十二", "二十", "三十一")]
    ['2020', '10', '12', '20', '31']
    """
    word = run[0]
    if "十" not in word:
        return word.translate(_DIGITS)
    tens, _, ones = word.partition("十")
    return f"{(tens or '一').translate(_DIGITS)}{(ones or '〇').translate(_DIGITS)}"


def spelled(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return the cells with dates in words as dates in digits; others as they are.

    Parameters
    ----------
    cells : LargeStringArray, shape (n,)
        Without nulls.

    Returns
    -------
    LargeStringArray, shape (n,)

    Examples
    --------
    >>> cells = ["二〇二〇年六月八日", "2020/6/8 晚上8点半", "'2020/6/8 星期一"]
    >>> spelled(pa.array(cells, pa.large_string())).to_pylist()
    ['2020年6月8日', '2020/6/8 晚上8点 30分', '2020/6/8']
    """
    for pattern, put in _PLAIN:
        cells = pc.replace_substring_regex(cells, pattern=pattern, replacement=put.replace(r"\1", r"\1"))
    worded = pc.match_substring_regex(cells, pattern=_IN_WORDS)
    if not pc.any(worded).as_py():
        return cells
    texts = cells.to_pandas().astype("str")
    some = worded.to_numpy(zero_copy_only=False)
    read = {word: _RUN.sub(_number, word) for word in texts[some].unique()}
    return pa.array(texts.where(~some, texts.map(read)), type=pa.large_string(), from_pandas=True)
