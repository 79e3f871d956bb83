"""Since when a topic is there: the day from which it is more frequent, with an interval."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

__all__ = ["onset"]

_DROP = 1.92
"""Half of the 95 % quantile of chi-square of one degree of freedom."""


def onset(day: np.ndarray, hit: np.ndarray) -> tuple[int, int, int]:
    """Return the day from which an event is more frequent, and the first and last day that fit as well.

    Parameters
    ----------
    day : ndarray of int, shape (n_docs,)
        Day of each document, in any order.
    hit : ndarray of bool, shape (n_docs,)
        Whether it has the topic.

    Returns
    -------
    tuple of int
        The first day of the higher share, and the bounds of its interval; the first day of all where the
        share never rises.

    Notes
    -----
    Maximum likelihood of one change of a binomial rate (Hinkley and Hinkley 1970). The interval holds the
    days from the first to the last whose log likelihood is at most 1.92 below the largest: a 95 % likelihood
    interval, which is approximate for a change-point.

    Examples
    --------
    >>> day = np.repeat(np.arange(10), 20)
    >>> onset(day, day >= 6)
    (6, 6, 6)
    """
    days, at = np.unique(day, return_inverse=True)
    docs, hits = np.bincount(at), np.bincount(at, hit)
    n, k = docs.sum(), hits.sum()
    # Before each day, and from it on.
    before, found = np.cumsum(docs) - docs, np.cumsum(hits) - hits
    log_likelihood = _binomial(found, before) + _binomial(k - found, n - before)
    rises = (k - found) * before > found * (n - before)
    log_likelihood = np.where(rises, log_likelihood, -np.inf)
    if not rises.any():
        return int(days[0]), int(days[0]), int(days[0])
    fits = np.flatnonzero(log_likelihood >= log_likelihood.max() - _DROP)
    return int(days[np.argmax(log_likelihood)]), int(days[fits[0]]), int(days[fits[-1]])


def _binomial(hits: np.ndarray, docs: np.ndarray) -> np.ndarray:
    rate = hits / np.maximum(docs, 1)
    return np.asarray(xlogy(hits, rate) + xlogy(docs - hits, 1 - rate))
