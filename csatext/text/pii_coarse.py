"""Rows in which a source of personal data can find something, from classes of neighbouring characters.

Every condition follows from what the source asks for: looking up the class of every character costs a
twentieth of a pass of an expression over the column.
"""

from __future__ import annotations

import re
from enum import IntFlag, auto
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.text.pii_addresses import HALLS, NUMBERING, UNITS
from csatext.text.pii_context import words_of
from csatext.text.pii_name_shapes import NAME_STARTS, surnames
from csatext.text.pii_runs import BETWEEN, DIGITS
from csatext.text.pii_spoken import SPOKEN
from csatext.text.pii_transliterated import DOTS
from csatext.text.pii_view import ENUMERATORS, PROVINCES, TURN_JOIN, folding

__all__ = ["Coarse", "coarse"]

_LINKS = (
    rf"\s:=|,、\"'“”‘’「」(（\[【/是为叫作做嗯呃啊额的那个这边姓名字登记应该填写留错了用改成换变更{TURN_JOIN}"
)
"""Characters between a word that announces a name and the name, as the inside of a class."""

_ENOUGH, _TELLING = 5, 7  # characters of a number: of the shortest, of one without a context word
_TELLING_CODE = 8  # digits of a code without a context word
_SHORTEST_CODE = 5
_OCTETS = 8
_HEX_GROUP = 5
_LONGEST_LINK = 18
_MARGIN = 8
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
_PLANES = 0x20000  # what lies beyond has no digits, no letters and no names


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
    NAME_START = auto()
    LETTER = auto()
    ASCII_DIGIT = auto()
    CODE = auto()
    SAID_CODE = auto()
    MASKED = auto()
    PROVINCE = auto()
    TITLE = auto()
    TRIGGER = auto()
    SPACE = auto()
    HALL = auto()
    PERSON = auto()
    OWNED = auto()
    OWNER_END = auto()
    FAMILY = auto()
    CALLED = auto()
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
    | _Bit.PERSON
    | _Bit.OWNED
    | _Bit.FAMILY
    | _Bit.CALLED
    | _Bit.MAIL
    | _Bit.SIGN
    | _Bit.DASH
    | _Bit.POINT
    | _Bit.COLON
)


class Coarse(NamedTuple):
    """Rows, as masks of shape (n,): those to read, and those in which a group of sources can find something.

    Attributes
    ----------
    certain : ndarray of bool
    numbered : ndarray of bool
        Numbers after a context word.
    placed : ndarray of bool
        Addresses.
    named : ndarray of bool
        Names after a word that announces one.
    coded : ndarray of bool
        Codes and account names, names in Latin letters.
    """

    certain: np.ndarray
    numbered: np.ndarray
    placed: np.ndarray
    named: np.ndarray
    coded: np.ndarray


@cache
def _classes() -> np.ndarray:
    """Return the classes of each code point, as it is read, as bits."""
    titles, names = words_of("title"), words_of("name")
    members = {
        _Bit.DIGIT: DIGITS,
        _Bit.SPOKEN: DIGITS + BETWEEN + "A-Za-z",
        _Bit.UNIT: UNITS,
        _Bit.NUMBERING: NUMBERING,
        _Bit.CUE: "".join(word[-2] for word in names),
        _Bit.CUE_END: "".join(word[-1] for word in names),
        _Bit.LINK: _LINKS,
        _Bit.SURNAME: surnames(),
        _Bit.NAME_START: surnames() + NAME_STARTS,
        _Bit.LETTER: "A-Za-z_",
        _Bit.ASCII_DIGIT: "0-9",
        _Bit.CODE: rf"0-9A-Za-z_\-{TURN_JOIN}",
        _Bit.SAID_CODE: rf"0-9A-Za-z_\-{SPOKEN}{TURN_JOIN}\s·.,，、。…/下划中横短减线杠号点三四五个",
        _Bit.MASKED: "*xX#_",
        _Bit.PROVINCE: PROVINCES,
        _Bit.TITLE: "".join(word[0] for word in titles),
        _Bit.TRIGGER: "@" + DOTS,
        _Bit.SPACE: r"\s",
        _Bit.HALL: HALLS,
        _Bit.PERSON: "本签代",
        _Bit.OWNED: "身名那",
        _Bit.OWNER_END: "份字义个",
        _Bit.FAMILY: "姓",
        _Bit.CALLED: "叫",
        _Bit.MAIL: "艾圈小",
        _Bit.SIGN: "收启",
        _Bit.POINT: r"\.",
        _Bit.COLON: ":",
        _Bit.DASH: r"\-",
    }
    table = np.zeros(_PLANES, np.int32)
    everything = "".join(map(chr, range(_PLANES)))
    for bit, characters in members.items():
        table[[ord(char) for char in re.findall(f"[{characters}]", everything)]] |= bit
    read = folding()[:_PLANES].copy()
    read[[ord(mark) for mark in ENUMERATORS]] = [ord(digit) for digit in ENUMERATORS.values()]
    return table[read]


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
        "at": ["at", "AT", "aT", "At"],
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


def _is_han(points: np.ndarray) -> np.ndarray:
    return (points >= _FIRST_HAN) & (points <= _LAST_HAN)


def _announced(points: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """Return where a name can begin after the end of a word that announces one, with links between."""
    cues = np.flatnonzero(((flags[:-1] & _IS_CUE) != 0) & ((flags[1:] & _IS_CUE_END) != 0))
    at = _paired(cues, points, "name") + 2
    found = []
    for _ in range(_LONGEST_LINK):
        bits = _classes().take(points[at], mode="clip")
        found.append(at[(bits & _Bit.NAME_START) != 0])
        at = at[(bits & _Bit.LINK) != 0] + 1
    return np.concatenate(found)


def _in_codes(points: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Return the letters that stand in a code, written or said in pieces, of the shortest length."""
    before, after = np.ones(len(letters), bool), np.ones(len(letters), bool)
    size = np.ones(len(letters), np.int8)
    for by in range(1, _SHORTEST_CODE):
        before &= (_around(points, letters, -by) & _Bit.CODE) != 0
        after &= (_around(points, letters, by) & _Bit.SAID_CODE) != 0
        size += before
        size += after
    return letters[size >= _SHORTEST_CODE]


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

    digits, letters, units = of(_Bit.ASCII_DIGIT), of(_Bit.LETTER), of(_Bit.UNIT)
    spoken = np.flatnonzero((flags & _IS_DIGIT) != 0)
    no_number = np.cumsum((flags & _IS_SPOKEN) == 0, dtype=np.int32)[spoken]
    # two digits are in one code where the characters between are all rare and none is of no code
    no_code = (rare - np.arange(len(rare)) + np.cumsum((here & _Bit.CODE) == 0))[
        (here & _Bit.ASCII_DIGIT) != 0
    ]
    owner = only(_paired(of(_Bit.OWNED) - 1, points, "owner"), _Bit.OWNER_END, 2)
    signs = only(of(_Bit.SIGN), _Bit.SURNAME, -2, -3, -4, -5, -6, -7)
    signs = signs[~_is_han(points[signs + 1]) | _among(signs + 1, ends)]
    spelt = _paired(letters, points, "at")
    starred = of(_Bit.MASKED)
    starred = starred[_is_han(points[starred - 1]) & _is_han(points[starred + 1])]
    return Coarse(
        certain=rows(
            _close(spoken, no_number, _TELLING),
            _close(digits, no_code, _TELLING_CODE),
            of(_Bit.TRIGGER),
            only(_paired(of(_Bit.TITLE), points, "title"), _Bit.SURNAME, -1, -2, -3, -4),
            only(_paired(of(_Bit.PERSON), points, "person"), _Bit.SURNAME, -2, -3, -4, -5, -6),
            only(owner, _Bit.SURNAME, -2, -3, -4),
            only(of(_Bit.FAMILY), _Bit.SURNAME, 1, 2, 3),
            only(of(_Bit.PROVINCE), _Bit.LETTER, 1, 2),
            only(only(only(of(_Bit.MASKED), _Bit.MASKED, 1), _Bit.MASKED, 2), _Bit.ASCII_DIGIT, -1, -2),
            signs,
            _paired(of(_Bit.MAIL | _Bit.LETTER), points, "said"),
            spelt[(_around(points, spelt, -1) & _Bit.LETTER) == 0],
            _near(only(of(_Bit.POINT), _Bit.ASCII_DIGIT, -1), 3, _OCTETS),
            _near(of(_Bit.COLON), 2, _HEX_GROUP),
        ),
        numbered=rows(_close(spoken, no_number, _ENOUGH)),
        placed=rows(
            only(units, _Bit.NUMBERING, -1),
            only(only(units, _Bit.SPACE, -1), _Bit.NUMBERING, -2),
            only(only(digits, _Bit.DASH, 1), _Bit.ASCII_DIGIT, 2),
            only(only(only(digits, _Bit.HALL, -1), _Bit.ASCII_DIGIT, 1), _Bit.ASCII_DIGIT, 2),
        ),
        named=rows(_announced(points, flags), only(of(_Bit.CALLED), _Bit.SURNAME, 1), starred),
        coded=rows(_in_codes(points, letters)),
    )
