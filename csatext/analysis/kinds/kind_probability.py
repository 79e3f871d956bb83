"""Probability of each kind of contact by the evidence of its words, were all kinds equally frequent."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import softmax

from csatext.analysis.kinds.kind_cues import FEATURES, KINDS, find_kind_cues
from csatext.analysis.sentiment.score import Sentiment
from csatext.lexicon import Lexicon
from csatext.text.corpus import Corpus

__all__ = ["kind_evidence", "kind_probability", "praising"]

_EVIDENCE = (*FEATURES, "satisfied", "dissatisfied")
"""The evidence of the words, and the positive and negative part of the sentiment score."""
_PRAISE = 0.3
"""Probability of praise above which a remark is no complaint: 好吃，就是有点慢. Of the positive reviews of
shops and of deliveries 3.2 and 5.7 % have a main category then, 9.5 and 11 % without; of citizens' complaints
6 % lose theirs, of car and finance complaints 3 and 2 %."""


def kind_evidence(corpus: Corpus, n_categories: np.ndarray) -> np.ndarray:
    """Return the evidence for the kind of each document.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    n_categories : ndarray of int64, shape (n_docs,)
        Complaint categories of each.

    Returns
    -------
    ndarray of float64, shape (n_docs, n_features)
    """
    _, numbers = find_kind_cues(corpus.texts, n_categories)
    return _with_sentiment(corpus, numbers)


def praising(corpus: Corpus, rows: np.ndarray, n_categories: np.ndarray) -> np.ndarray:
    """Return the rows of documents that praise rather than complain, by their words alone.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    rows : ndarray of int64, shape (n,)
        Those that are looked at.
    n_categories : ndarray of int64, shape (n,)
        Complaint categories of each.

    Returns
    -------
    ndarray of int64
        Of ``rows``.
    """
    if not len(rows):
        return rows
    _, numbers = find_kind_cues(corpus.texts.iloc[rows], n_categories, constructions=False)
    praise, positive, complaint = (
        numbers[:, FEATURES.index(name)] for name in ("praise", "positive", "complaint")
    )
    said = praise + positive > complaint
    rows = rows[said]
    if not len(rows):
        return rows
    probability = kind_probability(_with_sentiment(corpus[rows], numbers[said]))
    return rows[probability[:, KINDS.index("praise")] > _PRAISE]


def _with_sentiment(corpus: Corpus, numbers: np.ndarray) -> np.ndarray:
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
