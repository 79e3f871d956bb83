"""Numbers of each text, or of each sentence, that the probability of its polarity rests on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.sentiment.clause_scores import ClauseScores, score_clauses
from csatext.analysis.sentiment.polar_words import EVENTS
from csatext.analysis.sentiment.word_model import MODELS, WordModel, word_model
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = [
    "EVIDENCE",
    "NUMBERS",
    "Segments",
    "segment_numbers",
    "sentence_segments",
    "text_numbers",
    "text_segments",
]

EVIDENCE = (
    "balance",
    "worst",
    "best",
    "last",
    "mean",
    "negative_share",
    "positive_share",
    "faults",
    "constructions",
    "reproaches",
    "threats",
    "inquiry",
    "wished",
    "courtesy",
    "solved",
    "silent",
    "first",
    "desired",
    "appeal",
    "gravest",
    "length",
    "absent",
    "brief",
    "appealed",
    "characters",
)
"""Numbers that the clauses give."""
NUMBERS = (*EVIDENCE, *MODELS)
"""Columns of :func:`text_numbers`, which :mod:`csatext.analysis.sentiment.polarity_model` weighs."""
_ENOUGH = 2.0
_LARGEST = 1.5
_SHORT = 12.0
"""Characters of a short text, of which the words of reviews say little."""
_COMMON = 2.0
"""Clauses in which one more trouble no longer counts."""
_SOLVED = EVENTS.index("solved")
_LINE_END = ord("\n")


class Segments(NamedTuple):
    """Consecutive parts of joined texts that are read each by itself: the texts, or their sentences.

    Attributes
    ----------
    bounds : ndarray of int64, shape (n_segments + 1,)
        First character of each; the last is one past the end.
    number : ndarray of int64, shape (n_characters,)
        Segment of each character.
    """

    bounds: np.ndarray
    number: np.ndarray


def text_segments(joined: JoinedTexts) -> Segments:
    """Return the texts."""
    return Segments(joined.offsets, joined.rows)


def sentence_segments(joined: JoinedTexts) -> Segments:
    """Return the sentences of the texts, numbered as :class:`ClauseReading` does."""
    sentence = joined.once(ClauseReading).sentence
    bounds = np.append(np.flatnonzero(np.diff(sentence[:-1], prepend=-1)), len(joined.points))
    return Segments(bounds, sentence[:-1])


def text_numbers(texts: pd.Series, *, words: WordModel | None = None) -> np.ndarray:
    """Return the numbers of the clauses of each text, and of its words.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    words : WordModel, optional
        Another model of words than the shipped one.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_numbers)
        Columns as ``NUMBERS``.
    """
    words = words or word_model()
    numbers = np.zeros((len(texts), len(NUMBERS)))
    for joined in joined_chunks(texts):
        rows = slice(joined.first_row, joined.first_row + len(joined))
        numbers[rows] = segment_numbers(joined, text_segments(joined), words)
    return numbers


def segment_numbers(joined: JoinedTexts, segments: Segments, words: WordModel) -> np.ndarray:
    """Return the numbers of each segment, shape (n_segments, n_numbers); clauses and words are read once."""
    clauses = _clause_numbers(joined, segments, joined.once(score_clauses))
    return np.column_stack((clauses, words.numbers(joined, segments.bounds)))


def _clause_numbers(joined: JoinedTexts, segments: Segments, scores: ClauseScores) -> np.ndarray:
    reading, evidence, cues = scores
    place, n = segments.number, len(segments.bounds) - 1
    head, end = segments.bounds[:-1], segments.bounds[1:]
    # The line end between two texts is no sentence of its own.
    joint = joined.points[end - 1] == _LINE_END
    clauses = np.maximum(reading.clause[end] - reading.clause[head] - joint, 1)
    valued = np.flatnonzero(evidence.values)
    new = np.diff(reading.clause[evidence.starts[valued]], prepend=-1) != 0
    total = np.bincount(np.cumsum(new) - 1, evidence.values[valued], minlength=np.count_nonzero(new))
    total = np.clip(total, -_LARGEST, _LARGEST)
    row = place[evidence.starts[valued[new]]]
    good = np.bincount(row, np.maximum(total, 0), minlength=n)
    bad = np.bincount(row, np.maximum(-total, 0), minlength=n)
    level = np.tanh(total)
    worst, best, first, last, gravest = np.zeros((5, n))
    np.minimum.at(worst, row, level)
    np.maximum.at(best, row, level)
    last[row] = level
    first[row[::-1]] = level[::-1]
    every = place[evidence.starts]
    np.minimum.at(gravest, every, np.maximum(evidence.values, -_LARGEST))
    n_valued = np.bincount(row, minlength=n)

    def counted(positions: np.ndarray) -> np.ndarray:
        return np.bincount(place[positions], minlength=n)

    def present(positions: np.ndarray) -> np.ndarray:
        return (counted(positions) > 0).astype(float)

    def capped(positions: np.ndarray) -> np.ndarray:
        return np.minimum(counted(positions), _COMMON) / _COMMON

    wish = reading.suspended["wish"]
    opened = np.flatnonzero(wish[1:] & ~wish[:-1]) + 1
    built = evidence.built()
    characters = end - head + 1 - joint
    columns = {
        "balance": np.log((_saturated(good) + 0.5) / (_saturated(bad) + 0.5)),
        "worst": worst,
        "best": best,
        "last": last,
        "mean": (good - bad) / np.maximum(n_valued, 1),
        "negative_share": np.bincount(row, level < 0, minlength=n) / clauses,
        "positive_share": np.bincount(row, level > 0, minlength=n) / clauses,
        "faults": capped(evidence.starts[(evidence.values < 0) & ((evidence.events >= 0) | built)]),
        "constructions": present(evidence.starts[built]),
        "reproaches": present(cues.having("reproach")),
        "threats": present(cues.having("threat")),
        "inquiry": present(cues.having("inquiry")),
        "wished": np.maximum(wish[head], present(opened[opened < len(place)])),
        "courtesy": present(cues.having("courtesy")),
        "solved": present(evidence.starts[(evidence.values > 0) & (evidence.events == _SOLVED)]),
        "first": first,
        "desired": np.minimum(counted(cues.having("desire")) / clauses, 1.0),
        "appeal": np.minimum(counted(cues.having("appeal")) / clauses, 1.0),
        "characters": characters,
        "appealed": capped(cues.having("office")),
        "gravest": gravest,
        "length": np.log1p(n_valued),
        "brief": np.exp(-characters / _SHORT),
        "absent": present(evidence.starts[evidence.absent(joined.points)]),
        "silent": (np.bincount(every, evidence.values != 0, minlength=n) == 0).astype(float),
    }
    return np.column_stack([columns[name] for name in EVIDENCE])


def _saturated(total: np.ndarray) -> np.ndarray:
    """Return sums that grow ever more slowly: the eighth pleasant sentence says less than the first."""
    return _ENOUGH * np.log1p(total / _ENOUGH)
