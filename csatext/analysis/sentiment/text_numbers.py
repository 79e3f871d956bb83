"""Numbers of each text that the probability of its polarity rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.sentiment.clause_scores import EVIDENCE, score_clauses
from csatext.analysis.sentiment.word_model import MODELS, WordModel, word_model
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = ["NUMBERS", "chunk_numbers", "text_numbers"]

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
        numbers[joined.first_row : joined.first_row + len(joined)] = chunk_numbers(joined, words)
    return numbers


def chunk_numbers(joined: JoinedTexts, words: WordModel) -> np.ndarray:
    """Return the numbers of joined texts, as :func:`text_numbers` does."""
    return np.column_stack((score_clauses(joined).numbers, words.numbers(joined)))
