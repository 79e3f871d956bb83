"""Evidence for the kind of a contact: words, polar words, categories and questions that a text asserts."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.pattern_index import PatternHits, PatternIndex
from csatext.analysis.sentiment.grievances import GRIEVANCE, find_grievances
from csatext.analysis.sentiment.polar_words import joined_valence
from csatext.lexicon import Lexicon
from csatext.taxonomy.patterns import parse_pattern
from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.word_matcher import WordMatcher

__all__ = ["FEATURES", "KINDS", "KindCues", "find_kind_cues", "kind_numbers"]

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
_BRIEF = 3
"""Clauses of a contact in which a single turn to a trouble outweighs the praise before it."""
_MOST_GRIEVANCES, _GRIEVANCE_WEIGHT = 2.0, 2.0
_MOST = 4.0
"""Largest sum of one column: a long text is no more of a complaint than a short one with four grave words."""
_ASSERTED = ("complaint", "praise")
_MOST_TERMS = 1 << 20
"""More than there are words and constructions of kinds."""
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


class _KindWords(NamedTuple):
    """Words of kinds in joined texts that count, by position: number of the term, span, kind and weight."""

    term: np.ndarray
    start: np.ndarray
    end: np.ndarray
    kind: np.ndarray
    weight: np.ndarray


class _Tones(NamedTuple):
    """Polar words of joined texts: their texts, last characters, values, and whether they are meant."""

    place: np.ndarray
    at: np.ndarray
    values: np.ndarray
    real: np.ndarray


class _Matcher(NamedTuple):
    words: WordMatcher
    kind: np.ndarray
    weight: np.ndarray
    constructions: PatternIndex
    construction_kind: np.ndarray
    construction_weight: np.ndarray


@cache
def _matcher() -> _Matcher:
    table = Lexicon.load("contact_kinds").table
    table = table[table["kind"] != GRIEVANCE]
    numbers = {name: at for at, name in enumerate(KINDS)}
    construction = table["term"].str.contains("|", regex=False)
    built = table[construction]
    patterns = [parse_pattern(term) for term in built["term"]]
    built_kind = built["kind"].map(numbers).to_numpy(np.int64)
    built_weight = built["weight"].astype(float).to_numpy()
    table = table[~construction]
    # A line of no kind is there to be matched: 怎么投诉 is no complaint.
    kind = table["kind"].map(numbers).fillna(-1).to_numpy(np.int64)
    weight = table["weight"].astype(float).to_numpy()
    return _Matcher(
        WordMatcher(table["term"].tolist()), kind, weight, PatternIndex(patterns), built_kind, built_weight
    )


def find_kind_cues(texts: pd.Series) -> KindCues:
    """Return the words and constructions that speak for a kind.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.

    Returns
    -------
    KindCues
    """
    parts = [_chunk(joined)[0] for joined in joined_chunks(texts)]
    if not parts:
        nothing = np.empty(0, np.int64)
        return KindCues(nothing, nothing, nothing, nothing, np.empty(0))
    return KindCues(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def kind_numbers(joined: JoinedTexts, constructions: bool = True) -> np.ndarray:
    """Return the evidence for the kind of each text, categories left to be counted.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.
    constructions : bool, default True
        Whether constructions that only a complaint uses are looked for; without them words alone are
        evidence.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_features)
        Columns as ``FEATURES``; that of the categories is 0.
    """
    return _chunk(joined, constructions)[1]


def _kind_words(joined: JoinedTexts) -> _KindWords:
    matcher = _matcher()
    term, start, end = matcher.words.longest(joined.folded)
    kind, weight = matcher.kind[term], matcher.weight[term]
    must = np.isin(kind, [KINDS.index(name) for name in _ASSERTED])
    asserted = joined.once(ClauseReading).asserted(Spans(np.arange(len(term)), start, end))
    kept = (kind >= 0) & (asserted | ~must)
    return _KindWords(*(values[kept] for values in (term, start, end, kind, weight)))


def _tones(joined: JoinedTexts) -> _Tones:
    reading, polar = joined.once(ClauseReading), joined_valence(joined)
    place = polar.rows - joined.first_row
    at = joined.offsets[place] + polar.ends - 1
    real = ~reading.suspends(at)
    # A negator further off than that of a polar word denies it: 没有破损、丢件.
    real &= ~((polar.values < 0) & reading.denied(joined.offsets[place] + polar.starts))
    return _Tones(place, at, polar.values, real)


def _chunk(joined: JoinedTexts, constructions: bool = True) -> tuple[KindCues, np.ndarray]:
    reading, matcher = joined.once(ClauseReading), _matcher()
    words, polar = joined.once(_kind_words), joined.once(_tones)
    found = matcher.constructions.search(joined, reading.sentence) if constructions else None
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
    for name, sign in (("negative", -1), ("positive", 1)):
        values = np.maximum(sign * polar.values, 0) * polar.real
        evidence[:, FEATURES.index(name)] = np.bincount(polar.place, values, minlength=n)
    built = built_end = turned = np.empty(0, np.int64)
    if constructions:
        built, built_end = find_grievances(joined, polar.at[polar.values > 0])
        against = polar.real & (polar.values < 0) & reading.against(polar.at)
        turned = np.concatenate((start[(kind == 0) & reading.turned(start)], polar.at[against]))
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
    start, end = found.starts[:, 0].astype(np.int64), found.ends.max(axis=1).astype(np.int64)
    kept = (reading.clause[start] == reading.clause[end - 1]) & ~reading.denied(start)
    pattern = found.pattern[kept]
    weight = matcher.construction_weight[pattern]
    return [len(matcher.weight) + pattern, start[kept], end[kept], matcher.construction_kind[pattern], weight]


def _asking(joined: JoinedTexts, reading: ClauseReading) -> np.ndarray:
    """Return the share of each text's sentences that end with a question mark or ask by a particle."""
    marks = np.flatnonzero(np.isin(joined.points, _QUESTION_MARKS))
    particles = reading.cues.starts[reading.cues.having("question_end")]
    asked = np.unique(reading.sentence[np.concatenate((marks, particles))])
    first, last = reading.sentence[joined.offsets[:-1]], reading.sentence[joined.offsets[1:] - 1]
    n_asked = np.searchsorted(asked, last, side="right") - np.searchsorted(asked, first)
    return n_asked / (last - first + 1)
