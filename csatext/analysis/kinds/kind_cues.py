"""Evidence for the kind of a contact: words, polar words, categories and questions that a text asserts."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd

from csatext.analysis.rules.pattern_index import PatternHits, PatternIndex
from csatext.analysis.sentiment.polar_words import joined_valence
from csatext.lexicon import Lexicon
from csatext.taxonomy.patterns import parse_pattern
from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts, joined_chunks, matched_words

__all__ = ["FEATURES", "KINDS", "KindCues", "find_kind_cues"]

KINDS = ("complaint", "inquiry", "request", "suggestion", "praise", "other")
"""Kinds of contact, in the order of probabilities."""
FEATURES = (
    "complaint",
    "inquiry",
    "request",
    "suggestion",
    "praise",
    "other",
    "negative",
    "positive",
    "questions",
    "categories",
    "grievances",
)
"""Columns of the evidence: words of each kind, polar words, share of sentences that ask, categories,
constructions that only a complaint uses."""
_GRIEVANCE = "grievance"
_CROSSING = 14
"""A construction with a gap as wide as this one may go on in the next clause; others stand in one."""
_BRIEF = 3
"""Clauses of a contact in which a single turn to a trouble outweighs the praise before it."""
_MOST_GRIEVANCES, _GRIEVANCE_WEIGHT = 2.0, 2.0
_MOST = 4.0
"""Largest sum of one column: a long text is no more of a complaint than a short one with four grave words."""
_ASSERTED = ("complaint", "praise")
_MOST_TERMS = 1 << 20
"""More than there are words and constructions of kinds."""
_FIRST_HANZI = 0x4DFF
_NEGATORS = np.array([ord(mark) for mark in "不没未"], np.uint32)
_QUESTION_MARKS = np.array([ord("？"), ord("?")], np.uint32)


class KindCues(NamedTuple):
    """Words that speak for a kind, by position.

    Attributes
    ----------
    row : ndarray of int64
        Position of the text.
    kind : ndarray of int64
        Position in ``KINDS``.
    start, end : ndarray of int64
        Span in the prepared text.
    weight : ndarray of float64
        Strength.
    """

    row: np.ndarray
    kind: np.ndarray
    start: np.ndarray
    end: np.ndarray
    weight: np.ndarray


class _Matcher(NamedTuple):
    automaton: ahocorasick_rs.AhoCorasick
    kind: np.ndarray
    weight: np.ndarray
    constructions: PatternIndex
    construction_kind: np.ndarray
    construction_weight: np.ndarray
    unless_praised: np.ndarray
    crossing: np.ndarray


@cache
def _matcher() -> _Matcher:
    table = Lexicon.load("contact_kinds").table
    numbers = {name: at for at, name in enumerate(KINDS)}
    construction = (table["kind"] == _GRIEVANCE) | table["term"].str.contains("|", regex=False)
    built = table[construction]
    patterns = [parse_pattern(term) for term in built["term"]]
    crossing = np.array([max(pattern.gaps, default=0) >= _CROSSING for pattern in patterns])
    built_kind = built["kind"].map(numbers).fillna(-1).to_numpy(np.int64)
    built_weight = built["weight"].astype(float).to_numpy()
    # Those of weight 1 may praise: 没有一道菜不好吃.
    unless_praised = built_weight < _GRIEVANCE_WEIGHT
    table = table[~construction]
    automaton = ahocorasick_rs.AhoCorasick(
        table["term"].tolist(), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
    )
    # A line of no kind is there to be matched: 怎么投诉 is no complaint.
    kind = table["kind"].map(numbers).fillna(-1).to_numpy(np.int64)
    weight = table["weight"].astype(float).to_numpy()
    index = PatternIndex(patterns)
    return _Matcher(automaton, kind, weight, index, built_kind, built_weight, unless_praised, crossing)


def find_kind_cues(
    texts: pd.Series, n_categories: np.ndarray, *, constructions: bool = True
) -> tuple[KindCues, np.ndarray]:
    """Return the words that speak for a kind, and the evidence of each text as numbers.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    n_categories : ndarray of int64, shape (n_docs,)
        Complaint categories of each.
    constructions : bool, default True
        Whether constructions that only a complaint uses are looked for; without them words alone are
        evidence.

    Returns
    -------
    cues : KindCues
    evidence : ndarray of float64, shape (n_docs, n_features)
        Columns as ``FEATURES``.
    """
    evidence = np.zeros((len(texts), len(FEATURES)))
    parts = []
    for joined in joined_chunks(texts):
        cues, numbers = _chunk(joined, constructions)
        evidence[joined.first_row : joined.first_row + len(joined)] = numbers
        parts.append(cues)
    evidence[:, FEATURES.index("categories")] = np.minimum(n_categories, 3)
    if not parts:
        nothing = np.empty(0, np.int64)
        return KindCues(nothing, nothing, nothing, nothing, np.empty(0)), evidence
    return KindCues(*(np.concatenate(values) for values in zip(*parts, strict=True))), evidence


def _chunk(joined: JoinedTexts, constructions: bool) -> tuple[KindCues, np.ndarray]:
    reading, matcher = ClauseReading(joined), _matcher()
    term, start, end = matched_words(matcher.automaton, joined.folded)
    kind, weight = matcher.kind[term], matcher.weight[term]
    hit = np.arange(len(term))
    must = np.isin(kind, [KINDS.index(name) for name in _ASSERTED])
    kept = (kind >= 0) & (reading.asserted(Spans(hit, start, end)) | ~must)
    found = matcher.constructions.search(joined, reading.sentence) if constructions else None
    words = [values[kept] for values in (term, start, end, kind, weight)]
    phrases = [] if found is None else _phrases(matcher, found, reading)
    term, start, end, kind, weight = (
        (np.concatenate(pair) for pair in zip(words, phrases, strict=True)) if phrases else words
    )
    row = joined.rows_of(start)
    n = len(joined)
    evidence = np.zeros((n, len(FEATURES)))
    for at in range(len(KINDS)):
        mine = kind == at
        # The same word again says nothing new.
        _, once = np.unique(row[mine] * _MOST_TERMS + term[mine], return_index=True)
        evidence[:, at] = np.bincount(row[mine][once], weight[mine][once], minlength=n)
    polar = joined_valence(joined)
    place = polar.rows - joined.first_row
    at = joined.offsets[place] + polar.ends - 1
    real = ~reading.suspends(at)
    # A negator further off than that of a polar word denies it: 没有破损、丢件.
    real &= ~((polar.values < 0) & reading.denied(joined.offsets[place] + polar.starts))
    for name, sign in (("negative", -1), ("positive", 1)):
        values = np.maximum(sign * polar.values, 0) * real
        evidence[:, FEATURES.index(name)] = np.bincount(place, values, minlength=n)
    built = built_end = turned = np.empty(0, np.int64)
    if found is not None:
        built, built_end = _constructions(matcher, found, joined, reading, at[polar.values > 0])
        turned = np.concatenate(
            (start[(kind == 0) & reading.turned(start)], at[real & (polar.values < 0) & reading.against(at)])
        )
    # After praise in one breath the turn is what counts; a long review may have its one but.
    brief = reading.clause[joined.offsets[1:] - 1] - reading.clause[joined.offsets[:-1]] < _BRIEF
    turns = (np.bincount(joined.rows_of(turned), minlength=n) > 0) & brief
    count = np.bincount(joined.rows_of(built), minlength=n) + turns
    evidence[:, FEATURES.index("grievances")] = np.minimum(count, _MOST_GRIEVANCES)
    evidence[:, 0] += _GRIEVANCE_WEIGHT * (count > 0)
    evidence[:, : len(KINDS) + 2] = np.minimum(evidence[:, : len(KINDS) + 2], _MOST)
    evidence[:, FEATURES.index("questions")] = _asking(joined, reading)
    start, end = np.concatenate((start, built)), np.concatenate((end, built_end))
    kind = np.concatenate((kind, np.zeros(len(built), np.int64)))
    weight = np.concatenate((weight, np.full(len(built), _GRIEVANCE_WEIGHT)))
    row = joined.rows_of(start)
    origin = joined.offsets[row]
    return KindCues(joined.first_row + row, kind, start - origin, end - origin, weight), evidence


def _phrases(matcher: _Matcher, found: PatternHits, reading: ClauseReading) -> list[np.ndarray]:
    """Return the constructions of a kind, each in one clause, as (term, start, end, kind, weight)."""
    kind = matcher.construction_kind[found.pattern]
    start, end = found.starts[:, 0].astype(np.int64), found.ends.max(axis=1).astype(np.int64)
    kept = (kind >= 0) & (reading.clause[start] == reading.clause[end - 1]) & ~reading.denied(start)
    pattern = found.pattern[kept]
    weight = matcher.construction_weight[pattern]
    return [len(matcher.weight) + pattern, start[kept], end[kept], kind[kept], weight]


def _constructions(
    matcher: _Matcher, found: PatternHits, joined: JoinedTexts, reading: ClauseReading, praising: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the spans of constructions that only a complaint uses, and of duties not done."""
    found = found.take(matcher.construction_kind[found.pattern] < 0)
    start, end = found.starts[:, 0].astype(np.int64), found.ends.max(axis=1).astype(np.int64)
    last = end - 1
    within = matcher.crossing[found.pattern] | (reading.clause[start] == reading.clause[last])
    kept = within & ~reading.denied(start) & ~_alternative(joined.points, start)
    kept &= ~_taken_back(found, joined.points)
    kept &= ~(
        matcher.unless_praised[found.pattern] & np.isin(reading.clause[start], reading.clause[praising])
    )
    for name in ("hearsay", "other", "less"):
        kept &= ~reading.suspended[name][start]
    kept &= ~reading.suspended["condition"][last]
    start, end = start[kept], end[kept]
    duties = reading.neglected()
    start, end = np.concatenate((start, duties)), np.concatenate((end, duties + 2))
    # A clause complains once.
    _, once = np.unique(reading.clause[start], return_index=True)
    return start[once], end[once]


def _taken_back(found: PatternHits, points: np.ndarray) -> np.ndarray:
    """Return whether a negator in the gap before its last word takes a construction back (没有一次不准时)."""
    last = found.starts.max(axis=1)
    before = np.where(found.starts == last[:, None], -1, found.ends).max(axis=1)
    return (before >= 0) & (last > before) & np.isin(points[np.maximum(last - 1, 0)], _NEGATORS)


def _alternative(points: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return whether the negator at each start is the middle of an A-not-A question (送不送)."""
    padded = np.concatenate((np.zeros(1, np.uint32), points, np.zeros(2, np.uint32)))
    return (padded[starts] == padded[starts + 2]) & (padded[starts] > _FIRST_HANZI)


def _asking(joined: JoinedTexts, reading: ClauseReading) -> np.ndarray:
    """Return the share of each text's sentences that end with a question mark or ask by a particle."""
    marks = np.flatnonzero(np.isin(joined.points, _QUESTION_MARKS))
    particles = reading.cues.starts[reading.cues.having("question_end")]
    asked = np.unique(reading.sentence[np.concatenate((marks, particles))])
    first, last = reading.sentence[joined.offsets[:-1]], reading.sentence[joined.offsets[1:] - 1]
    n_asked = np.searchsorted(asked, last, side="right") - np.searchsorted(asked, first)
    return n_asked / (last - first + 1)
