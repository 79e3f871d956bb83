"""Rows on which the prefilter's expressions are worth their time, from classes of neighbouring characters.

Looking up the class of every character costs a twentieth of a pass of an expression over the column.
"""

from __future__ import annotations

import re
from enum import IntFlag, auto
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.text.pii_context import words_of
from csatext.text.pii_name_shapes import surnames
from csatext.text.pii_numbers import BETWEEN, DIGITS
from csatext.text.pii_transliterated import DOTS
from csatext.text.pii_view import PROVINCES, TURN_JOIN, folding

__all__ = ["LINKS", "Coarse", "coarse"]

LINKS = rf"\s:=|,、\"'“”‘’「」(（\[【/是为叫作做嗯呃啊额的那个这边姓名字登记应该填写留用改成换变更{TURN_JOIN}"
"""Characters between a word that announces a name and the name, as the inside of a class."""

_SPOKEN_DIGITS = 5
_OCTETS = 8
_HEX_GROUP = 5
_LONGEST_LINK = 16
_MARGIN = 6
_BASIC_PLANE = 0x10000


class _Bit(IntFlag):
    """Classes of characters."""

    DIGIT = auto()
    GAP = auto()
    UNIT = auto()
    NUMBERING = auto()
    CUE = auto()
    CUE_END = auto()
    LINK = auto()
    SURNAME = auto()
    LETTER = auto()
    ASCII_DIGIT = auto()
    CODE = auto()
    MASKED = auto()
    PROVINCE = auto()
    TITLE = auto()
    TRIGGER = auto()
    EDGE = auto()
    OWNED = auto()
    OWNER_END = auto()
    FAMILY = auto()
    MAIL = auto()
    SIGN = auto()
    POINT = auto()
    COLON = auto()
    DASH = auto()


_RARE = (
    _Bit.UNIT
    | _Bit.LETTER
    | _Bit.ASCII_DIGIT
    | _Bit.MASKED
    | _Bit.PROVINCE
    | _Bit.TITLE
    | _Bit.TRIGGER
    | _Bit.OWNED
    | _Bit.FAMILY
    | _Bit.MAIL
    | _Bit.SIGN
    | _Bit.POINT
    | _Bit.COLON
)


class Coarse(NamedTuple):
    """Rows, as masks of shape (n,): those to read, and those that a group of expressions can match."""

    certain: np.ndarray
    placed: np.ndarray
    named: np.ndarray
    latin: np.ndarray


@cache
def _classes() -> np.ndarray:
    """Return the classes of each folded code point as bits."""
    titles, names = words_of("title"), words_of("name")
    members = {
        _Bit.DIGIT: DIGITS,
        _Bit.GAP: BETWEEN + "DTdoubletrip",
        _Bit.UNIT: "号栋幢座塔单室层楼弄组队户房铺",
        _Bit.NUMBERING: DIGITS + "A-Za-z甲乙丙丁东西南北",
        _Bit.CUE: "".join(word[-2] for word in names),
        _Bit.CUE_END: "".join(word[-1] for word in names),
        _Bit.LINK: LINKS,
        _Bit.SURNAME: surnames(),
        _Bit.LETTER: "A-Za-z",
        _Bit.ASCII_DIGIT: "0-9",
        _Bit.CODE: "0-9A-Za-z_-",
        _Bit.MASKED: "*xX#_?",
        _Bit.PROVINCE: PROVINCES,
        _Bit.TITLE: "".join(word[0] for word in titles),
        _Bit.TRIGGER: "@" + DOTS,
        _Bit.EDGE: r"\s!-/:-@。、…",
        _Bit.OWNED: "本签代的",
        _Bit.OWNER_END: "份字义个",
        _Bit.FAMILY: "姓",
        _Bit.MAIL: "艾圈",
        _Bit.SIGN: "收启",
        _Bit.POINT: r"\.",
        _Bit.COLON: ":",
        _Bit.DASH: r"\-",
    }
    table = np.zeros(_BASIC_PLANE, np.int32)
    everything = "".join(map(chr, range(_BASIC_PLANE)))
    for bit, characters in members.items():
        table[[ord(char) for char in re.findall(f"[{characters}]", everything)]] |= bit
    return table


@cache
def _pairs(of: str) -> np.ndarray:
    """Return pairs of characters as sorted numbers."""
    words = {
        "name": [word[-2:] for word in words_of("name")],
        "title": [word[:2] for word in words_of("title")],
        "person": ["本人", "签收", "代收"],
        "owner": ["的身", "的名", "的那"],
        "mail": ["at", "WJ", "艾特", "圈a", "圈A"],
    }[of]
    return np.array(sorted({(ord(word[0]) << 16) + ord(word[1]) for word in words}), np.int64)


def _among(pairs: np.ndarray, known: np.ndarray) -> np.ndarray:
    return known[np.minimum(np.searchsorted(known, pairs), len(known) - 1)] == pairs


def _folded_points(texts: pa.Array) -> np.ndarray:
    """Return the folded code points of a column, with a margin of zeros before and after."""
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(texts.buffers()[1], width)[texts.offset : texts.offset + len(texts) + 1]
    data = memoryview(texts.buffers()[2] or b"")[offsets[0] : offsets[-1]]
    text = "".join(("\0" * _MARGIN, str(data, "utf-8"), "\0" * _MARGIN))
    return folding().take(np.frombuffer(text.encode("utf-32-le"), np.uint32))


def _close(at: np.ndarray, breaks: np.ndarray, count: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` between which nothing breaks."""
    broken = np.cumsum(breaks, dtype=np.int32)[at]
    return at[: 1 - count][broken[count - 1 :] == broken[: 1 - count]] if len(at) >= count else at[:0]


def _near(at: np.ndarray, count: int, reach: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` that stand within ``reach`` characters."""
    return at[: 1 - count][at[count - 1 :] - at[: 1 - count] <= reach] if len(at) >= count else at[:0]


def _announced(points: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Return where a family name follows the end of a word that announces one, with links between."""
    cues = np.flatnonzero(((bits[:-1] & _Bit.CUE) != 0) & ((bits[1:] & _Bit.CUE_END) != 0))
    pairs = (points[cues].astype(np.int64) << 16) + points[cues + 1]
    at = cues[_among(pairs, _pairs("name"))] + 2
    found = []
    for _ in range(_LONGEST_LINK):
        found.append(at[(bits[at] & _Bit.SURNAME) != 0])
        at = at[(bits[at] & _Bit.LINK) != 0] + 1
    return np.concatenate(found)


def coarse(texts: pa.Array) -> Coarse:
    """Return which rows each group of the prefilter's expressions can match.

    Parameters
    ----------
    texts : pyarrow.Array of strings, shape (n,)
        Without nulls.

    Examples
    --------
    >>> coarse(pa.array(["很好", "我是赵一"])).named.tolist()
    [False, True]
    """
    points = _folded_points(texts)
    bits = _classes().take(points, mode="clip")  # none beyond the basic plane
    ends = np.cumsum(pc.utf8_length(texts).to_numpy(zero_copy_only=False)) + _MARGIN
    at = np.flatnonzero(bits & _RARE)
    here = bits[at]

    def where(bit: _Bit, ahead: int = 0) -> np.ndarray:
        return ((here if ahead == 0 else bits[at + ahead]) & bit) != 0

    def rows(*found: np.ndarray) -> np.ndarray:
        hit = np.zeros(len(texts), bool)
        hit[np.searchsorted(ends, np.concatenate(found), side="right")] = True
        return hit

    def surname(*ahead: int) -> np.ndarray:
        return np.logical_or.reduce([where(_Bit.SURNAME, by) for by in ahead])

    digit, in_code = where(_Bit.ASCII_DIGIT), where(_Bit.CODE, -1)
    masked = where(_Bit.MASKED) & where(_Bit.MASKED, 1) & where(_Bit.MASKED, 2)
    pair = (points[at].astype(np.int64) << 16) + points[at + 1]
    owned = _among(pair, _pairs("person")) | (_among(pair, _pairs("owner")) & where(_Bit.OWNER_END, 2))
    marked = (
        where(_Bit.TRIGGER)
        | (where(_Bit.TITLE) & _among(pair, _pairs("title")) & surname(-1, -2, -3, -4))
        | (where(_Bit.OWNED) & owned & surname(-1, -2, -3))
        | (where(_Bit.FAMILY) & surname(1, 2, 3))
        | (where(_Bit.PROVINCE) & where(_Bit.LETTER, 1))
        | (masked & (in_code | where(_Bit.CODE, -2)))
        | (where(_Bit.SIGN) & (where(_Bit.EDGE, 1) | np.isin(at + 1, ends)) & surname(-2, -3, -4, -5, -6))
        | (_among(pair, _pairs("mail")) & ~where(_Bit.LETTER, -1))
    )
    no_code = (bits & _Bit.CODE) == 0
    digits = at[digit]
    four, five = _close(digits, no_code, 4), _close(digits, no_code, 5)
    numbered = where(_Bit.NUMBERING, -1) | where(_Bit.NUMBERING, -2)
    placed = (where(_Bit.UNIT) & numbered) | (digit & where(_Bit.DASH, 1) & where(_Bit.ASCII_DIGIT, 2))
    latin = where(_Bit.LETTER) & where(_Bit.CODE, 1) & where(_Bit.CODE, 2) & where(_Bit.CODE, 3)
    spoken = _close(np.flatnonzero(bits & _Bit.DIGIT), (bits & (_Bit.DIGIT | _Bit.GAP)) == 0, _SPOKEN_DIGITS)
    return Coarse(
        certain=rows(
            spoken,
            at[marked],
            four[(bits[four - 1] & _Bit.CODE) != 0],
            five,
            _near(at[where(_Bit.POINT) & where(_Bit.ASCII_DIGIT, -1)], 3, _OCTETS),
            _near(at[where(_Bit.COLON)], 2, _HEX_GROUP),
        ),
        placed=rows(at[placed]),
        named=rows(_announced(points, bits)),
        latin=rows(at[latin]),
    )
