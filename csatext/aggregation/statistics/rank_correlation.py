"""Two numeric columns: Spearman's rho and Kendall's tau with intervals, pooled over strata."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from csatext.aggregation.statistics.effect_sizes import EffectSize

__all__ = ["rank_correlations"]

_LEVELS = 100
_LEAST = 6


class _Correlations(NamedTuple):
    n: int
    values: np.ndarray  # rho, tau
    p: np.ndarray
    z_variances: np.ndarray


def rank_correlations(x: np.ndarray, y: np.ndarray, strata: np.ndarray, level: float) -> list[EffectSize]:
    """Return Spearman's rho and Kendall's tau-b of two numeric columns.

    Parameters
    ----------
    x, y : ndarray of float, shape (n_rows,)
        No NaN.
    strata : ndarray of int, shape (n_rows,)
        Stratum of each row; all 0 where nothing is adjusted for.
    level : float
        Confidence level.

    Returns
    -------
    list of EffectSize
        ``spearman`` and ``kendall``. Intervals stand on Fisher's z with the larger of two variances:
        the formulas for continuous data (Bonett and Wright 2000 for rho; Fieller, Hartley and Pearson
        1957 for tau) and the asymptotic variance of the data at hand with their ties (delta method).
        With several strata the z are averaged by inverse variance, and p is that of the average;
        strata of fewer than 6 rows, or without variation, are left out.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65, 23-28. Fieller, Hartley and Pearson (1957), Biometrika
    44, 470-481.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> rho, tau = rank_correlations(x, np.array([1.0, 0, 3, 2, 5, 4, 7, 6]), np.zeros(8, int), 0.95)
    >>> round(rho.estimate, 3), round(tau.estimate, 3)
    (0.905, 0.714)
    """
    order = np.argsort(strata, kind="stable")
    cuts = np.flatnonzero(np.diff(strata[order])) + 1
    single = len(cuts) == 0
    found = [
        _correlate(x[rows], y[rows], exact=single) for rows in np.split(order, cuts) if len(rows) >= _LEAST
    ]
    kept = [c for c in found if c is not None]
    n = sum(c.n for c in kept)
    names = ("spearman", "kendall")
    if not kept:
        return [EffectSize(name, n, 0) for name in names]
    values, variances = np.array([c.values for c in kept]), np.array([c.z_variances for c in kept])
    weights = 1 / variances
    # a perfect correlation has no finite z; half of the smallest step short of it has
    steps = np.array([[6 / (c.n * (c.n**2 - 1)), 2 / (c.n * (c.n - 1))] for c in kept])
    bound = 1 - steps
    z = np.arctanh(np.clip(values, -bound, bound))
    middle = (weights * z).sum(axis=0) / weights.sum(axis=0)
    error = 1 / np.sqrt(weights.sum(axis=0))
    half = special.ndtri(0.5 + level / 2) * error
    estimate = values[0] if single else np.tanh(middle)
    p = kept[0].p if single else 2 * stats.norm.sf(np.abs(middle) / error)
    statistic = values[0] if single else middle / error
    low, high = np.minimum(np.tanh(middle - half), estimate), np.maximum(np.tanh(middle + half), estimate)
    columns = (statistic, estimate, estimate, low, high, p)
    return [EffectSize(name, n, len(kept), *(float(c[i]) for c in columns)) for i, name in enumerate(names)]


def _correlate(x: np.ndarray, y: np.ndarray, *, exact: bool) -> _Correlations | None:
    n = len(x)
    if (x == x[0]).all() or (y == y[0]).all():
        return None
    rho, tau = stats.spearmanr(x, y), stats.kendalltau(x, y, method="auto" if exact else "asymptotic")
    values = np.array([rho.statistic, tau.statistic])
    formula = np.array([(1 + values[0] ** 2 / 2) / (n - 3), 0.437 / (n - 4)])
    tied = _delta_variances(x, y) * n / (n - 3) / np.maximum((1 - values**2) ** 2, 1e-12)
    return _Correlations(n, values, np.array([rho.pvalue, tau.pvalue]), np.maximum(formula, tied))


def _delta_variances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the asymptotic variances of rho and tau-b from the influence of each cell of (x, y).

    Values are taken together into at most 100 levels a column, for the variance only.
    """
    a, b = _levels(x), _levels(y)
    shape = (int(a.max()) + 1, int(b.max()) + 1)
    share = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1]).reshape(shape) / len(x)
    row, column = share.sum(axis=1), share.sum(axis=0)
    u, v = np.cumsum(row) - row / 2 - 0.5, np.cumsum(column) - column / 2 - 0.5
    # rho = cov / sqrt(var var) of mid-ranks, whose own estimation adds the two cumulative terms
    along, across = share @ v, u @ share
    influence = np.outer(u, v) + (along[::-1].cumsum()[::-1] - along / 2)[:, None]
    influence = influence + (across[::-1].cumsum()[::-1] - across / 2)[None, :] - 3 * (u @ share @ v)
    spreads = [(1 - (m**3).sum()) / 12 for m in (row, column)]
    drifts = [-(m**2 - (m**3).sum()) / 4 for m in (row, column)]
    rho = _influence(influence, u @ share @ v, spreads, drifts)
    # tau-b = (concordant - discordant) / sqrt(untied untied)
    below = np.pad(share.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    both, edge_x, edge_y = below[:-1, :-1], below[:, -1:], below[-1:, :]
    agree = both + 1 - edge_x[1:] - edge_y[:, 1:] + below[1:, 1:]
    differ = edge_y[:, :-1] - below[1:, :-1] + edge_x[:-1] - below[:-1, 1:]
    excess = agree - differ
    mean = (share * excess).sum()
    spreads = [1 - (m**2).sum() for m in (row, column)]
    drifts = [-2 * (m - (m**2).sum()) for m in (row, column)]
    tau = _influence(2 * (excess - mean), mean, spreads, drifts)
    return np.array([(share * rho**2).sum(), (share * tau**2).sum()]) / len(x)


def _influence(
    influence: np.ndarray, mean: float, spreads: list[np.ndarray], drifts: list[np.ndarray]
) -> np.ndarray:
    scale = np.sqrt(spreads[0] * spreads[1])
    drift = drifts[0][:, None] / spreads[0] + drifts[1][None, :] / spreads[1]
    return influence / scale - mean / scale / 2 * drift


def _levels(values: np.ndarray) -> np.ndarray:
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) <= _LEVELS:
        return codes
    edges = np.quantile(values, np.linspace(0, 1, _LEVELS + 1)[1:-1])
    return np.unique(np.searchsorted(edges, values), return_inverse=True)[1]
