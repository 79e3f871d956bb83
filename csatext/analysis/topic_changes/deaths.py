"""Topics that died: hardly a document says any more what only they are about."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csatext.analysis.topic_changes.owned_terms import owned_terms

__all__ = ["died", "documents_about"]

_LEFT = 0.45
"""Part of its documents that a topic has left at most: of simulated causes and kinds of products that were
left out topics of half of their documents kept 0 to .41, the others .58 and more where they had many. By main
topic the first kept .01 to .72, since topics take up what others leave (benchmarks/topics.py, changes)."""
_TOGETHER = 2
"""Own terms of a topic in a document that is about it (chosen)."""
_DOCS = 100_000
"""Documents counted at a time, which bounds the memory."""
_ENOUGH = 20
"""Documents of two own terms from which they are counted; short texts seldom hold two (chosen)."""
_BEYOND_CHANCE, _BEYOND_OTHERS = 3.0, 2.0
"""Standard errors by which they are fewer: of chance alone, and of what topics vary by (chosen)."""
_MEDIAN_CHI_SQUARE = 0.4549
"""Median of the chi-square distribution of one degree of freedom."""


def documents_about(
    dtm: sparse.csr_array, components: np.ndarray, shares: np.ndarray, main: np.ndarray
) -> np.ndarray:
    """Return of how many documents each topic is the main one, and how many hold two of its own terms.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    components : ndarray, shape (n_topics, n_terms)
    shares : ndarray, shape (n_topics,)
        Of the tokens.
    main : ndarray of int, shape (n_topics,)
        Documents of which each is the main topic.

    Returns
    -------
    ndarray, shape (2, n_topics)

    Examples
    --------
    >>> topics = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    >>> documents = sparse.csr_array([[1, 1, 0], [1, 0, 0], [0, 0, 3]])
    >>> documents_about(documents, topics, np.array([0.5, 0.5]), np.array([2, 1])).tolist()
    [[2, 1], [1, 0]]
    """
    own = owned_terms(components, shares)
    row, column = np.concatenate(own), np.repeat(np.arange(len(own)), [len(terms) for terms in own])
    terms = sparse.csr_array((np.ones(len(row), np.int32), (row, column)), shape=components.T.shape)
    together = np.zeros(len(components), np.int64)
    for start in range(0, dtm.shape[0], _DOCS):
        present = (dtm[start : start + _DOCS] > 0).astype(np.int32)
        held = sparse.csr_array(present @ terms)
        together += np.bincount(held.indices[held.data >= _TOGETHER], minlength=len(components))
    return np.vstack((main, together))


def died(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return which topics died.

    Parameters
    ----------
    before, now : ndarray of int, shape (2, n_topics)
        Documents of two periods as :func:`documents_about` counts them: those with two own terms decide where
        there were enough, else those of which it is the main topic.

    Returns
    -------
    ndarray of bool, shape (n_topics,)

    Notes
    -----
    What is expected is the number before times the median ratio of the topics (Anders and Huber 2010), which
    births and deaths of others do not move. The variance is that of a difference of Poisson counts, times the
    overdispersion of the topics that did not fall: the median of their squared standardised differences over
    that of chi-square, at least 1.

    Examples
    --------
    >>> alone = np.array([0, 0, 0, 0])
    >>> died(np.array([[100, 80, 60, 40], alone]), np.array([[96, 85, 58, 2], alone])).tolist()
    [False, False, False, True]
    >>> died(np.array([[100, 80, 60, 9], alone]), np.array([[96, 85, 58, 2], alone])).tolist()
    [False, False, False, False]
    """
    together = before[1] >= _ENOUGH
    return _fell_away(np.where(together, before[1], before[0]), np.where(together, now[1], now[0]))


def _fell_away(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return which counts fell to less than a part of what the others let expect, beyond chance."""
    there = before > 0
    if not there.any():
        return np.zeros(len(before), bool)
    scale = float(np.percentile(now[there] / before[there], 50, method="higher"))
    if not scale:
        # Most topics have no document now: there are hardly any, and none is missed.
        return np.zeros(len(before), bool)
    expected = scale * before
    error = np.sqrt(np.maximum(expected * (1 + scale), np.finfo(float).tiny))
    z = (expected - now) / error
    fell = now <= _LEFT * expected
    steady = there & ~fell
    dispersion = max(float(np.median(z[steady] ** 2)) / _MEDIAN_CHI_SQUARE, 1.0) if steady.any() else 1.0
    return np.asarray(there & fell & (z >= max(_BEYOND_CHANCE, _BEYOND_OTHERS * np.sqrt(dispersion))))
