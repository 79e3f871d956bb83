"""A nominal and a numeric column: correlation ratio and Kruskal-Wallis, within strata."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.statistics.effect_sizes import EffectSize, noncentral_interval, widened
from csatext.aggregation.statistics.intervals import divide

__all__ = ["group_differences"]


def group_differences(
    groups: np.ndarray, y: np.ndarray, strata: np.ndarray, level: float
) -> list[EffectSize]:
    """Return the effect size of groups on a numeric column: share of variance between groups.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Codes of the nominal column, from 0.
    y : ndarray of float, shape (n_rows,)
        No NaN.
    strata : ndarray of int, shape (n_rows,)
        Stratum of each row; all 0 where nothing is adjusted for.
    level : float
        Confidence level.

    Returns
    -------
    list of EffectSize
        ``correlation_ratio`` (of the values: eta squared, F test) and ``kruskal`` (of the mid-ranks:
        H test). Sums of squares are taken within strata and added. ``estimate`` is epsilon squared,
        eta squared corrected for the number of groups (Kelley 1935). Intervals invert the noncentral F
        (Smithson 2003), stretched to the variance of the data at hand where that is larger.

    References
    ----------
    Kelley (1935), PNAS 21, 554-559. Kruskal and Wallis (1952), JASA 47, 583-621. Smithson (2003),
    Confidence Intervals (Sage).

    Examples
    --------
    >>> y = np.array([1.0, 2, 3, 4, 5, 6])
    >>> ratio, ranks = group_differences(np.array([0, 0, 0, 1, 1, 1]), y, np.zeros(6, int), 0.95)
    >>> round(ratio.uncorrected, 4), round(ratio.statistic, 2)
    (0.7714, 13.5)
    """
    cells = strata * (int(groups.max(initial=0)) + 1) + groups
    kinds = pd.DataFrame({"s": strata, "c": cells}).groupby("s")["c"].nunique()
    usable = kinds.index[kinds > 1]
    used = np.isin(strata, usable)
    strata = pd.factorize(strata[used])[0]
    cells = pd.factorize(cells[used])[0]
    y = y[used]
    size = np.bincount(strata)
    # over n + 1, so that a large stratum does not outweigh small ones by its wider ranks
    ranks = pd.Series(y).groupby(strata).rank().to_numpy() / (size[strata] + 1)
    return [
        _effect_size("correlation_ratio", y, cells, strata, level),
        _effect_size("kruskal", ranks, cells, strata, level),
    ]


def _effect_size(
    method: str, y: np.ndarray, cells: np.ndarray, strata: np.ndarray, level: float
) -> EffectSize:
    """Return eta squared of the cells within strata, corrected for bias, with its test and interval."""
    n, n_strata, n_cells = len(y), len(np.bincount(strata)), len(np.bincount(cells))
    between, within = n_cells - n_strata, n - n_cells
    outer = (y - _means(y, strata)) ** 2
    inner = (y - _means(y, cells)) ** 2
    total, residual = outer.sum(), inner.sum()
    if between < 1 or within < 1 or total <= 1e-20 * (y**2).sum():
        return EffectSize(method, n, n_strata)
    eta2 = max(0.0, float(1 - residual / total))
    f = float(divide(eta2 / between, (1 - eta2) / within))
    if method == "kruskal":
        size = np.bincount(strata)
        spread = np.bincount(strata, outer)
        gain = np.bincount(strata, outer - inner)
        statistic = float(np.nansum((size - 1) * divide(gain, spread)))
        p = float(stats.chi2.sf(statistic, between))
    else:
        statistic, p = f, float(stats.f.sf(f, between, within))
    estimate = max(0.0, 1 - (residual / within) / (total / (between + within)))
    if np.isnan(f):  # no variance left within groups
        return EffectSize(method, n, n_strata, np.inf, 1.0, 1.0, np.nan, 1.0, 0.0)
    influence = (outer * residual / total - inner) * n / total
    usual = (1 - eta2) ** 2 * (4 * eta2 - 2 * eta2**2)
    stretch = float(np.sqrt(divide((influence**2).mean(), usual)))
    point = estimate / (1 - estimate) * n
    ends = widened(point, noncentral_interval(f, between, level, within), stretch)
    low, high = (end / (end + n) for end in ends)
    return EffectSize(
        method, n, n_strata, statistic, eta2, estimate, min(low, estimate), max(high, estimate), p
    )


def _means(y: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return (np.bincount(codes, y) / np.bincount(codes))[codes]
