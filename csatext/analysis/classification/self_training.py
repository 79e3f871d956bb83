"""Self-training: the surest answers on documents without annotation become examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from csatext.analysis.classification.features import Features

__all__ = ["Scorer", "self_trained"]

_ROUNDS = 2
"""Measured on 200 labels, ten kinds of goods (benchmarks/classifier.py): .69 without, .71 after two."""
_SHARE = 0.5
"""Of the documents that go to a category, the share with the widest margin that becomes examples."""
POOL = 5_000
"""Documents without annotation that are looked at: they bound the time."""


class Scorer(Protocol):
    """What gives documents scores, a column a category."""

    def scores(self, features: Features) -> np.ndarray:
        """Return the scores, shape (n_docs, n_classes)."""
        ...


Fit = Callable[[Features, np.ndarray, np.ndarray], Scorer]
"""Features, indicator of categories and weights of documents to a model."""


def self_trained(
    fit: Fit, features: Features, indicator: np.ndarray, weight: np.ndarray, pool: Features
) -> Scorer:
    """Return a model that learnt from annotated documents and, twice, from its surest answers on others.

    Parameters
    ----------
    fit : callable
        Features, indicator and weights to a model.
    features : Features, n_docs long
        Of annotated documents.
    indicator : ndarray of bool, shape (n_docs, n_classes)
    weight : ndarray, shape (n_docs,)
    pool : Features
        Of documents without annotation.

    Notes
    -----
    Scudder (1965); the same share of every category is taken, so that a large one does not swallow the
    others.
    """
    model = fit(features, indicator, weight)
    for _ in range(_ROUNDS):
        scores = model.scores(pool)
        answer = scores.argmax(axis=1)
        sure = _surest(scores, answer)
        given = np.zeros((len(sure), indicator.shape[1]), bool)
        given[np.arange(len(sure)), answer[sure]] = True
        model = fit(
            features.stacked(pool[sure]),
            np.vstack([indicator, given]),
            np.concatenate([weight, np.ones(len(sure))]),
        )
    return model


def _surest(scores: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return the documents with the widest margins of each category, in their order."""
    best = np.partition(scores, -2, axis=1)[:, -2:]
    margin = best[:, 1] - best[:, 0]
    order = np.lexsort((-margin, answer))
    n_each = np.bincount(answer, minlength=scores.shape[1])
    begin = np.repeat(np.cumsum(n_each) - n_each, n_each)
    rank = np.arange(len(order)) - begin
    kept = rank < np.ceil(_SHARE * np.repeat(n_each, n_each))
    return np.sort(order[kept])
