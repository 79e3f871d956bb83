"""Classes of characters by which a column is searched for personal data."""

from __future__ import annotations

import re
from enum import IntFlag, auto
from functools import cache

import numpy as np

from csatext.privacy.context import value_trigger_words, words_of
from csatext.privacy.normalize import ENUMERATORS, PROVINCES, TURN_JOIN, normalization_table
from csatext.privacy.recognizers.addresses import HALLS, NUMBERING, UNITS
from csatext.privacy.recognizers.digit_runs import BETWEEN, DIGITS
from csatext.privacy.recognizers.name_boundaries import FREQUENT, LEFT_EDGES, NAME_STARTS, ROLE_ENDS
from csatext.privacy.recognizers.name_lists import compound_starts, name_lists, surnames
from csatext.privacy.recognizers.names import ACTS, AT_WORK, REPORTING_VERBS
from csatext.privacy.recognizers.spoken_digits import MISHEARD, SPOKEN
from csatext.privacy.recognizers.transliterated_names import DOTS

__all__ = [
    "IS_ACT",
    "IS_BEFORE_NAME",
    "IS_COMMON",
    "IS_DIGIT",
    "IS_GIVEN",
    "IS_NICKNAME",
    "IS_RARE",
    "IS_REPORTING_VERB",
    "IS_SPOKEN",
    "IS_SURNAME",
    "IS_TRIGGER_WORD",
    "IS_TRIGGER_WORD_END",
    "IS_TYPICAL",
    "Bit",
    "classes",
    "flags",
]

_LINKS = (
    rf"\s:=|,、\"'“”‘’「」()\[\]【】/是为叫作做嗯呃啊额的那个这边姓名字登记应该填写留错了用改成换变更"
    rf"就请麻烦直接还都也要先帮我给可以一栏里处统重新已经现在下上必选{TURN_JOIN}"
)
"""Characters between a trigger word and the name after it, as the members of a character class."""

_PLANES = 0x20000  # what lies beyond has no digits, no letters and no names

(
    IS_RARE,
    IS_DIGIT,
    IS_SPOKEN,
    IS_TRIGGER_WORD,
    IS_TRIGGER_WORD_END,
    IS_ACT,
    IS_REPORTING_VERB,
    IS_COMMON,
    IS_SURNAME,
    IS_GIVEN,
    IS_TYPICAL,
    IS_BEFORE_NAME,
    IS_NICKNAME,
) = (np.uint16(1 << place) for place in range(13))


class Bit(IntFlag):
    """Classes of characters."""

    DIGIT = auto()
    SPOKEN = auto()
    UNIT = auto()
    NUMBERING = auto()
    TRIGGER_WORD = auto()
    TRIGGER_WORD_END = auto()
    LINK = auto()
    SURNAME = auto()
    NAME_START = auto()
    LETTER = auto()
    ASCII_DIGIT = auto()
    CODE = auto()
    DICTATED_CODE = auto()
    MASKED = auto()
    PROVINCE = auto()
    TITLE = auto()
    OFFICE = auto()
    AT_SIGN = auto()
    DOT = auto()
    SPACE = auto()
    HALL = auto()
    PERSON = auto()
    OWNED = auto()
    OWNER_END = auto()
    FAMILY = auto()
    COMPOUND = auto()
    LEFT = auto()
    CALLED = auto()
    MAIL = auto()
    SIGN = auto()
    POINT = auto()
    COLON = auto()
    DASH = auto()
    GIVEN = auto()
    ACT = auto()
    REPORTING_VERBS = auto()
    CLOSING = auto()
    CAPITAL = auto()
    OPEN = auto()
    SLASH = auto()
    BORN = auto()
    SERIES = auto()
    COMMON = auto()
    AT_WORK = auto()
    TYPICAL = auto()
    BEFORE_NAME = auto()
    NICKNAME = auto()


_RARE = (
    Bit.UNIT
    | Bit.LETTER
    | Bit.ASCII_DIGIT
    | Bit.MASKED
    | Bit.PROVINCE
    | Bit.TITLE
    | Bit.OFFICE
    | Bit.AT_SIGN
    | Bit.DOT
    | Bit.PERSON
    | Bit.OWNED
    | Bit.FAMILY
    | Bit.CALLED
    | Bit.MAIL
    | Bit.SIGN
    | Bit.DASH
    | Bit.POINT
    | Bit.COLON
    | Bit.CLOSING
    | Bit.OPEN
    | Bit.SLASH
    | Bit.BORN
    | Bit.SERIES
)


@cache
def classes() -> np.ndarray:
    """Return the classes of each code point, as it is read, as bits."""
    titles, words = words_of("title"), value_trigger_words()
    members = {
        Bit.DIGIT: DIGITS,
        Bit.SPOKEN: DIGITS + BETWEEN + MISHEARD + "A-Za-z",
        Bit.UNIT: UNITS,
        Bit.NUMBERING: NUMBERING,
        Bit.TRIGGER_WORD: "".join(word[-2] for word in words),
        Bit.TRIGGER_WORD_END: "".join(word[-1] for word in words),
        Bit.LINK: _LINKS,
        Bit.SURNAME: surnames(),
        Bit.NAME_START: surnames() + NAME_STARTS,
        Bit.LETTER: "A-Za-z_",
        Bit.ASCII_DIGIT: "0-9",
        Bit.CODE: rf"0-9A-Za-z_\-{TURN_JOIN}",
        Bit.DICTATED_CODE: rf"0-9A-Za-z_\-{SPOKEN}{TURN_JOIN}\s·.,，、。…/下划中横短减线杠号点三四五个",
        Bit.MASKED: "*xX#_",
        Bit.PROVINCE: PROVINCES,
        Bit.TITLE: "".join(word[0] for word in titles),
        Bit.OFFICE: "".join({word[0] for word in words_of("office")}),
        Bit.AT_SIGN: "@",
        Bit.DOT: DOTS,
        Bit.SPACE: r"\s",
        Bit.HALL: HALLS,
        Bit.PERSON: "本签代",
        Bit.OWNED: "身名那",
        Bit.OWNER_END: "份字义个",
        Bit.FAMILY: "姓",
        Bit.COMPOUND: compound_starts(),
        Bit.LEFT: LEFT_EDGES + "字",  # 名字叫
        Bit.CALLED: "叫",
        Bit.MAIL: "艾爱埃哎圈花小",
        Bit.SIGN: "收启",
        Bit.POINT: r"\.",
        Bit.COLON: ":",
        Bit.DASH: r"\-",
        Bit.GIVEN: "".join(sorted(name_lists().given)),
        Bit.ACT: ACTS,
        Bit.REPORTING_VERBS: REPORTING_VERBS,
        Bit.CLOSING: "敬特谨拜顿亲手叩" + r"\-",
        Bit.CAPITAL: "A-Z",
        Bit.OPEN: r"〔\[【(",
        Bit.SLASH: "/",
        Bit.BORN: "生诞",
        Bit.SERIES: "字",
        Bit.AT_WORK: "".join(AT_WORK),
        Bit.COMMON: "".join(sorted(name_lists().common)) + compound_starts() + FREQUENT,
        Bit.TYPICAL: "".join(sorted(name_lists().typical)),
        Bit.NICKNAME: "小老",
        Bit.BEFORE_NAME: ROLE_ENDS + LEFT_EDGES,
    }
    table = np.zeros(_PLANES, np.int64)
    # What stands between and beyond is of no class but as what it is read as.
    everything = "".join(map(chr, (*range(0xA000), *range(0xF900, 0x10000))))
    for bit, characters in members.items():
        table[[ord(char) for char in re.findall(f"[{characters}]", everything)]] |= bit
    read = normalization_table()[:_PLANES].copy()
    read[[ord(mark) for mark in ENUMERATORS]] = [ord(digit) for digit in ENUMERATORS.values()]
    return table[read]


@cache
def flags() -> np.ndarray:
    """Return, for each code point, whether it is of the classes that are looked for everywhere, as bits."""
    table = classes()
    sought = (
        *(_RARE, Bit.DIGIT, Bit.SPOKEN, Bit.TRIGGER_WORD, Bit.TRIGGER_WORD_END),
        *(Bit.ACT, Bit.REPORTING_VERBS, Bit.COMMON, Bit.SURNAME, Bit.GIVEN, Bit.TYPICAL),
        *(Bit.BEFORE_NAME, Bit.NICKNAME),
    )
    marks = (((table & bits) != 0).astype(np.uint16) << place for place, bits in enumerate(sought))
    return np.bitwise_or.reduce(list(marks))
