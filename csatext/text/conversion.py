"""Traditional Chinese to Simplified, with the terms of Taiwan and Hong Kong."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, overload

import ahocorasick_rs
import numpy as np
import opencc
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import ParameterError
from csatext.lexicon import Lexicon
from csatext.text.column import as_text_column, map_chunks, replace_rows
from csatext.text.offsets import Edit, OffsetMap, align, apply_edits, compose, edit_offsets, identity

__all__ = ["simplify_characters", "to_simplified", "to_simplified_column"]

_HAN = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
_RUN = re.compile(r"[\u3400-\u9fff]+")
_RARE = re.compile("[\U00020000-\U0003ffff]")
_ROW = "\x1e"
"""Record separator of ASCII: stands between rows while they are converted together."""

_ROWS_TOGETHER = 64
"""Rows converted in one call: more of them were slower, as they leave the processor's cache."""


class _Tables(NamedTuple):
    """What is learnt once from OpenCC and the shipped list of terms."""

    opencc: opencc.OpenCC
    traditional: str
    find_traditional: re.Pattern[str]
    find_simplified: re.Pattern[str]
    characters: dict[int, str]
    rare: dict[int, str]
    finder: ahocorasick_rs.AhoCorasick
    terms: tuple[str, ...]


@cache
def _tables() -> _Tables:
    joined = "\n".join(_HAN)
    simple = dict(zip(_HAN, opencc.OpenCC("t2s").convert(joined).split("\n"), strict=True))
    complex_ = dict(zip(_HAN, opencc.OpenCC("s2t").convert(joined).split("\n"), strict=True))
    rare = {char: simple.pop(char) for char in _HAN if simple[char] > "\uffff"}
    # A character that the other script's standard has proves nothing: 乾 stands in 乾隆, 里 in 公里.
    traditional = "".join(char for char in _HAN if simple.get(char, char) != char and not _in(char, "gb2312"))
    simplified = "".join(
        char for char in _HAN if complex_[char] != char == simple.get(char) and not _in(char, "big5")
    )
    lexicon = Lexicon.load("tw_hk_terms")
    return _Tables(
        opencc=opencc.OpenCC("tw2s"),
        traditional=traditional,
        find_traditional=re.compile(f"[{traditional}]"),
        find_simplified=re.compile(f"[{simplified}]"),
        characters={ord(char): simple[char] for char in traditional},
        rare={ord(after): before for before, after in rare.items()},
        finder=ahocorasick_rs.AhoCorasick(lexicon.terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        terms=tuple(str(lexicon[term].get("canonical")) for term in lexicon.terms),
    )


def _in(char: str, standard: str) -> bool:
    try:
        char.encode(standard)
    except UnicodeEncodeError:
        return False
    return True


@overload
def to_simplified(text: str, *, return_offsets: Literal[False] = ...) -> str: ...
@overload
def to_simplified(text: str, *, return_offsets: Literal[True]) -> tuple[str, OffsetMap]: ...
def to_simplified(text: str, *, return_offsets: bool = False) -> str | tuple[str, OffsetMap]:
    """Convert one text to Simplified Chinese as it is written on the mainland.

    Terms of ``lexicons/tw_hk_terms.tsv`` come first, longest match first; then OpenCC's ``tw2s``
    (https://github.com/BYVoid/OpenCC), whose character table covers Hong Kong's characters too. Its phrase
    table (``tw2sp``) is one of programmers: it turns 呼叫中心 into 调用中心 and 指標 into 指针.

    A text that is Simplified already does not change: without one character that only Traditional text has
    (one that OpenCC simplifies and GB 2312 lacks) it is returned as it is, and where characters that only
    Simplified text has are the more numerous, only the Traditional ones are converted, one by one.

    Parameters
    ----------
    text : str
        Any text.
    return_offsets : bool
        Also return the map to ``text``.

    Returns
    -------
    str, or tuple of str and ndarray of int64, shape (len(converted) + 1,)
        See `csatext.text.offsets` for the map.

    Raises
    ------
    ParameterError
        ``text`` is not a string.

    Examples
    --------
    >>> to_simplified("線上客服的回覆太慢，軟體也當機")
    '在线客服的回复太慢，软件也死机'
    >>> to_simplified("門號", return_offsets=True)[1].tolist()
    [0, 0, 1, 2]
    """
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, "一段文本（str）；一列文本请用 to_simplified_column")
    if not return_offsets:
        return _convert(text)
    kind = _kind(text)
    if kind != "traditional":
        return _convert(text), identity(len(text))
    edits = _term_edits(text)
    termed = apply_edits(text, edits)
    return _opencc(termed), compose(edit_offsets(len(text), edits), _opencc_offsets(termed))


def to_simplified_column(texts: pa.Array | pa.ChunkedArray | pd.Series) -> pa.Array | pa.ChunkedArray:
    """Convert a column: the same result as `to_simplified` row by row, only faster.

    One pass over the column finds the rows with Traditional characters; these are converted many at once.

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)
        Strings; a missing value counts as an empty text.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Strings without missing values; chunked where the input is.

    Raises
    ------
    ParameterError
        The column does not hold text.

    Examples
    --------
    >>> to_simplified_column(pa.array(["資訊", None, "信息"])).to_pylist()
    ['信息', '', '信息']
    """

    def change(array: pa.Array) -> pa.Array:
        some = pc.match_substring_regex(array, f"[{_tables().traditional}]")
        return replace_rows(array, some, _convert_rows)

    return map_chunks(as_text_column(texts), change)


def _convert(text: str) -> str:
    kind = _kind(text)
    if kind == "simplified":
        return text
    if kind == "mixed":
        return simplify_characters(text)
    return _opencc(apply_edits(text, _term_edits(text)))


def simplify_characters(text: str) -> str:
    """Return the text with each Traditional character simplified on its own; the length stays.

    Examples
    --------
    >>> simplify_characters("數據")
    '数据'
    """
    return text.translate(_tables().characters)


def _kind(text: str) -> Literal["simplified", "mixed", "traditional"]:
    """Tell whether a text is Simplified, Simplified with some Traditional characters, or Traditional."""
    tables = _tables()
    traditional = len(tables.find_traditional.findall(text))
    if not traditional:
        return "simplified"
    return "mixed" if len(tables.find_simplified.findall(text)) > traditional else "traditional"


def _term_edits(text: str) -> list[Edit]:
    tables = _tables()
    found = tables.finder.find_matches_as_indexes(text)
    return [(start, end, tables.terms[index]) for index, start, end in found]


def _opencc(text: str) -> str:
    """Convert with OpenCC, which takes a null character for the end of the text.

    Where OpenCC answers with a character outside of the Basic Multilingual Plane the Traditional one stays:
    nobody writes 𩠌 for 餸, and no dictionary holds it.
    """
    tables = _tables()
    convert = tables.opencc.convert
    if "\x00" in text:
        converted = "\x00".join(convert(part) for part in text.split("\x00"))
    else:
        converted = convert(text)
    return converted.translate(tables.rare) if _RARE.search(converted) else converted


def _convert_rows(rows: list[str]) -> list[str]:
    converted: list[str] = []
    for first in range(0, len(rows), _ROWS_TOGETHER):
        converted += _convert_some(rows[first : first + _ROWS_TOGETHER])
    return converted


def _convert_some(rows: list[str]) -> list[str]:
    joined = _ROW.join(rows)
    # Rows of both scripts, and rows that hold the separator, go one by one: they are few.
    if _tables().find_simplified.search(joined) or joined.count(_ROW) != len(rows) - 1:
        return [_convert(row) for row in rows]
    return _opencc(apply_edits(joined, _term_edits(joined))).split(_ROW)


def _opencc_offsets(text: str) -> OffsetMap:
    """Return the map from ``_opencc(text)`` to ``text``.

    Phrases never reach beyond a run of Chinese characters, so each run is converted and aligned with its
    conversion character by character, which has the run's length.
    """
    done, maps = 0, []
    for run in _RUN.finditer(text):
        converted = _opencc(run[0])
        plain = simplify_characters(run[0])
        within = identity(len(plain)) if converted == plain else align(plain, converted)
        maps += [np.arange(done, run.start()), within[:-1] + run.start()]
        done = run.end()
    maps.append(np.arange(done, len(text) + 1))
    offsets = np.concatenate(maps).astype(np.int64)
    whole = _opencc(text)
    return offsets if len(offsets) == len(whole) + 1 else align(text, whole)
