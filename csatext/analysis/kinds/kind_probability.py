"""Probability of each kind of contact by the evidence of its words, were all kinds equally frequent."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import softmax

from csatext.analysis.kinds.kind_cues import FEATURES, KINDS, kind_numbers
from csatext.analysis.sentiment.polarity_model import shipped_log_odds
from csatext.analysis.sentiment.score import shipped_score
from csatext.lexicon import Lexicon
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = ["N_EVIDENCE", "kind_evidence", "kind_probability", "known_evidence", "praising", "with_categories"]

_EVIDENCE = (*FEATURES, "satisfied", "dissatisfied")
"""The evidence of the words, and the positive and negative part of the sentiment score."""
N_EVIDENCE = len(_EVIDENCE)
_PRAISE = 0.3
"""Probability of praise above which a remark is no complaint: 好吃，就是有点慢. Of the positive reviews of
shops and of deliveries 3.2 and 5.7 % have a main category then, 9.5 and 11 % without; of citizens' complaints
6 % lose theirs, of car and finance complaints 3 and 2 %."""


_CATEGORIES, _MOST_CATEGORIES = FEATURES.index("categories"), 3


def kind_evidence(joined: JoinedTexts, constructions: bool = True) -> np.ndarray:
    """Return the evidence for the kind of each text, categories left to be counted.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.
    constructions : bool, default True
        Whether constructions that only a complaint uses are evidence.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_features)
    """
    return _with_score(kind_numbers(joined, constructions), shipped_score(joined))


def known_evidence(joined: JoinedTexts) -> np.ndarray | None:
    """Return the evidence of the words of each text where their score is known already, None otherwise."""
    return None if joined.known(shipped_log_odds) is None else kind_evidence(joined, False)


def with_categories(evidence: np.ndarray, n_categories: np.ndarray) -> np.ndarray:
    """Return the evidence with the number of complaint categories of each text, in place."""
    evidence[:, _CATEGORIES] = np.minimum(n_categories, _MOST_CATEGORIES)
    return evidence


def praising(
    texts: pd.Series, rows: np.ndarray, n_categories: np.ndarray, known: np.ndarray | None = None
) -> np.ndarray:
    """Return the rows of documents that praise rather than complain, by their words alone.

    Parameters
    ----------
    texts : Series of str
        Prepared texts of all documents.
    rows : ndarray of int64, shape (n,)
        Those that are looked at.
    n_categories : ndarray of int64, shape (n,)
        Complaint categories of each.
    known : ndarray of float64, shape (n_docs, n_features), optional
        Evidence of all documents (:func:`known_evidence`); without it that of ``rows`` is looked for.

    Returns
    -------
    ndarray of int64
        Of ``rows``.
    """
    if known is not None:
        evidence = known[rows]
        said = _praised(evidence)
        return _mostly_praising(rows[said], with_categories(evidence[said], n_categories[said]))
    parts = [rows[:0]]
    for joined in joined_chunks(texts.iloc[rows]):
        mine = slice(joined.first_row, joined.first_row + len(joined))
        numbers = with_categories(kind_numbers(joined, False), n_categories[mine])
        # The score is looked for where there is praise alone.
        said = np.flatnonzero(_praised(numbers))
        if len(said):
            score = shipped_score(JoinedTexts(joined.texts.iloc[said]))
            parts.append(_mostly_praising(rows[mine][said], _with_score(numbers[said], score)))
    return np.concatenate(parts)


def _praised(evidence: np.ndarray) -> np.ndarray:
    praise, positive, complaint = (
        evidence[:, FEATURES.index(name)] for name in ("praise", "positive", "complaint")
    )
    return praise + positive > complaint


def _mostly_praising(rows: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    return rows[kind_probability(evidence)[:, KINDS.index("praise")] > _PRAISE]


def _with_score(numbers: np.ndarray, score: np.ndarray) -> np.ndarray:
    return np.column_stack((numbers, np.maximum(score, 0), np.maximum(-score, 0)))


def kind_probability(evidence: np.ndarray) -> np.ndarray:
    """Return the probability of each kind, shape (n_docs, n_kinds), by the shipped weights."""
    weights, intercept = _weights()
    # Not by BLAS, whose last digits depend on how many documents there are.
    return softmax(np.einsum("ij,kj->ik", evidence, weights) + intercept, axis=1)


@cache
def _weights() -> tuple[np.ndarray, np.ndarray]:
    """Return the weights, shape (n_kinds, n_features), and the intercepts."""
    values = Lexicon.load("kind_weights").table.set_index("term")[list(KINDS)].astype(float)
    return values.loc[list(_EVIDENCE)].to_numpy().T, values.loc["intercept"].to_numpy()
