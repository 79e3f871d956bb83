"""Likelihood ratio of a change, and its small-sample correction."""

from __future__ import annotations

import numpy as np

__all__ = ["corrected_ratio", "effective_trials", "log_likelihood_ratio"]

_HALF = 0.5
_TINY = 1e-9
_NEAR = 0.1
_LARGE = 50.0


def log_likelihood_ratio(
    seen: np.ndarray, expected: np.ndarray, before: np.ndarray, exposure: np.ndarray | None = None
) -> np.ndarray:
    """Return the log-likelihood ratio of "the rate changed" against "it did not".

    Parameters
    ----------
    seen, expected : ndarray
        Events now, and what the baseline makes expect.
    before : ndarray
        Baseline events that the expectation is estimated from.
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


def corrected_ratio(
    seen: np.ndarray, expected: np.ndarray, before: np.ndarray, exposure: np.ndarray | None = None
) -> np.ndarray:
    """Return the likelihood ratio corrected for few events, so that the chi-square tail is accurate.

    Parameters
    ----------
    seen, expected, before, exposure
        As for :func:`log_likelihood_ratio`.

    Returns
    -------
    ndarray
        Half the square of r*: twice its normal tail is twice the tail of the conditional distribution of
        ``seen``, given ``seen`` + ``before`` (binomial for counts, hypergeometric for trials), as in the
        exact test of Fisher.

    Notes
    -----
    Double saddlepoint approximation with continuity correction (Skovgaard 1987, Journal of Applied
    Probability 24; Davison 1988, JRSS B 50): r* = r + log(u / r) / r with r the signed root of the
    ratio half an event nearer to what is expected, u = 2 sinh(theta / 2) sqrt(j), theta the log odds
    ratio (log ratio of rates for counts) there and j the information on it.

    Examples
    --------
    >>> from scipy.stats import chi2
    >>> ratio = corrected_ratio(np.array([6.0]), np.array([0.5]), np.array([2.0]))
    >>> float(chi2.sf(2 * ratio, 1)[0].round(4))  # 2 * binom(8, 1 / 5).sf(5) = 0.0025
    0.0025
    """
    times = expected / before
    correction = np.clip(expected - seen, -_HALF, _HALF)
    now, then = np.maximum(seen + correction, _TINY), np.maximum(before - correction, _TINY)
    root = np.sqrt(2 * log_likelihood_ratio(now, times * then, then, exposure))
    effect = np.log(now / (times * then))
    information = now * then / (now + then)
    if exposure is not None:
        exposed = exposure / times
        not_now, not_then = np.maximum(exposure - now, _TINY), np.maximum(exposed - then, _TINY)
        effect = effect + np.log(not_then * times / not_now)
        information *= not_now * not_then * (exposure + exposed)
        information /= exposure * exposed * (not_now + not_then)
    far = root > _NEAR
    safe = np.where(far, root, 1.0)
    size = 2 * np.sinh(np.minimum(np.abs(effect), _LARGE) / 2) * np.sqrt(information)
    corrected = safe + np.log(np.maximum(size, _TINY) / safe) / safe
    return np.where(far, np.maximum(corrected, 0.0), root) ** 2 / 2


def effective_trials(
    seen: np.ndarray, expected: np.ndarray, squares: np.ndarray, exposure: np.ndarray
) -> np.ndarray:
    """Return the effective number of trials of a group with unequal rates: equal variance at one rate.

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
