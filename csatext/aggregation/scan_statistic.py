"""The likelihood ratio of a change, and the number of tests to correct for."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

__all__ = ["effective_trials", "log_likelihood_ratio", "reachable"]


def log_likelihood_ratio(
    seen: np.ndarray, expected: np.ndarray, before: np.ndarray, exposure: np.ndarray | None = None
) -> np.ndarray:
    """Return the log-likelihood ratio of "the rate changed" against "it did not".

    Parameters
    ----------
    seen, expected : ndarray
        Events now, and what the baseline makes expect.
    before : ndarray
        Events of the baseline behind the expectation.
    exposure : ndarray, optional
        Trials now, for events that are counted once a trial; None for counts (Poisson).

    Returns
    -------
    ndarray
        Half the G statistic of the 2 x 2 table (binomial) or of the split of the events between the
        two sides (Poisson); Kulldorff 1997, Communications in Statistics 26.

    Examples
    --------
    >>> float(log_likelihood_ratio(np.array([20.0]), np.array([10.0]), np.array([10.0]))[0].round(4))
    1.699
    """
    split = expected / (expected + before)
    total = seen + before
    ratio = _term(seen, total * split) + _term(before, total * (1 - split))
    if exposure is not None:
        now = np.maximum(exposure - seen, 0.0)
        then = np.maximum(before * exposure / expected - before, 0.0)
        total = now + then
        ratio = ratio + _term(now, total * split) + _term(then, total * (1 - split))
    return np.maximum(ratio, 0.0)


def effective_trials(
    seen: np.ndarray, expected: np.ndarray, squares: np.ndarray, exposure: np.ndarray
) -> np.ndarray:
    """Return the trials of one rate that vary as little as the trials of unequal rates in a group do.

    Parameters
    ----------
    seen, expected, exposure : ndarray
        Events now, events expected, and trials.
    squares : ndarray
        Sum over the cells of the group of expected events times the rate expected.

    Returns
    -------
    ndarray
        At most ``exposure``.

    Notes
    -----
    Binomial counts of rates r_i and trials n_i have the variance sum n_i r_i (1 - r_i) = E - squares.
    That is less than n r (1 - r) of the pooled rate, by which a broad group would look weaker than the
    part of it where events are frequent. E - E**2 / trials equals it for trials = E**2 / squares. This
    holds to second order in the change; towards events in every trial the likelihood ratio would be too
    high, so that at least twice the events seen are taken where there are as many trials.

    Examples
    --------
    >>> twice = np.array([300.0, 100.0]), np.array([0.1, 0.5])
    >>> expected, squares = (twice[0] * twice[1]).sum(), (twice[0] * twice[1] ** 2).sum()
    >>> float(effective_trials(np.array(90.0), expected, squares, twice[0].sum()).round(1))
    228.6
    """
    return np.clip(expected**2 / squares, np.minimum(2.0 * seen, exposure), exposure)


def _term(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    safe = np.maximum(expected, np.finfo(float).tiny)
    return np.where(seen > 0, seen * np.log(np.maximum(seen, np.finfo(float).tiny) / safe), 0.0)


def reachable(limit: np.ndarray, parts: int, level: float) -> int:
    """Return how many tests to correct for: Tarone's K, from the best p each test could reach.

    Parameters
    ----------
    limit : ndarray
        Highest log-likelihood ratio that each test could reach.
    parts : int
        Parts that the level is divided into before.
    level : float
        False alarms allowed.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> reachable(np.array([20.0, 15.0, 0.1]), 1, 0.05)
    2
    """
    best = np.sort(chi2.sf(2 * limit, 1))
    rank = np.arange(1, len(best) + 1)
    within = np.flatnonzero(best * parts * rank <= level)
    return int(rank[within[-1]]) if len(within) else 1
