"""Numbers of each text that the probability of its polarity rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.sentiment.clause_scores import EVIDENCE, score_clauses
from csatext.analysis.sentiment.word_model import MODELS, WordModel, word_model
from csatext.text.joined_texts import joined_chunks

__all__ = ["NUMBERS", "text_numbers"]

NUMBERS = (*EVIDENCE, *MODELS)
"""Columns of :func:`text_numbers`."""


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
        numbers[rows, : len(EVIDENCE)] = score_clauses(joined).numbers
        numbers[rows, len(EVIDENCE) :] = words.numbers(joined)
    return numbers
