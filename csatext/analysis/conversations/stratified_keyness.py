"""What goes with an outcome within strata: Mantel-Haenszel odds ratios and tests over clusters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse, stats

__all__ = ["Keyness", "stratified_keyness"]

_FEW = 10


class Keyness(NamedTuple):
    """Figures of each term, arrays of shape (n_terms,).

    Attributes
    ----------
    observed, expected : ndarray
        Units that hold the term and have the outcome, and as many as its strata let expect.
    odds_ratio, low, high : ndarray
        Mantel and Haenszel's, with its interval; NaN where no stratum has both kinds of units.
    p : ndarray
        Two-sided.
    """

    observed: np.ndarray
    expected: np.ndarray
    odds_ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


def stratified_keyness(
    held: sparse.csr_array,
    outcome: np.ndarray,
    stratum: np.ndarray,
    cluster: np.ndarray,
    level: float = 0.95,
) -> Keyness:
    """Return which terms go with an outcome, strata apart.

    Parameters
    ----------
    held : csr_array, shape (n_units, n_terms)
        1 where a unit holds a term.
    outcome : ndarray of bool, shape (n_units,)
    stratum, cluster : ndarray of int, shape (n_units,)
        Units are compared within strata; units of one cluster are not independent.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    Keyness

    Notes
    -----
    Mantel and Haenszel (1959): ``sum(a d / n) / sum(b c / n)`` over strata, with the variance of its log of
    Robins, Breslow and Greenland (1986). The score is ``U = sum (x - mean x)(o - mean o)``, its variance the
    larger of the hypergeometric one and of that of sums over clusters (Liang and Zeger 1986). Where fewer
    than ten units with or without the outcome are to be expected, p is not less than twice the binomial tail
    at the expected rate, whose spread is greater than the hypergeometric's (Hoeffding 1956).
    """
    n_strata = int(stratum.max(initial=-1)) + 1
    n_units = held.shape[0]
    units = np.arange(n_units)
    strata = sparse.csr_array((np.ones(n_units), (stratum, units)), shape=(n_strata, n_units))
    n = np.bincount(stratum, minlength=n_strata).astype(np.float64)
    hits = np.bincount(stratum, outcome, minlength=n_strata)
    having = (strata @ held).toarray()
    a = (strata @ sparse.csr_array(held.multiply(outcome[:, None].astype(np.float64)))).toarray()
    share = (hits / n)[:, None]
    observed, expected = a.sum(axis=0), (having * share).sum(axis=0)
    exact = (having * (n[:, None] - having) * share * (1 - share) / np.maximum(n - 1, 1)[:, None]).sum(axis=0)
    clustered = _clustered(held, strata, outcome - share[stratum, 0], having / n[:, None], cluster)
    excess = np.abs(observed - expected)
    variance = np.maximum(exact, clustered)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, np.maximum(excess - 0.5, 0) / np.sqrt(variance), 0.0)
    p = 2 * stats.norm.sf(z)
    total = having.sum(axis=0)
    rare = (np.minimum(expected, total - expected) < _FEW) & (exact > 0)
    p[rare] = np.maximum(p[rare], _binomial(observed[rare], total[rare], expected[rare]))
    return Keyness(observed, expected, *_odds(a, having, hits, n, level), np.minimum(p, 1))


def _clustered(
    held: sparse.csr_array,
    strata: sparse.csr_array,
    residual: np.ndarray,
    mean: np.ndarray,
    cluster: np.ndarray,
) -> np.ndarray:
    """Return, for each term, the sum over clusters of squared sums of (x - mean x)(o - mean o)."""
    n_units = held.shape[0]
    codes = np.unique(cluster, return_inverse=True)[1]
    weights = sparse.csr_array(
        (residual, (codes, np.arange(n_units))), shape=(codes.max(initial=-1) + 1, n_units)
    )
    own = sparse.csr_array(weights @ held)
    of_strata = sparse.csr_array(weights @ strata.T)
    squares = np.asarray(own.multiply(own).sum(axis=0)).ravel()
    cross = ((of_strata.T @ own).toarray() * mean).sum(axis=0)
    means = (mean * ((of_strata.T @ of_strata).toarray() @ mean)).sum(axis=0)
    return np.asarray(squares - 2 * cross + means)


def _binomial(observed: np.ndarray, total: np.ndarray, expected: np.ndarray) -> np.ndarray:
    rate = np.clip(expected / np.maximum(total, 1), 0, 1)
    above = stats.binom.sf(observed - 1, total, rate)
    return np.asarray(2 * np.where(observed > expected, above, stats.binom.cdf(observed, total, rate)))


def _odds(
    a: np.ndarray, having: np.ndarray, hits: np.ndarray, n: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the odds ratio of Mantel and Haenszel with its interval."""
    size = n[:, None]
    b, c = having - a, hits[:, None] - a
    d = size - having - c
    r, s = a * d / size, b * c / size
    agree, differ = (a + d) / size, (b + c) / size
    up, down = r.sum(axis=0), s.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = up / down
        spread = np.sqrt(
            (agree * r).sum(axis=0) / (2 * up**2)
            + (agree * s + differ * r).sum(axis=0) / (2 * up * down)
            + (differ * s).sum(axis=0) / (2 * down**2)
        )
        reach = stats.norm.ppf(0.5 + level / 2) * spread
        return ratio, ratio * np.exp(-reach), ratio * np.exp(reach)
