"""Probability of each kind of contact by the evidence of its words, were all kinds equally frequent."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import softmax

from csatext.analysis.kinds.kind_cues import FEATURES, KINDS, find_kind_cues
from csatext.analysis.sentiment import Sentiment
from csatext.lexicon import Lexicon
from csatext.text.corpus import Corpus

__all__ = ["kind_evidence", "kind_probability"]

_EVIDENCE = (*FEATURES, "satisfied", "dissatisfied")
"""The evidence of the words, and the positive and negative part of the sentiment score."""


def kind_evidence(corpus: Corpus, n_categories: np.ndarray, *, constructions: bool = True) -> np.ndarray:
    """Return the evidence for the kind of each document.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    n_categories : ndarray of int64, shape (n_docs,)
        Complaint categories of each.
    constructions : bool, default True
        As of :func:`csatext.analysis.kinds.kind_cues.find_kind_cues`.

    Returns
    -------
    ndarray of float64, shape (n_docs, n_features)
    """
    _, numbers = find_kind_cues(corpus.texts, n_categories, constructions=constructions)
    score = Sentiment().transform(corpus)["sentiment"].to_numpy()
    return np.column_stack((numbers, np.maximum(score, 0), np.maximum(-score, 0)))


def kind_probability(evidence: np.ndarray) -> np.ndarray:
    """Return the probability of each kind, shape (n_docs, n_kinds), by the shipped weights."""
    weights, intercept = _weights()
    return softmax(evidence @ weights.T + intercept, axis=1)


@cache
def _weights() -> tuple[np.ndarray, np.ndarray]:
    """Return the weights, shape (n_kinds, n_features), and the intercepts."""
    values = Lexicon.load("kind_weights").table.set_index("term")[list(KINDS)].astype(float)
    return values.loc[list(_EVIDENCE)].to_numpy().T, values.loc["intercept"].to_numpy()
