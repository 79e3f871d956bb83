"""Numbers of each text that the probability of its polarity rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.sentiment.clause_scores import EVIDENCE, score_clauses
from csatext.analysis.sentiment.review_model import review_log_odds
from csatext.text.joined_texts import joined_chunks

__all__ = ["NUMBERS", "text_numbers"]

NUMBERS = (*EVIDENCE, "review")
"""Columns of :func:`text_numbers`."""


def text_numbers(texts: pd.Series, *, log_odds: np.ndarray | None = None) -> np.ndarray:
    """Return the numbers of the clauses of each text, and its log-odds as a review.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    log_odds : ndarray of float64, shape (n_texts,), optional
        Those of another model than the shipped one.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_numbers)
        Columns as ``NUMBERS``.
    """
    numbers = np.zeros((len(texts), len(NUMBERS)))
    for joined in joined_chunks(texts):
        rows = slice(joined.first_row, joined.first_row + len(joined))
        numbers[rows, :-1] = score_clauses(joined).numbers
        numbers[rows, -1] = review_log_odds(joined) if log_odds is None else log_odds[rows]
    return numbers
