"""Constructions that only a complaint uses: 连个说法都没有, 凭什么 and duties that were not done."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from csatext.analysis.rules.pattern_index import PatternHits, PatternIndex
from csatext.analysis.sentiment.polar_words import PolarWords, find_polar_words
from csatext.lexicon import Lexicon
from csatext.taxonomy.patterns import parse_pattern
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts

__all__ = ["GRIEVANCE", "find_grievances"]

GRIEVANCE = "grievance"
"""Kind, in ``lexicons/contact_kinds.tsv``, of a construction that only a complaint uses."""
_SURE = 2.0
"""Weight of a construction that complains whatever its clause praises."""
_CROSSING = 14
"""A construction with a gap as wide as this one may go on in the next clause; others stand in one."""
_FIRST_HANZI = 0x4DFF
_NEXT = 2
"""Characters after a negator in which the word begins that it denies."""
_NEGATORS = np.array([ord(mark) for mark in "不没未"], np.uint32)


class _Constructions(NamedTuple):
    patterns: PatternIndex
    unless_praised: np.ndarray
    crossing: np.ndarray


@cache
def _constructions() -> _Constructions:
    table = Lexicon.load("contact_kinds").table
    table = table[table["kind"] == GRIEVANCE]
    patterns = [parse_pattern(term) for term in table["term"]]
    crossing = np.array([max(pattern.gaps, default=0) >= _CROSSING for pattern in patterns])
    # Those of weight 1 may praise: 没有一道菜不好吃.
    unless_praised = (table["weight"].astype(float) < _SURE).to_numpy()
    return _Constructions(PatternIndex(patterns), unless_praised, crossing)


class _Grievances(NamedTuple):
    """Constructions and duties not done, and which of them a clause that praises does not mean."""

    starts: np.ndarray
    ends: np.ndarray
    unless_praised: np.ndarray


def find_grievances(joined: JoinedTexts, praising: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the spans of constructions that only a complaint uses, and of duties not done.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.
    praising : ndarray of int64
        Positions of positive words.

    Returns
    -------
    starts, ends : ndarray of int64
        One span a clause at most.
    """
    reading, found = joined.once(ClauseReading), joined.once(_possible_grievances)
    clause = reading.clause[found.starts]
    kept = ~(found.unless_praised & np.isin(clause, reading.clause[praising]))
    # A clause complains once.
    _, once = np.unique(clause[kept], return_index=True)
    return found.starts[kept][once], found.ends[kept][once]


def _possible_grievances(joined: JoinedTexts) -> _Grievances:
    """Return the constructions that are complaints unless their clause praises."""
    reading, constructions = joined.once(ClauseReading), _constructions()
    found = constructions.patterns.search(joined, reading.sentence)
    start, end = found.starts[:, 0].astype(np.int64), found.ends.max(axis=1).astype(np.int64)
    last = end - 1
    within = constructions.crossing[found.pattern] | (reading.clause[start] == reading.clause[last])
    kept = within & ~reading.denied(start) & ~_alternative(joined.points, start)
    # 连个裂纹都没有, 至今没见异味: a fault that is absent is what they tell of, or follows at once.
    words = joined.once(find_polar_words)
    denied = words.denied | reading.suspended["none"][np.maximum(words.ends - 1, 0)]
    absent = words.heads[denied & (words.bases < 0)]
    kept &= np.searchsorted(absent, start) == np.searchsorted(absent, end, side="right")
    kept &= ~_taken_back(found, joined.points) & ~_all_is_well(found, joined.points, words)
    for name in ("hearsay", "other", "less"):
        kept &= ~reading.suspended[name][start]
    kept &= ~reading.suspended["condition"][last]
    duties = reading.neglected()
    return _Grievances(
        np.concatenate((start[kept], duties)),
        np.concatenate((end[kept], duties + 2)),
        np.concatenate((constructions.unless_praised[found.pattern[kept]], np.zeros(len(duties), bool))),
    )


def _taken_back(found: PatternHits, points: np.ndarray) -> np.ndarray:
    """Return whether a negator in the gap before its last word takes a construction back (没有一次不准时)."""
    last = found.starts.max(axis=1)
    before = np.where(found.starts == last[:, None], -1, found.ends).max(axis=1)
    return (before >= 0) & (last > before) & np.isin(points[np.maximum(last - 1, 0)], _NEGATORS)


def _all_is_well(found: PatternHits, points: np.ndarray, words: PolarWords) -> np.ndarray:
    """Return whether a construction ends on a negator of something good, or that begins something bad: nobody
    is unfriendly (没有一句不耐烦), nothing leaves a wish (没有哪里不满意); 没有哪次不出问题 complains.
    """
    last = found.starts.max(axis=1)
    good = np.sort(words.heads[words.values > 0])
    well = np.searchsorted(good, last) < np.searchsorted(good, last + _NEXT, side="right")
    return np.isin(points[last], _NEGATORS) & well


def _alternative(points: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return whether the negator at each start is the middle of an A-not-A question (送不送)."""
    padded = np.concatenate((np.zeros(1, np.uint32), points, np.zeros(2, np.uint32)))
    return (padded[starts] == padded[starts + 2]) & (padded[starts] > _FIRST_HANZI)
