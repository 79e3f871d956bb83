"""Polar words matched on the characters of a text, shifted by negators and scaled by intensifiers."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd

from csatext.lexicon import Lexicon
from csatext.text.joined_texts import JoinedTexts, joined_chunks, matched_words

__all__ = ["ValenceHits", "joined_valence", "valence_hits"]

_BREAKS = np.array([ord(mark) for mark in "，。！？；、,.!?;\n ~～…"], np.uint32)
_MODIFIER_WINDOW = 3
_GAP = 4
_NEGATED = -0.7
_NEGATOR, _INTENSIFIER, _POLAR = 0, 1, 2


class ValenceHits(NamedTuple):
    """Polar words of many documents, in order of position.

    Attributes
    ----------
    rows : ndarray of int64
        Position of the document.
    starts, ends : ndarray of int64
        Span in the prepared text, from the first modifier to the end of the word.
    values : ndarray of float64
        Valence after negation and intensity; never 0.
    """

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray


_NOTHING = ValenceHits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class _Matcher(NamedTuple):
    automaton: ahocorasick_rs.AhoCorasick
    kinds: np.ndarray
    values: np.ndarray


@cache
def _matcher() -> _Matcher:
    negators = dict.fromkeys(Lexicon.load("negators").terms, (_NEGATOR, _NEGATED))
    intensifiers, polar = Lexicon.load("intensifiers").table, Lexicon.load("polarity").table
    # Of a word in two lists the last counts: 没用 is polar before it is a negator.
    found = (
        negators
        | {
            term: (_INTENSIFIER, value)
            for term, value in zip(intensifiers["term"], intensifiers["factor"], strict=True)
        }
        | {term: (_POLAR, value) for term, value in zip(polar["term"], polar["valence"], strict=True)}
    )
    terms = sorted(found)
    automaton = ahocorasick_rs.AhoCorasick(
        terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
    )
    return _Matcher(
        automaton, np.array([found[term][0] for term in terms]), np.array([found[term][1] for term in terms])
    )


def valence_hits(texts: pd.Series) -> ValenceHits:
    """Return the polar words of each text with their valence after negation and intensification.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.

    Returns
    -------
    ValenceHits

    Notes
    -----
    The longest entry wins, so that 耐心等待 (neutral) hides 耐心. Up to three negators and
    intensifiers before a word count, each at most four characters from what follows and in the same
    clause: a negator multiplies by -0.7, an intensifier by its factor (after Taboada et al. 2011,
    "Lexicon-based methods for sentiment analysis": negation shifts, it does not mirror).

    Examples
    --------
    >>> valence_hits(pd.Series(["回复不及时"])).values < 0
    array([ True])
    """
    parts = [joined_valence(chunk) for chunk in joined_chunks(texts)] or [_NOTHING]
    return ValenceHits(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def joined_valence(joined: JoinedTexts) -> ValenceHits:
    """Return the polar words of joined texts, as :func:`valence_hits` does; rows count from its first."""
    matcher = _matcher()
    term, start, end = matched_words(matcher.automaton, joined.text)
    if not len(term):
        return _NOTHING
    kind, value = matcher.kinds[term], matcher.values[term]
    breaks = np.concatenate(([0], np.cumsum(np.isin(joined.points, _BREAKS))))
    polar = np.flatnonzero((kind == _POLAR) & (value != 0))
    total, span_start = value[polar].copy(), start[polar].copy()
    active = np.ones(len(polar), bool)
    for step in range(1, _MODIFIER_WINDOW + 1):
        before = polar - step
        active &= before >= 0
        before = np.maximum(before, 0)
        active &= (span_start - end[before] <= _GAP) & (breaks[end[before]] == breaks[span_start])
        active &= ~((kind[before] == _POLAR) & (value[before] != 0))
        modifier = active & (kind[before] != _POLAR)
        total[modifier] *= value[before[modifier]]
        span_start[modifier] = start[before[modifier]]
    row = joined.rows_of(start[polar])
    origin = joined.offsets[row]
    return ValenceHits(joined.first_row + row, span_start - origin, end[polar] - origin, total)
