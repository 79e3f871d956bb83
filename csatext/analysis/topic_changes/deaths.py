"""Topics that died: hardly a document has them as its main topic any more."""

from __future__ import annotations

import numpy as np

__all__ = ["died"]

_LEFT = 0.4
"""Part of its documents that a topic has left at most: topics of a class that was left out kept .03 to .56,
most under .4, all others .57 and more (benchmarks/topics.py, changes)."""
_BEYOND_CHANCE, _BEYOND_OTHERS = 3.0, 2.0
"""Standard errors by which they are fewer: of chance alone, and of what topics vary by (chosen)."""
_MEDIAN_CHI_SQUARE = 0.4549
"""Median of the chi-square distribution of one degree of freedom."""


def died(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return which topics died.

    Parameters
    ----------
    before, now : ndarray of int, shape (n_topics,)
        Documents of two periods of which each is the main topic.

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
    >>> died(np.array([100, 80, 60, 40]), np.array([96, 85, 58, 2])).tolist()
    [False, False, False, True]
    >>> died(np.array([100, 80, 60, 9]), np.array([96, 85, 58, 2])).tolist()
    [False, False, False, False]
    """
    there = before > 0
    if not there.any():
        return np.zeros(len(before), bool)
    scale = float(np.percentile(now[there] / before[there], 50, method="higher"))
    expected = scale * before
    error = np.sqrt(np.maximum(expected * (1 + scale), np.finfo(float).tiny))
    z = (expected - now) / error
    fell = now <= _LEFT * expected
    steady = there & ~fell
    dispersion = max(float(np.median(z[steady] ** 2)) / _MEDIAN_CHI_SQUARE, 1.0) if steady.any() else 1.0
    return np.asarray(there & fell & (z >= max(_BEYOND_CHANCE, _BEYOND_OTHERS * np.sqrt(dispersion))))
