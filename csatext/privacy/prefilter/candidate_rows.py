"""Rows in which a recognizer can find something, from the classes of neighbouring characters.

Every condition is necessary for a match of its recognizer. Looking up the class of every character costs
a twentieth of a pass of a regular expression over the column.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.privacy.context import value_trigger_words, words_of
from csatext.privacy.normalize import normalization_table
from csatext.privacy.prefilter.character_classes import (
    IS_ACT,
    IS_BEFORE_NAME,
    IS_COMMON,
    IS_DIGIT,
    IS_GIVEN,
    IS_NICKNAME,
    IS_RARE,
    IS_REPORTING_VERB,
    IS_SPOKEN,
    IS_SURNAME,
    IS_TRIGGER_WORD,
    IS_TRIGGER_WORD_END,
    IS_TYPICAL,
    Bit,
    classes,
    flags,
)
from csatext.privacy.recognizers.context_values import CONTEXT_KINDS
from csatext.privacy.recognizers.name_lists import name_lists

__all__ = ["EVERY_SOURCE", "Coarse", "Sources", "coarse", "rows_with"]

_ENOUGH, _UNNAMED = 5, 7  # characters of a number: of the shortest, of one without a trigger word
_UNNAMED_CODE = 8  # digits of a code without a trigger word
_SHORTEST_CODE = 5
_PAPERS = np.array(sorted(map(ord, "证件")), np.uint32)
_ONES = np.array(sorted(map(ord, "1一幺")), np.uint32)
_WHOLE_WORDS = {"contextual": tuple(sorted(CONTEXT_KINDS - {"id_tail"})), "otp": ("otp",), "ip": ("ip",)}
"""Kinds of trigger words that are looked for in full: their last two characters also end other words."""
_TAIL_WINDOW = 14
_TRIGGER_WINDOW = 24
_GROUP, _PARTED = 4, 60  # digits of a group of a mobile number, characters to the next one
_PAPER = 6
_PARTED_ORDER = 8  # from one dash to the next of 123-1234567-1234567
_PAIRS = 9
_OCTETS = 8
_HEX_GROUP = 5
_LONGEST_LINK = 24
_MARGIN = 24
_HASH_FACTOR = 0x9E3779B97F4A7C15  # multiplicative hashing: Knuth, TAOCP 3, 6.4
_SIEVE_SIZE, _SIEVE_FACTOR = 1 << 16, 251  # chosen: two bytes, a prime
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


class Sources(NamedTuple):
    """Which groups of sources read a text; see :class:`Coarse`."""

    numbered: bool
    coded: bool
    placed: bool
    named: bool


EVERY_SOURCE = Sources(numbered=True, coded=True, placed=True, named=True)


class Coarse(NamedTuple):
    """Rows in which each group of sources can find something, as masks of shape (n,).

    Attributes
    ----------
    numbered : ndarray of bool
        Values of digits.
    coded : ndarray of bool
        Values with letters or marks, short values after a trigger word.
    placed : ndarray of bool
        Addresses.
    named : ndarray of bool
        Names of persons, except those that only a neighbouring telephone number reveals.
    """

    numbered: np.ndarray
    coded: np.ndarray
    placed: np.ndarray
    named: np.ndarray

    def groups(self) -> Iterator[tuple[Sources, list[int]]]:
        """Yield each combination of sources that can find something in some rows, with the rows."""
        codes = np.packbits(np.stack(self), axis=0, bitorder="little")[0]
        for code in np.unique(codes[codes > 0]).tolist():
            sources = Sources(*(bool(code >> place & 1) for place in range(len(self))))
            yield sources, np.flatnonzero(codes == code).tolist()

    def any(self) -> np.ndarray:
        """Return the rows in which a source can find something."""
        return self.numbered | self.coded | self.placed | self.named


@cache
def _pairs(of: str) -> np.ndarray:
    """Return pairs of characters as sorted numbers."""
    words = {
        "trigger": [word[-2:] for word in value_trigger_words()],
        "strong": [word[-2:] for word in words_of("name", strong=True)],
        "weak": [word[-2:] for word in words_of("name", strong=False)],
        "ip": [word[-2:] for word in words_of("ip")],
        "otp": [word[-2:] for word in words_of("otp")],
        "title": [word[:2] for word in words_of("title")],
        "office": [word for word in words_of("office") if len(word) > 1],
        "person": ["本人", "签收", "代收"],
        "owner": ["的身", "的名", "的那"],
        "spoken_at": ["艾特", "爱特", "埃特", "哎特", "圈a", "圈A", "圈 ", "花a", "花A", "花 ", "小老", "WJ"],
        "at": ["at", "AT", "aT", "At"],
        "contextual": [word[-2:] for kind in _WHOLE_WORDS["contextual"] for word in words_of(kind)],
        "tail": [word[-2:] for word in words_of("id_tail")],
        "closing": [
            "敬礼",
            "特此",
            "--",
            "敬上",
            "谨上",
            "敬启",
            "谨启",
            "拜上",
            "顿首",
            "拜谢",
            "亲笔",
            "手书",
            "叩谢",
        ],
        "dated": ["日生", "号生", "月生", "年生", "出生", *(f"{digit}生" for digit in range(10))],
        "born": ["生人", "生的", "生下", "诞生"],
        "english": [
            "is",
            "IS",
            "am",
            "AM",
            "'m",
            "mr",
            "Mr",
            "MR",
            "ms",
            "Ms",
            "MS",
            "rs",
            "RS",
            "s.",
            "r.",
            "ar",
            "AR",
            "ds",
            "ly",
        ],
    }[of]
    return np.array(sorted({(ord(word[0]) << 16) + ord(word[1]) for word in words}), np.int64)


def _sieved(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return a number of 16 bits for each pair of characters, alike for few pairs."""
    return (first * np.uint32(_SIEVE_FACTOR) + second) & np.uint32(_SIEVE_SIZE - 1)


@cache
def _sieve(of: str) -> np.ndarray:
    """Return whether a pair with each such number is known: most pairs are none, and need no search."""
    pairs = _pairs(of)
    sieve = np.zeros(_SIEVE_SIZE, bool)
    sieve[_sieved((pairs >> 16).astype(np.uint32), (pairs & 0xFFFF).astype(np.uint32))] = True
    return sieve


@cache
def _hashed_words(of: str) -> dict[int, np.ndarray]:
    """Return the sorted hashes of the trigger words of some kinds, by the length of the words."""
    hashes: dict[int, set[int]] = {}
    for word in [word for kind in _WHOLE_WORDS[of] for word in words_of(kind)]:
        hashed = 0
        for char in reversed(word):
            hashed = (hashed * _HASH_FACTOR + ord(char)) % (1 << 64)
        hashes.setdefault(len(word), set()).add(hashed)
    return {length: np.array(sorted(of), np.uint64) for length, of in hashes.items()}


def _ending_words(points: np.ndarray, triggers: np.ndarray, of: str) -> np.ndarray:
    """Return those of ``triggers`` where the last two characters of a trigger word of some kinds start."""
    read = normalization_table()
    at = _paired(triggers, points, of)
    known = _hashed_words(of)
    found = np.zeros(len(at), bool)
    hashed = np.zeros(len(at), np.uint64)
    for back in range(max(known)):
        hashed = hashed * np.uint64(_HASH_FACTOR) + read[points[at + 1 - back]]
        if back + 1 in known:
            found |= _among(hashed, known[back + 1])
    return at[found]


def _among(pairs: np.ndarray, known: np.ndarray) -> np.ndarray:
    return known[np.minimum(np.searchsorted(known, pairs), len(known) - 1)] == pairs


def _offsets_and_data(texts: pa.Array) -> tuple[np.ndarray, memoryview]:
    """Return where each text starts in the bytes of a column, and these bytes."""
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(texts.buffers()[1], width)[texts.offset : texts.offset + len(texts) + 1]
    return offsets - offsets[0], memoryview(texts.buffers()[2] or b"")[offsets[0] : offsets[-1]]


def rows_with(texts: pa.Array, character: bytes) -> np.ndarray:
    """Return which rows contain an ASCII character, bool of shape (n,).

    Examples
    --------
    >>> rows_with(pa.array(["[姓名]", "好"]), b"[").tolist()
    [True, False]
    """
    offsets, data = _offsets_and_data(texts)
    found = np.zeros(len(texts), bool)
    at = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(character))
    found[np.searchsorted(offsets, at, side="right") - 1] = True
    return found


def _code_points(texts: pa.Array) -> np.ndarray:
    """Return the code points of a column, with a margin of zeros before and after."""
    _, data = _offsets_and_data(texts)
    text = "".join(("\0" * _MARGIN, str(data, "utf-8"), "\0" * _MARGIN))
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _close(at: np.ndarray, breaks: np.ndarray, count: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` with the same count of breaks."""
    return at[: 1 - count][breaks[count - 1 :] == breaks[: 1 - count]] if len(at) >= count else at[:0]


def _paired(at: np.ndarray, points: np.ndarray, of: str) -> np.ndarray:
    """Return those of ``at`` where one of the known pairs of characters starts."""
    read = normalization_table()
    first, second = read[points[at]], read[points[at + 1]]
    possible = np.flatnonzero(_sieve(of)[_sieved(first, second)])
    pairs = (first[possible].astype(np.int64) << 16) + second[possible]
    return at[possible[_among(pairs, _pairs(of))]]


@cache
def _ordinary_pairs() -> np.ndarray:
    """Return the ordinary words of two characters, which are no names, as sorted numbers."""
    lists = name_lists()
    words = {word for word in lists.pairs if word not in lists.also_names}
    return np.array(sorted((ord(word[0]) << 16) + ord(word[1]) for word in words), np.int64)


def _ordinary(at: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return whether an ordinary word starts at ``at``, or ends there."""
    read = normalization_table()
    before, here, after = (read[points[at + by]].astype(np.int64) for by in (-1, 0, 1))
    starts = _among((here << 16) + after, _ordinary_pairs())
    ends = _among((before << 16) + here, _ordinary_pairs()) & (before != ord("下"))
    return starts | ends


def _around(points: np.ndarray, at: np.ndarray, *ahead: int) -> np.ndarray:
    """Return the classes of the characters that stand ``ahead`` of ``at``, those of several together."""
    return np.bitwise_or.reduce([classes().take(points[at + by], mode="clip") for by in ahead])


def _near(at: np.ndarray, count: int, window: int) -> np.ndarray:
    """Return the first of every ``count`` neighbours of ``at`` within ``window`` characters."""
    return at[: 1 - count][at[count - 1 :] - at[: 1 - count] <= window] if len(at) >= count else at[:0]


def _is_han(points: np.ndarray) -> np.ndarray:
    return (points >= _FIRST_HAN) & (points <= _LAST_HAN)


def _after_trigger_words(points: np.ndarray, triggers: np.ndarray, of: str) -> np.ndarray:
    """Return where a name can begin after a trigger word of names, with linking words between."""
    at = _paired(triggers, points, of) + 2
    found = []
    for _ in range(_LONGEST_LINK):
        bits = classes().take(points[at], mode="clip")
        found.append(at[(bits & (Bit.NAME_START | Bit.CAPITAL)) != 0])
        at = at[(bits & Bit.LINK) != 0] + 1
    return np.concatenate(found)


def _likely(points: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return those of ``at`` where a family name and a given name, a nickname or a Latin name can begin."""
    here, then, last = (classes().take(points[at + by], mode="clip") for by in range(3))
    full = (here & Bit.SURNAME != 0) & (then & Bit.GIVEN != 0)
    compound = (here & Bit.COMPOUND != 0) & (last & Bit.GIVEN != 0)
    nickname = (here & Bit.NAME_START != 0) & (here & Bit.SURNAME == 0) & (then & Bit.SURNAME != 0)
    return at[full | compound | nickname | (here & Bit.CAPITAL != 0)]


def _in_codes(points: np.ndarray, letters: np.ndarray, shortest: int = _SHORTEST_CODE) -> np.ndarray:
    """Return the letters in a code, written or dictated, of at least ``shortest`` characters."""
    before, after = np.ones(len(letters), bool), np.ones(len(letters), bool)
    size = np.ones(len(letters), np.int8)
    for by in range(1, shortest):
        before &= (_around(points, letters, -by) & Bit.CODE) != 0
        after &= (_around(points, letters, by) & Bit.DICTATED_CODE) != 0
        size += before
        size += after
    return letters[size >= shortest]


def _before_digits(points: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Return the letters right before six digits, or five and a letter or digit: numbers of papers."""
    for by in range(2, _PAPER):
        letters = letters[(_around(points, letters, by) & Bit.ASCII_DIGIT) != 0]
    return letters


@cache
def _alone() -> np.ndarray:
    """Return the code points of the offices of one character, sorted."""
    return np.array(sorted(ord(word) for word in words_of("office") if len(word) == 1), np.uint32)


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
    marks = flags().take(points, mode="clip")
    ends = np.cumsum(pc.utf8_length(texts).to_numpy(zero_copy_only=False)) + _MARGIN
    starts = np.concatenate(([_MARGIN], ends))
    rare = np.flatnonzero((marks & IS_RARE) != 0)
    here = classes().take(points[rare], mode="clip")

    def of(bit: Bit) -> np.ndarray:
        return rare[(here & bit) != 0]

    def only(at: np.ndarray, bit: Bit, *ahead: int) -> np.ndarray:
        return at[(_around(points, at, *ahead) & bit) != 0]

    def edged(at: np.ndarray, back: int) -> np.ndarray:
        return at[
            ~_is_han(points[at + back])
            | _among(at + back + 1, starts)
            | (_around(points, at, back) & (Bit.LEFT | Bit.BEFORE_NAME) != 0)
        ]

    def begins(at: np.ndarray, back: int) -> np.ndarray:
        return at[~_is_han(points[at + back]) | _among(at + back + 1, starts)]

    def followed(at: np.ndarray, window: int) -> np.ndarray:
        return only(at, Bit.DIGIT | Bit.LETTER, *range(min(window, _MARGIN)))

    def rows(*found: np.ndarray) -> np.ndarray:
        hit = np.zeros(len(texts), bool)
        hit[np.searchsorted(ends, np.concatenate(found), side="right")] = True
        return hit

    digits, letters, units = of(Bit.ASCII_DIGIT), of(Bit.LETTER), of(Bit.UNIT)
    spoken = np.flatnonzero((marks & IS_DIGIT) != 0)
    no_number = np.cumsum((marks & IS_SPOKEN) == 0, dtype=np.int32)[spoken]
    # two digits are in one code where the characters between are all rare and none is of no code
    no_code = (rare - np.arange(len(rare)) + np.cumsum((here & Bit.CODE) == 0))[(here & Bit.ASCII_DIGIT) != 0]
    owner = only(_paired(of(Bit.OWNED) - 1, points, "owner"), Bit.OWNER_END, 2)
    signs = only(of(Bit.SIGN), Bit.SURNAME, -2, -3, -4, -5, -6, -7)
    signs = signs[~_is_han(points[signs + 1]) | _among(signs + 1, ends)]
    at_signs = _paired(letters, points, "at")
    offices = of(Bit.OFFICE)
    offices = np.concatenate(
        [
            edged(only(offices, Bit.SURNAME, -1), -2),
            edged(only(offices, Bit.COMPOUND, -2), -3),
            only(only(offices, Bit.COMMON, -1), Bit.AT_WORK, -2),
        ]
    )
    alone = offices[np.isin(normalization_table()[points[offices]], _alone())]
    full = rare[(here & Bit.OFFICE) != 0]
    full = only(only(full, Bit.GIVEN, -1), Bit.SURNAME, -2, -3, -4)
    full = np.concatenate(
        [_paired(full, points, "office"), full[np.isin(normalization_table()[points[full]], _alone())]]
    )
    triggers = np.flatnonzero(
        ((marks[:-1] & IS_TRIGGER_WORD) != 0) & ((marks[1:] & IS_TRIGGER_WORD_END) != 0)
    )
    triggers = _paired(triggers, points, "trigger")
    starred = of(Bit.MASKED)
    starred = starred[_is_han(points[starred - 1]) & _is_han(points[starred + 1])]
    acts = np.flatnonzero(
        (marks[:-3] & IS_ACT != 0)
        & (
            ((marks[1:-2] & IS_COMMON != 0) & (marks[2:-1] & IS_GIVEN != 0))
            | ((marks[1:-2] & IS_SURNAME != 0) & (marks[2:-1] & IS_GIVEN != 0) & (marks[3:] & IS_GIVEN != 0))
        )
    )
    acts = np.concatenate(
        [
            acts,
            only(np.flatnonzero((marks[:-1] & IS_ACT != 0) & (marks[1:] & IS_COMMON != 0)), Bit.COMPOUND, 1),
        ]
    )
    reporting = np.flatnonzero((marks[1:] & IS_REPORTING_VERB != 0) & (marks[:-1] & IS_GIVEN != 0)) + 1
    reporting = np.concatenate(
        [
            begins(only(reporting, Bit.COMMON, -2), -3),
            begins(only(reporting, Bit.SURNAME, -3), -4),
            begins(only(reporting, Bit.COMPOUND, -4), -5),
        ]
    )
    typical = marks & IS_TYPICAL != 0
    family = np.flatnonzero(
        (marks[:-2] & IS_SURNAME != 0)
        & (marks[1:-1] & IS_GIVEN != 0)
        & (typical[1:-1] | (typical[2:] & (marks[:-2] & IS_COMMON != 0)))
    )
    family = family[(marks[family] & IS_COMMON != 0) | typical[family + 2]]
    double = np.flatnonzero((marks[:-3] & IS_COMMON != 0) & (typical[2:-1] | typical[3:]))
    family = np.concatenate([family, only(double, Bit.COMPOUND, 0)])
    family = family[
        (marks[family - 1] & IS_BEFORE_NAME != 0) | ~_is_han(points[family - 1]) | _among(family, starts)
    ]
    nicknames = np.flatnonzero((marks[:-1] & IS_NICKNAME != 0) & (marks[1:] & IS_COMMON != 0))
    nicknames = nicknames[
        (marks[nicknames - 1] & IS_BEFORE_NAME != 0)
        | ~_is_han(points[nicknames - 1])
        | _among(nicknames, starts)
    ]
    family = family[~_ordinary(family, points)]
    tails = _paired(triggers, points, "tail")
    tails = tails[
        np.isin(
            normalization_table()[np.stack([points[tails - by] for by in range(1, _TAIL_WINDOW)])], _PAPERS
        ).any(axis=0)
    ]
    contextual = followed(
        np.concatenate([_ending_words(points, triggers, "contextual"), tails]) + 2, _TRIGGER_WINDOW
    )
    heads = _close(spoken, no_number, 3)
    heads = heads[np.isin(normalization_table()[points[heads]], _ONES)]
    parted = rows(_near(_close(spoken, no_number, _GROUP), 2, _PARTED)) & rows(heads)
    english = only(
        _paired(np.concatenate([letters, of(Bit.POINT), of(Bit.CLOSING)]), points, "english"),
        Bit.CAPITAL,
        2,
        3,
        4,
        5,
    )
    latin = only(only(only(letters, Bit.CAPITAL, 0), Bit.SPACE | Bit.SLASH, -1), Bit.LETTER, -2)
    dashes = only(only(of(Bit.DASH), Bit.ASCII_DIGIT, -1), Bit.ASCII_DIGIT, 1)
    parted_orders = dashes[:-1][np.diff(dashes) == _PARTED_ORDER]
    brackets = only(of(Bit.OPEN), Bit.ASCII_DIGIT, 1, 2)
    slashes = only(only(of(Bit.SLASH), Bit.ASCII_DIGIT, -1), Bit.ASCII_DIGIT, 1)
    many = rows(_close(spoken, no_number, _UNNAMED), _close(digits, no_code, _UNNAMED_CODE))
    numbered = rows(_close(spoken, no_number, _ENOUGH)) | parted
    with_trigger = rows(triggers)
    dictated = rows(_in_codes(points, letters)) & with_trigger
    return Coarse(
        numbered=numbered | many,
        coded=dictated
        | (numbered & rows(_ending_words(points, triggers, "ip")))
        | rows(
            contextual,
            only(_ending_words(points, triggers, "otp"), Bit.DIGIT, *range(1 - _MARGIN, 0)),
            _in_codes(points, letters, _UNNAMED_CODE),
            of(Bit.AT_SIGN),
            only(of(Bit.PROVINCE), Bit.LETTER, 1, 2),
            only(only(only(of(Bit.MASKED), Bit.MASKED, 1), Bit.MASKED, 2), Bit.ASCII_DIGIT, -1, -2),
            _paired(of(Bit.MAIL | Bit.LETTER), points, "spoken_at"),
            at_signs[(_around(points, at_signs, -1) & Bit.LETTER) == 0],
            _near(only(of(Bit.POINT), Bit.ASCII_DIGIT, -1), 3, _OCTETS),
            _near(only(of(Bit.POINT), Bit.CODE, -1), 2, _HEX_GROUP),
            _near(of(Bit.COLON), 2, _HEX_GROUP),
            _near(of(Bit.DASH), 3, _PAIRS),
            _paired(of(Bit.BORN), points, "born"),
            _paired(of(Bit.BORN) - 1, points, "dated"),
            only(of(Bit.SERIES), Bit.ASCII_DIGIT, 1, 2, 3),
            brackets,
            slashes,
            parted_orders,
            _before_digits(points, letters),
        ),
        placed=rows(
            only(units, Bit.NUMBERING, -1),
            only(only(units, Bit.SPACE, -1), Bit.NUMBERING, -2),
            only(only(digits, Bit.DASH, 1), Bit.ASCII_DIGIT, 2),
            only(only(only(digits, Bit.HALL, -1), Bit.ASCII_DIGIT, 1), Bit.ASCII_DIGIT, 2),
        ),
        named=rows(
            of(Bit.DOT),
            only(_paired(of(Bit.TITLE), points, "title"), Bit.SURNAME, -1, -2, -3, -4),
            only(_paired(of(Bit.PERSON), points, "person"), Bit.SURNAME, -2, -3, -4, -5, -6),
            only(owner, Bit.SURNAME, -2, -3, -4),
            only(of(Bit.FAMILY), Bit.SURNAME, -1, 1, 2, 3),
            signs,
            _after_trigger_words(points, triggers, "strong"),
            _likely(points, _after_trigger_words(points, triggers, "weak")),
            edged(only(of(Bit.CALLED), Bit.SURNAME, 1), -1),
            alone,
            full,
            _paired(offices, points, "office"),
            starred,
            acts,
            reporting,
            family,
            nicknames,
            latin,
            _paired(of(Bit.CLOSING), points, "closing"),
            english,
        )
        | dictated,
    )
