"""Tests of one cell against all other rows, many cells at once."""

from __future__ import annotations

import numpy as np
from scipy import stats

from csatext.aggregation.statistics.intervals import divide
from csatext.aggregation.statistics.permutation import permutation_p_value

__all__ = ["rate_test", "ratio_test"]

_ASK = 0.2


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
        sample_size = np.minimum(n, rest_n)[small].astype("int64")
        marked = np.where(swap_x, total[small] - hits[small], hits[small]).astype("int64")
        cell = np.where(swap_n, rest_x[small], x[small])
        k = np.where(swap_x, sample_size - cell, cell).astype("int64")
        whole = total[small].astype("int64")
        half = stats.hypergeom.pmf(k, whole, marked, sample_size) / 2
        lower = stats.hypergeom.cdf(k, whole, marked, sample_size) - half
        upper = stats.hypergeom.sf(k, whole, marked, sample_size) + half
        p[small] = np.minimum(1, 2 * np.minimum(lower, upper))
    return p


def ratio_test(
    numerator: np.ndarray, denominator: np.ndarray, codes: np.ndarray, shown: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return p values of sum(numerator) / sum(denominator) in a cell against the rest, and variances.

    The larger of two p values, since each test alone finds too much in one of two situations that
    handling times are in: Welch's t with Hall's transformation for skewness allows unequal spread, a
    permutation test allows heavy tails. A denominator of ones gives means; the variance of a ratio is
    that of its residuals (linearisation). A cell whose rows are all alike, or that has one row, gets
    the variance within all cells together.

    Parameters
    ----------
    numerator, denominator : ndarray of float, shape (n_rows,)
        No NaN.
    codes : ndarray of int, shape (n_rows,)
        Cell of each row.
    shown : ndarray of bool, shape (n_cells,)
        Cells wanted; the others get p NaN.

    Returns
    -------
    p : ndarray of float, shape (n_cells,)
        NaN where cell or rest is empty, or nothing varies. Where the first test gives .2 or more the
        second is not asked.
    variance : ndarray of float, shape (n_cells,)
        Variance of each cell's value by the variance within all cells together, for shrinkage.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35. Hall (1992), Journal of the Royal Statistical Society B 54,
    221-228. Cochran (1977), Sampling Techniques, section 2.11 (ratios). The permutation test:
    :mod:`csatext.aggregation.statistics.permutation`.

    Examples
    --------
    >>> y, codes = np.array([1.0, 2, 3, 4, 6, 8]), np.array([0, 0, 0, 1, 1, 1])
    >>> p, _ = ratio_test(y, np.ones(6), codes, np.array([True, True]))
    >>> p.round(3).tolist()
    [0.055, 0.071]
    """
    n_cells = len(shown)
    overall = numerator.sum() / denominator.sum() if denominator.sum() else 0.0
    # about the overall ratio, so that the sums of squares below lose no digits
    deviation = numerator - overall * denominator
    powers = [(2 - k, k) for k in range(3)] + [(3 - k, k) for k in range(4)]
    parts = [np.ones(len(codes)), deviation, denominator, *(deviation**i * denominator**j for i, j in powers)]
    cell = np.array([np.bincount(codes, part, minlength=n_cells) for part in parts])
    rest = cell.sum(axis=1, keepdims=True) - cell
    value, squares, _ = _ratio(cell)
    within = squares.sum() / max(cell[0].sum() - (cell[0] > 0).sum(), 1)
    floor = 1e-20 * cell[3].sum()
    variances, degrees, cubes = [], [], []
    for sums in (cell, rest):
        n, (_, spread, cube) = sums[0], _ratio(sums)
        alike = (spread <= floor) | (n < 2)
        base = np.where(alike, within, spread / np.maximum(n - 1, 1))
        variances.append(divide(n * base, sums[2] ** 2))
        cubes.append(np.where(alike, 0.0, divide(cube, sums[2] ** 3)))
        degrees.append(np.where(alike, np.maximum(cell[0].sum() - n_cells, 1), np.maximum(n - 1, 1)))
    error = variances[0] + variances[1]
    t = divide(value - _ratio(rest)[0], np.sqrt(error))
    skew = divide(cubes[0] - cubes[1], error**1.5)
    bent = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
    freedom = divide(error**2, variances[0] ** 2 / degrees[0] + variances[1] ** 2 / degrees[1])
    p = np.where(shown, 2 * stats.t.sf(np.abs(bent), freedom), np.nan)
    asked = p < _ASK
    means = divide(cell[1], cell[0])
    p[asked] = np.fmax(p[asked], permutation_p_value(deviation, means[asked], cell[0][asked]))
    return p, divide(cell[0] * within, cell[2] ** 2)


def _ratio(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ratio and sums of squared and cubed residuals from (n, a, b, aa, ab, bb, aaa, .., bbb)."""
    value = divide(sums[1], sums[2])
    squares = sums[3] - 2 * value * sums[4] + value**2 * sums[5]
    cubes = sums[6] - 3 * value * sums[7] + 3 * value**2 * sums[8] - value**3 * sums[9]
    return value, np.nan_to_num(np.maximum(squares, 0)), cubes
