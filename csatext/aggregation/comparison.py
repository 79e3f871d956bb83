"""Tests of one cell against all other rows, many cells at once."""

from __future__ import annotations

import numpy as np
from scipy import stats

from csatext.aggregation.intervals import divide

__all__ = ["rate_test", "ratio_test"]


def rate_test(x: np.ndarray, n: np.ndarray, rest_x: np.ndarray, rest_n: np.ndarray) -> np.ndarray:
    """Return two-sided p values of equal rates in a cell and in the rest.

    The score test (pooled variance, no continuity correction: Pearson's chi-square) where every
    expected count is at least 5, else Fisher's exact test with the mid-p correction, the smaller tail
    doubled.

    Parameters
    ----------
    x, n : ndarray, shape (n_cells,)
        Successes and trials in the cell.
    rest_x, rest_n : ndarray, shape (n_cells,)
        Successes and trials elsewhere.

    Returns
    -------
    ndarray of float, shape (n_cells,)
        NaN where cell or rest is empty.

    References
    ----------
    Lancaster (1961), JASA 56, 223-234 (mid-p). Campbell (2007), Statistics in Medicine 26, 3661-3675,
    on small counts.

    Examples
    --------
    >>> rate_test(np.array([30]), np.array([100]), np.array([20]), np.array([100])).round(4).tolist()
    [0.1025]
    """
    x, n, rest_x, rest_n = (np.asarray(a, dtype="float64") for a in (x, n, rest_x, rest_n))
    p = np.full(x.shape, np.nan)
    total, hits = n + rest_n, x + rest_x
    tested = (n > 0) & (rest_n > 0)
    share = hits / np.where(tested, total, np.nan)
    least = np.minimum(n, rest_n) * np.minimum(share, 1 - share)
    large = tested & (least >= 5)
    difference = x[large] / n[large] - rest_x[large] / rest_n[large]
    variance = share[large] * (1 - share[large]) * (1 / n[large] + 1 / rest_n[large])
    p[large] = 2 * stats.norm.sf(np.abs(difference) / np.sqrt(variance))
    small = tested & ~(least >= 5)
    if small.any():
        # parametrised by its two smaller margins, so that the tails are short sums
        swap_n, swap_x = (n > rest_n)[small], (2 * hits > total)[small]
        drawn = np.minimum(n, rest_n)[small].astype("int64")
        marked = np.where(swap_x, total[small] - hits[small], hits[small]).astype("int64")
        cell = np.where(swap_n, rest_x[small], x[small])
        k = np.where(swap_x, drawn - cell, cell).astype("int64")
        whole = total[small].astype("int64")
        half = stats.hypergeom.pmf(k, whole, marked, drawn) / 2
        lower = stats.hypergeom.cdf(k, whole, marked, drawn) - half
        upper = stats.hypergeom.sf(k, whole, marked, drawn) + half
        p[small] = np.minimum(1, 2 * np.minimum(lower, upper))
    return p


def ratio_test(
    numerator: np.ndarray, denominator: np.ndarray, codes: np.ndarray, n_cells: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return p values of sum(numerator) / sum(denominator) in a cell against the rest, and variances.

    Welch's test, the variance of a ratio taken from its residuals (linearisation); with a denominator
    of ones it is Welch's t test of two means. A cell whose rows are all alike, or that has one row,
    gets the variance within all cells together.

    Parameters
    ----------
    numerator, denominator : ndarray of float, shape (n_rows,)
        No NaN.
    codes : ndarray of int, shape (n_rows,)
        Cell of each row.
    n_cells : int
        Number of cells.

    Returns
    -------
    p : ndarray of float, shape (n_cells,)
        NaN where cell or rest is empty, or nothing varies.
    variance : ndarray of float, shape (n_cells,)
        Variance of each cell's value by the variance within all cells together, for shrinkage.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35. Cochran (1977), Sampling Techniques, section 2.11 (ratios).

    Examples
    --------
    >>> p, _ = ratio_test(np.array([1.0, 2, 3, 4, 6, 8]), np.ones(6), np.array([0, 0, 0, 1, 1, 1]), 2)
    >>> p.round(4).tolist()
    [0.0548, 0.0548]
    """
    overall = numerator.sum() / denominator.sum() if denominator.sum() else 0.0
    # about the overall ratio, so that the sums of squares below lose no digits
    shifted = numerator - overall * denominator
    parts = (np.ones(len(codes)), shifted, denominator, shifted**2, shifted * denominator, denominator**2)
    cell = np.array([np.bincount(codes, part, minlength=n_cells) for part in parts])
    rest = cell.sum(axis=1, keepdims=True) - cell
    value, squares = _ratio(cell)
    within = squares.sum() / max(cell[0].sum() - (cell[0] > 0).sum(), 1)
    floor = 1e-20 * cell[3].sum()
    variances, degrees = [], []
    for sums in (cell, rest):
        n, spread = sums[0], _ratio(sums)[1]
        alike = (spread <= floor) | (n < 2)
        base = np.where(alike, within, spread / np.maximum(n - 1, 1))
        variances.append(divide(n * base, sums[2] ** 2))
        degrees.append(np.where(alike, np.maximum(cell[0].sum() - n_cells, 1), np.maximum(n - 1, 1)))
    error = variances[0] + variances[1]
    t = divide(value - _ratio(rest)[0], np.sqrt(error))
    freedom = divide(error**2, variances[0] ** 2 / degrees[0] + variances[1] ** 2 / degrees[1])
    return 2 * stats.t.sf(np.abs(t), freedom), divide(cell[0] * within, cell[2] ** 2)


def _ratio(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ratio and sum of squared residuals from (n, a, b, aa, ab, bb), one column a cell."""
    value = divide(sums[1], sums[2])
    squares = sums[3] - 2 * value * sums[4] + value**2 * sums[5]
    return value, np.nan_to_num(np.maximum(squares, 0))
