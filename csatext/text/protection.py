"""Spans of a text that segmentation must leave whole: added terms, then quantities and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

import ahocorasick_rs
import numpy as np

from csatext.errors import ParameterError
from csatext.lexicon import Lexicon

__all__ = ["TermMatcher", "merge_spans", "quantity_spans"]

Span = tuple[int, int]

_CANDIDATE = re.compile(r"[0-9]+|\[")
_PLACEHOLDER = re.compile(r"\[[^\[\]\s\ufdd0-\ufdef]{1,24}\]")
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_DATE = (
    r"[0-9]{4}(?:-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2}"
    r"|年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?)?)|[0-9]{1,2}月[0-9]{1,2}[日号]"
)
_TIME = r"[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?"
_VERSION = r"[0-9]+(?:\.[0-9]+){2,}"
_MODEL_TAIL = re.compile(
    r"[0-9]{1,4}[A-Za-z]{0,3}(?: ?(?:Pro|Max|Plus|Ultra|Mini|Lite|Air|SE|mini|pro|max|plus)(?![a-z]))*"
)
_BEFORE = re.compile(r"[¥￥$] ?$|(?<![A-Za-z0-9])[vV]$")
_GLUE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+ ¥￥$")
_LOOK_BACK = 16


def _terms_of(name: str) -> list[str]:
    return sorted(Lexicon.load(name).terms, key=lambda term: (-len(term), term))


@cache
def _number_pattern() -> re.Pattern[str]:
    units = _terms_of("units")
    latin = "|".join(re.escape(unit) for unit in units if unit.isascii())
    chinese = "|".join(re.escape(unit) for unit in units if not unit.isascii())
    unit = rf"[百千万亿]{{0,2}}(?:{chinese})|(?:{latin})(?![A-Za-z])|[百千万亿]{{1,2}}"
    return re.compile(rf"(?:{_DATE}|{_TIME}|{_VERSION}|{_NUMBER}(?:{unit})?)(?![A-Za-z0-9])")


@cache
def _family_pattern() -> re.Pattern[str]:
    families = "|".join(re.escape(name) for name in _terms_of("model_families"))
    return re.compile(rf"(?<![A-Za-z])(?:{families}) ?$", re.IGNORECASE)


def quantity_spans(text: str) -> Iterator[Span]:
    """Find numbers with units, money, dates, times, versions, model names and placeholders.

    Parameters
    ----------
    text : str
        Any text; only places with an ASCII digit or ``[`` are looked at.

    Yields
    ------
    (start, end)
        Ascending, disjoint.

    Examples
    --------
    >>> text = "3.5公斤的iPhone 15 Pro在2026年5月1日花了¥5,999"
    >>> [text[start:end] for start, end in quantity_spans(text)]
    ['3.5公斤', 'iPhone 15 Pro', '2026年5月1日', '¥5,999']
    """
    number, family = _number_pattern(), _family_pattern()
    done = 0
    for candidate in _CANDIDATE.finditer(text):
        start = candidate.start()
        if start < done:
            continue
        if text[start] == "[":
            found = _PLACEHOLDER.match(text, start)
        elif start == done or text[start - 1] not in _GLUE:
            found = number.match(text, start)
        else:
            start, found = _with_prefix(text, start, done, number, family)
        if found is not None:
            done = found.end()
            yield start, done


def _with_prefix(
    text: str, start: int, done: int, number: re.Pattern[str], family: re.Pattern[str]
) -> tuple[int, re.Match[str] | None]:
    """Match digits that follow a Latin letter, a currency sign, a space or a joining mark."""
    window = text[max(done, start - _LOOK_BACK) : start]
    before = family.search(window) if window.rstrip(" ")[-1:].isalpha() else None
    if before is not None:
        return start - len(before.group()), _MODEL_TAIL.match(text, start)
    before = _BEFORE.search(window)
    if before is not None:
        return start - len(before.group()), number.match(text, start)
    return start, number.match(text, start) if window[-1] == " " else None


class TermMatcher:
    """Find added terms; of terms that overlap the longest is kept, of equals the first.

    Parameters
    ----------
    terms : sequence of str
        Any characters; none empty.

    Notes
    -----
    Aho and Corasick (1975), "Efficient string matching": one pass whatever the number of terms.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(terms), matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )

    def spans(self, text: str) -> list[Span]:
        """Return the (start, end) of the terms kept in ``text``, ascending and disjoint."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return []
        matches = np.array(found, dtype=np.int64)[:, 1:]
        matches = matches[np.lexsort((matches[:, 1], matches[:, 0]))]
        reach = np.maximum.accumulate(matches[:, 1])
        first = np.flatnonzero(np.concatenate(([True], matches[1:, 0] >= reach[:-1])))
        if len(first) == len(matches):
            return list(map(tuple, matches.tolist()))
        pairs = list(map(tuple, matches.tolist()))
        kept: list[Span] = []
        for start, end in pairwise([*first.tolist(), len(pairs)]):
            kept += pairs[start:end] if end - start == 1 else _longest_first(pairs[start:end])
        return kept


def _longest_first(cluster: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for start, end in sorted(cluster, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end))
    return sorted(kept)


def merge_spans(first: Sequence[Span], second: Iterable[Span]) -> list[Span]:
    """Join two ascending disjoint lists; a span of ``second`` that touches one of ``first`` is dropped.

    Examples
    --------
    >>> merge_spans([(2, 5)], [(0, 1), (4, 6), (7, 9)])
    [(0, 1), (2, 5), (7, 9)]
    """
    if not first:
        return list(second)
    merged: list[Span] = []
    at = 0
    for start, end in second:
        while at < len(first) and first[at][1] <= start:
            merged.append(first[at])
            at += 1
        if at == len(first) or end <= first[at][0]:
            merged.append((start, end))
    return merged + list(first[at:])


def checked_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct terms in order of code points.

    Raises
    ------
    ParameterError
        A term is empty or not a string.
    """
    if isinstance(terms, str):
        raise ParameterError.wrong_type("terms", terms, "由词组成的列表，而不是一个字符串")
    distinct = set()
    for term in terms:
        if not isinstance(term, str):
            raise ParameterError.wrong_type("terms", term, "每一项都是字符串")
        if not term.strip():
            raise ParameterError.out_of_range("terms", term, "每个词至少有一个可见字符")
        distinct.add(term)
    return tuple(sorted(distinct))
