"""Spans that are one token by their shape: numbers with units, money, dates, models, placeholders."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from csatext.lexicon import Lexicon
from csatext.text.offsets import Span, span_array

__all__ = ["quantity_spans"]

_PLACEHOLDER = re.compile(r"\[[^\[\]\s，。：；！？,:;!?]{1,12}(?:#[0-9a-z]{1,16})?\]")
_EMOTICON_CODE = re.compile(r"#[A-Za-z][A-Za-z0-9]{0,5}(?:-[A-Za-z0-9]{1,6})?$")
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_DATE = (
    r"[0-9]{4}(?:-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
    r"|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2}|-[0-9]{2}(?![0-9-]))"
    r"|(?:[0-9]{4}|[0-9]{2})年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?)?|[0-9]{1,2}月[0-9]{1,2}[日号]"
)
_TIME = (
    r"[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?(?: ?[aApP][mM])?(?:[-~～—][0-9]{1,2}[:：][0-9]{2})?"
    r"|[0-9]{1,2}点(?:半|[0-9]{2}分?|[0-9]分)|[0-9]{1,2}时[0-9]{1,2}分"
)
_VERSION = r"[0-9]+(?:\.[0-9]+){2,}"
_END = r"(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))"
_MODEL_WORD = r"(?:Pro|Max|Plus|Ultra|Mini|Lite|Air|SE)"
_MODEL_TAIL = re.compile(
    rf"[0-9]{{1,4}}(?:\.[0-9]+)*[A-Za-z]{{0,3}}(?: ?(?i:{_MODEL_WORD})(?![A-Za-z]))*(?![0-9年台部])"
)
_MODEL = re.compile(rf"[0-9]{{1,4}}[A-Za-z]{{0,2}}(?: ?(?i:{_MODEL_WORD})(?![A-Za-z0-9]))+")
_LOOK_BACK = 16
_WORD_BEFORE = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z][A-Za-z-]{{0,{_LOOK_BACK}}}+\.? ?$")
_SIGN_BEFORE = re.compile(r"(?:(?:HK|US|NT)?\$|[¥￥€£]) ?$")
_SIGNS = frozenset("$¥￥€£")
_CURRENCIES = frozenset({"rmb", "cny", "usd", "hkd"})
_GLUE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+ ¥￥$€£")
_GOES_ON = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ百千万亿多点年月时.,-:/：~～—*× "
_TABLE = 0x10000


def _terms_of(name: str) -> list[str]:
    return sorted(Lexicon.load(name).terms, key=lambda term: (-len(term), term))


@cache
def _number_pattern() -> re.Pattern[str]:
    units = _terms_of("units")
    latin = "|".join(re.escape(unit) for unit in units if unit.isascii())
    chinese = "|".join(re.escape(unit) for unit in units if not unit.isascii())
    half = r"个半(?:月|小时|钟头|学期)|块[0-9](?![0-9个])"
    unit = rf"(?:{half}|[百千万亿]{{0,2}}多?(?:{chinese})|(?i:{latin})(?![A-Za-z])|[百千万亿]{{1,2}})"
    fraction = rf"[0-9]{{1,4}}/[0-9]{{1,4}}(?!/){unit}?"
    several = rf"(?:[-~～—]{_NUMBER}{unit}|[*×]{_NUMBER}{unit}?(?:[*×]{_NUMBER}{unit}?)?)"
    number = rf"{_NUMBER}{unit}?{several}?"
    return re.compile(rf"(?:{_DATE}|{_TIME}|{_VERSION}|{fraction}|{number}){_END}")


@cache
def _families() -> frozenset[str]:
    return frozenset(name.lower() for name in _terms_of("model_families"))


def quantity_spans(text: str) -> np.ndarray:
    """Return the spans of numbers with units, money, dates, times, versions, model names and placeholders.

    Parameters
    ----------
    text : str
        Any text; only places with an ASCII digit or ``[`` are looked at.

    Returns
    -------
    ndarray of int64, shape (n, 2)
        Start and end of each, ascending, disjoint.

    Examples
    --------
    >>> text = "3.5公斤的iPhone 15 Pro在2026年5月1日花了¥5,999"
    >>> [text[start:end] for start, end in quantity_spans(text)]
    ['3.5公斤', 'iPhone 15 Pro', '2026年5月1日', '¥5,999']
    """
    spans: list[Span] = []
    done = 0
    for start in _candidates(text):
        if start < done:
            continue
        found = _placeholder(text, start, done) if text[start] == "[" else _quantity(text, start, done)
        if found is not None:
            spans.append(found)
            done = found[1]
    return span_array(spans)


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Return, by code point, what joins digits to the left and what may go on from them to the right."""
    left, right = np.zeros(_TABLE, bool), np.zeros(_TABLE, bool)
    left[[ord(mark) for mark in _GLUE]] = True
    right[[ord(mark) for mark in _GOES_ON]] = True
    right[[ord(unit[0]) for unit in _terms_of("units")]] = True
    return left, right


def _candidates(text: str) -> list[int]:
    """Return where a square bracket or digits start that are not alone: those are whole in any engine."""
    points = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "surrogatepass"), np.uint32)
    points = np.minimum(points, np.uint32(_TABLE - 1))
    digit = points - np.uint32(ord("0")) < 10
    starts = np.flatnonzero(digit[1:-1] & ~digit[:-2])
    ends = np.flatnonzero(digit[1:-1] & ~digit[2:]) + 1
    left, right = _tables()
    joined = left[points[starts]] | right[points[ends + 1]]
    brackets = np.flatnonzero(points[1:-1] == ord("["))
    return np.sort(np.concatenate([starts[joined], brackets])).tolist()


def _placeholder(text: str, start: int, done: int) -> Span | None:
    found = _PLACEHOLDER.match(text, start)
    if found is None:
        return None
    before = _EMOTICON_CODE.search(text[max(done, start - _LOOK_BACK) : start])
    return start - (len(before.group()) if before else 0), found.end()


def _quantity(text: str, start: int, done: int) -> Span | None:
    before = text[start - 1] if start > done else ""
    if before not in _GLUE:
        return _plain(text, start)
    if before in "+-":
        # A sign after a Latin word is part of a name (type-2), elsewhere it only stands before.
        alone = start - 1 == done or not text[start - 2].isascii()
        return _plain(text, start) if alone else None
    last = text[start - 2] if before == " " and start - 1 > done else before
    found = _after_sign(text, start, done) if last in _SIGNS else None
    if (last.isascii() and last.isalpha()) or last == ".":
        found = _after_word(text, start, done)
    return _plain(text, start) if found is None and before == " " else found


def _plain(text: str, start: int) -> Span | None:
    """Match what starts with a digit; digits and nothing more are whole in every engine anyway."""
    found = _MODEL.match(text, start) or _number_pattern().match(text, start)
    return None if found is None or found.group().isdigit() else (start, found.end())


def _after_word(text: str, start: int, done: int) -> Span | None:
    """Match a version, an amount after a currency's code, or a model name."""
    word = _WORD_BEFORE.search(text, max(done, start - _LOOK_BACK), start)
    if word is None:
        return None
    name = word.group().strip(" ").lower()
    if name in ("v", "v.") or name in _CURRENCIES:
        found = _number_pattern().match(text, start)
    else:
        found = (_MODEL_TAIL if name in _families() else _MODEL).match(text, start)
    return None if found is None else (word.start(), found.end())


def _after_sign(text: str, start: int, done: int) -> Span | None:
    sign = _SIGN_BEFORE.search(text, max(done, start - _LOOK_BACK), start)
    found = _number_pattern().match(text, start)
    return None if sign is None or found is None else (sign.start(), found.end())
