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
from csatext.text.pii_runs import BETWEEN, DIGITS
from csatext.text.pii_transliterated import DOTS
from csatext.text.pii_view import PROVINCES, TURN_JOIN, folding

__all__ = ["LINKS", "Coarse", "coarse"]

LINKS = (
    rf"\s:=|,、\"'“”‘’「」(（\[【/是为叫作做嗯呃啊额的那个这边姓名字登记应该填写留错了用改成换变更{TURN_JOIN}"
)
"""Characters between a word that announces a name and the name, as the inside of a class."""

_TELLING, _TELLING_CODE = 7, 8  # characters of a number (三个零 is three digits), of a code, without a cue
_OCTETS = 8
_HEX_GROUP = 5
_LONGEST_LINK = 16
_MARGIN = 6
_BASIC_PLANE = 0x10000


_IS_RARE, _IS_DIGIT, _IS_SPOKEN, _IS_CUE, _IS_CUE_END = (np.uint8(1 << place) for place in range(5))


class _Bit(IntFlag):
    """Classes of characters."""

    DIGIT = auto()
    SPOKEN = auto()
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
    | _Bit.DASH
    | _Bit.POINT
    | _Bit.COLON
)


class Coarse(NamedTuple):
    """Rows, as masks of shape (n,): those to read, and those that a group of expressions can match."""

    certain: np.ndarray
    told: np.ndarray
    placed: np.ndarray
    named: np.ndarray
    latin: np.ndarray


@cache
def _classes() -> np.ndarray:
    """Return the classes of each code point, as it is read, as bits; none beyond the basic plane."""
    titles, names = words_of("title"), words_of("name")
    members = {
        _Bit.DIGIT: DIGITS,
        _Bit.SPOKEN: DIGITS + BETWEEN + "DTdoubletrip",
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
        _Bit.MAIL: "艾圈小",
        _Bit.SIGN: "收启",
        _Bit.POINT: r"\.",
        _Bit.COLON: ":",
        _Bit.DASH: r"\-",
    }
    table = np.zeros(_BASIC_PLANE, np.int32)
    everything = "".join(map(chr, range(_BASIC_PLANE)))
    for bit, characters in members.items():
        table[[ord(char) for char in re.findall(f"[{characters}]", everything)]] |= bit
    return table[folding()[:_BASIC_PLANE]]


@cache
def _flags() -> np.ndarray:
    """Return, for each code point, whether it is of the classes that are looked for everywhere, as bits."""
    classes = _classes()
    sought = (_RARE, _Bit.DIGIT, _Bit.SPOKEN, _Bit.CUE, _Bit.CUE_END)
    flags = (((classes & bits) != 0).astype(np.uint8) << place for place, bits in enumerate(sought))
    return np.bitwise_or.reduce(list(flags))


@cache
def _pairs(of: str) -> np.ndarray:
    """Return pairs of characters as sorted numbers."""
    words = {
        "name": [word[-2:] for word in words_of("name")],
        "title": [word[:2] for word in words_of("title")],
        "person": ["本人", "签收", "代收"],
        "owner": ["的身", "的名", "的那"],
        "said": ["艾特", "圈a", "圈A", "小老", "WJ"],
        "at": ["at", "AT"],
    }[of]
    return np.array(sorted({(ord(word[0]) << 16) + ord(word[1]) for word in words}), np.int64)


def _among(pairs: np.ndarray, known: np.ndarray) -> np.ndarray:
    return known[np.minimum(np.searchsorted(known, pairs), len(known) - 1)] == pairs


def _code_points(texts: pa.Array) -> np.ndarray:
    """Return the code points of a column, with a margin of zeros before and after."""
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(texts.buffers()[1], width)[texts.offset : texts.offset + len(texts) + 1]
    data = memoryview(texts.buffers()[2] or b"")[offsets[0] : offsets[-1]]
    text = "".join(("\0" * _MARGIN, str(data, "utf-8"), "\0" * _MARGIN))
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _close(at: np.ndarray, breaks: np.ndarray, count: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` with the same count of breaks."""
    return at[: 1 - count][breaks[count - 1 :] == breaks[: 1 - count]] if len(at) >= count else at[:0]


def _paired(at: np.ndarray, points: np.ndarray, of: str) -> np.ndarray:
    """Return those of ``at`` where one of the known pairs of characters starts."""
    read = folding()
    return at[_among((read[points[at]].astype(np.int64) << 16) + read[points[at + 1]], _pairs(of))]


def _around(points: np.ndarray, at: np.ndarray, *ahead: int) -> np.ndarray:
    """Return the classes of the characters that stand ``ahead`` of ``at``, those of several together."""
    return np.bitwise_or.reduce([_classes().take(points[at + by], mode="clip") for by in ahead])


def _near(at: np.ndarray, count: int, reach: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` that stand within ``reach`` characters."""
    return at[: 1 - count][at[count - 1 :] - at[: 1 - count] <= reach] if len(at) >= count else at[:0]


def _announced(points: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """Return where a family name follows the end of a word that announces one, with links between."""
    cues = np.flatnonzero(((flags[:-1] & _IS_CUE) != 0) & ((flags[1:] & _IS_CUE_END) != 0))
    at = _paired(cues, points, "name") + 2
    found = []
    for _ in range(_LONGEST_LINK):
        bits = _classes().take(points[at], mode="clip")
        found.append(at[(bits & _Bit.SURNAME) != 0])
        at = at[(bits & _Bit.LINK) != 0] + 1
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
    points = _code_points(texts)
    flags = _flags().take(points, mode="clip")
    ends = np.cumsum(pc.utf8_length(texts).to_numpy(zero_copy_only=False)) + _MARGIN
    rare = np.flatnonzero((flags & _IS_RARE) != 0)
    here = _classes().take(points[rare], mode="clip")

    def of(bit: _Bit) -> np.ndarray:
        return rare[(here & bit) != 0]

    def only(at: np.ndarray, bit: _Bit, *ahead: int) -> np.ndarray:
        return at[(_around(points, at, *ahead) & bit) != 0]

    def rows(*found: np.ndarray) -> np.ndarray:
        hit = np.zeros(len(texts), bool)
        hit[np.searchsorted(ends, np.concatenate(found), side="right")] = True
        return hit

    digits, letters = of(_Bit.ASCII_DIGIT), of(_Bit.LETTER)
    spoken = np.flatnonzero((flags & _IS_DIGIT) != 0)
    no_number = np.cumsum((flags & _IS_SPOKEN) == 0, dtype=np.int32)[spoken]
    # two digits are in one code where the characters between are all rare and none is of no code
    no_code = (rare - np.arange(len(rare)) + np.cumsum((here & _Bit.CODE) == 0))[
        (here & _Bit.ASCII_DIGIT) != 0
    ]
    owner = only(_paired(of(_Bit.OWNED), points, "owner"), _Bit.OWNER_END, 2)
    signs = only(of(_Bit.SIGN), _Bit.SURNAME, -2, -3, -4, -5, -6)
    spelt = _paired(letters, points, "at")
    return Coarse(
        certain=rows(
            _close(spoken, no_number, _TELLING),
            _close(digits, no_code, _TELLING_CODE),
            of(_Bit.TRIGGER),
            only(_paired(of(_Bit.TITLE), points, "title"), _Bit.SURNAME, -1, -2, -3, -4),
            only(_paired(of(_Bit.OWNED), points, "person"), _Bit.SURNAME, -1, -2, -3),
            only(owner, _Bit.SURNAME, -1, -2, -3),
            only(of(_Bit.FAMILY), _Bit.SURNAME, 1, 2, 3),
            only(of(_Bit.PROVINCE), _Bit.LETTER, 1, 2),
            only(only(only(of(_Bit.MASKED), _Bit.MASKED, 1), _Bit.MASKED, 2), _Bit.CODE, -1, -2),
            signs[((_around(points, signs, 1) & _Bit.EDGE) != 0) | _among(signs + 1, ends)],
            _paired(of(_Bit.MAIL | _Bit.LETTER), points, "said"),
            spelt[(_around(points, spelt, -1) & _Bit.LETTER) == 0],
            _near(only(of(_Bit.POINT), _Bit.ASCII_DIGIT, -1), 3, _OCTETS),
            _near(of(_Bit.COLON), 2, _HEX_GROUP),
        ),
        told=rows(
            _close(spoken, no_number, 5),
            _close(digits, no_code, 5),
            only(_close(digits, no_code, 4), _Bit.CODE, -1),
        ),
        placed=rows(
            only(of(_Bit.UNIT), _Bit.NUMBERING, -1, -2),
            only(only(digits, _Bit.DASH, 1), _Bit.ASCII_DIGIT, 2),
        ),
        named=rows(_announced(points, flags)),
        latin=rows(only(only(only(letters, _Bit.CODE, 1), _Bit.CODE, 2), _Bit.CODE, 3)),
    )
