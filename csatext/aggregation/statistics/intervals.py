"""Intervals of means, ratios and differences of rates; shrinkage."""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from csatext.inference import wilson

__all__ = [
    "Difference",
    "bootstrap_interval",
    "count_difference",
    "divide",
    "garwood",
    "mean_interval",
    "rate_difference",
    "shrink",
]

_LARGE = 500
_CHUNK = 4_000_000


def divide(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Divide; NaN where the divisor is 0.

    Parameters
    ----------
    a, b : array_like
        Of shapes that broadcast.

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> divide([1.0, 2.0], [0, 4]).tolist()
    [nan, 0.5]
    """
    divisor = np.asarray(b, dtype="float64")
    return np.asarray(a, dtype="float64") / np.where(divisor == 0, np.nan, divisor)


def garwood(events: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact interval of a Poisson mean of which ``events`` were counted.

    Parameters
    ----------
    events : array_like
        Counts.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    low, high : ndarray of float

    Notes
    -----
    Garwood (1936), Biometrika 28: quantiles of chi-square.

    Examples
    --------
    >>> [float(end[0].round(3)) for end in garwood([10])]
    [4.795, 18.39]
    """
    n, alpha = np.asarray(events, dtype="float64"), 1 - level
    low = np.where(n == 0, 0.0, stats.chi2.ppf(alpha / 2, 2 * n) / 2)
    return low, stats.chi2.ppf(1 - alpha / 2, 2 * n + 2) / 2


def mean_interval(
    value: ArrayLike, error: ArrayLike, units: ArrayLike, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of means or ratios by Student's t.

    Parameters
    ----------
    value, error, units : array_like
        Mean, its standard error, and the observations it is made of, of one shape.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    low, high : ndarray of float
        NaN where there are fewer than two observations.

    Notes
    -----
    Student (1908), Biometrika 6, 1-25; for ratios the error of the residuals, Cochran (1977), chapter 6.

    Examples
    --------
    >>> low, high = mean_interval([5.0], [1.0], [10])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (2.738, 7.262)
    """
    n = np.asarray(units, dtype="float64")
    half = stats.t.ppf(0.5 + level / 2, np.where(n > 1, n - 1, np.nan)) * np.asarray(error, dtype="float64")
    return np.asarray(value) - half, np.asarray(value) + half


def shrink(value: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the values shrunken towards the common mean, by their sampling variances.

    Parameters
    ----------
    value : ndarray of float, shape (n_cells,)
        Rate, mean or ratio of each cell; NaN for a cell without data.
    variance : ndarray of float, shape (n_cells,)
        Sampling variance of each value.

    Returns
    -------
    shrunken : ndarray of float, shape (n_cells,)
        Empirical-Bayes estimates; a cell without data gets the common mean.
    tau2 : float
        Between-cell variance in excess of the sampling variances.

    References
    ----------
    DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188, for ``tau2``; Morris (1983),
    Journal of the American Statistical Association 78, 47-55, for the estimates.

    Examples
    --------
    >>> shrunken, tau2 = shrink(np.array([0.0, 10.0]), np.array([1.0, 1.0]))
    >>> tau2, shrunken.round(3).tolist()
    (49.0, [0.1, 9.9])
    """
    known = np.isfinite(value) & np.isfinite(variance)
    if not known.any():
        return np.full(value.shape, np.nan), 0.0
    y, v = value[known], variance[known]
    if (v <= 0).any():  # without sampling variance there is nothing to shrink
        return value.astype("float64"), 0.0
    w = 1 / v
    mean = (w * y).sum() / w.sum()
    spread = (w * (y - mean) ** 2).sum() - (len(y) - 1)
    scale = w.sum() - (w**2).sum() / w.sum()
    tau2 = max(0.0, float(spread / scale)) if len(y) > 1 and scale > 0 else 0.0
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    shrunken = np.full(value.shape, mean)
    shrunken[known] = mean + tau2 / (v + tau2) * (y - mean)
    return shrunken, tau2


def bootstrap_interval(
    numerator: np.ndarray,
    denominator: np.ndarray,
    codes: np.ndarray,
    shown: np.ndarray,
    *,
    level: float = 0.95,
    n_boot: int = 1000,
    random_state: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of sum(numerator) / sum(denominator) in each cell, from resampled rows.

    Up to 500 rows: bias-corrected accelerated bootstrap (Efron 1987) at levels widened for small
    samples by ``sqrt(n / (n - 1))`` and Student's t (Hesterberg 2015). More rows: Student's
    t with the term for skewness (Johnson 1978), which agrees with it to second order. A cell whose rows
    are all alike has no estimate of its variance: the pooled variance within cells is used.

    Parameters
    ----------
    numerator, denominator : ndarray of float, shape (n_rows,)
        No NaN; a denominator of ones gives means.
    codes : ndarray of int, shape (n_rows,)
        Cell of each row.
    shown : ndarray of bool, shape (n_cells,)
        Cells wanted; the others get NaN.
    level : float, default 0.95
        Confidence level.
    n_boot : int, default 1000
        Number of resamples.
    random_state : int, default 0
        Seed. Cells of as many rows share their resamples, so that an interval does not depend on what
        other cells there are.

    Returns
    -------
    low, high : ndarray of float, shape (n_cells,)
        NaN where the denominator sums to 0.

    References
    ----------
    Efron (1987), JASA 82, 171-185. Johnson (1978), JASA 73, 536-544. Hesterberg (2015), The American
    Statistician 69, 371-386.

    Examples
    --------
    >>> minutes = np.array([3.0, 4, 5, 6, 7, 8])
    >>> low, high = bootstrap_interval(minutes, np.ones(6), np.zeros(6, int), np.array([True]))
    >>> bool(3 < low[0] < 5.5 < high[0] < 8)
    True
    """
    cells = len(shown)
    count = np.bincount(codes, minlength=cells)
    total = np.bincount(codes, denominator, minlength=cells)
    total = np.where(total == 0, np.nan, total)
    value = np.bincount(codes, numerator, minlength=cells) / total
    residual = numerator - value[codes] * denominator
    square = np.bincount(codes, residual**2, minlength=cells)
    cube = np.bincount(codes, residual**3, minlength=cells)
    # a sum of squares this small is rounding
    alike = square <= 1e-20 * np.bincount(codes, numerator**2, minlength=cells)
    degrees = np.maximum(count - 1, 1)
    se = np.sqrt(divide(count * square, degrees)) / total
    acceleration = divide(cube, 6 * square**1.5)
    quantile = stats.t.ppf(0.5 + level / 2, degrees)
    bend = acceleration * (1 + 2 * quantile**2)
    low, high = value + se * (bend - quantile), value + se * (bend + quantile)
    small = shown & (count <= _LARGE) & (count > 1) & ~alike & ~np.isnan(total)
    order = np.argsort(codes, kind="stable")
    # about the cell's value, so that resamples equal to it are distinguished from those next to it
    is_mean = bool((denominator == 1).all())
    rows, starts = (residual[order], denominator[order]), np.cumsum(count) - count
    for n in np.unique(count[small]):
        z = stats.t.ppf(0.5 + level / 2, n - 1) * np.sqrt(n / (n - 1))
        times = _resample_counts(int(n), n_boot, np.random.default_rng([random_state, n]))
        of_size = np.flatnonzero(small & (count == n))
        for part in np.array_split(of_size, -(-len(of_size) * n_boot // _CHUNK)):
            index = starts[part, None] + np.arange(n)
            weight = n if is_mean else rows[1][index] @ times
            off = divide(rows[0][index] @ times, weight)
            rounding = 1e-12 * n * np.abs(rows[0][index]).max(axis=1) / np.abs(total[part])
            ends = _bca(off, rounding, acceleration[part], z)
            low[part], high[part] = value[part] + ends[0], value[part] + ends[1]
    pooled = np.sqrt(count * divide(square[~alike].sum(), degrees[~alike].sum())) / total
    half = pooled * special.ndtri(0.5 + level / 2)
    low[alike], high[alike] = (value - half)[alike], (value + half)[alike]
    blank = ~shown | (count == 0) | ~(high > low)
    return np.where(blank, np.nan, low), np.where(blank, np.nan, high)


def _resample_counts(n: int, n_boot: int, rng: np.random.Generator) -> np.ndarray:
    """Return the number of times that each of n rows is in each resample, shape (n, n_boot)."""
    place = rng.integers(0, n, size=(n_boot, n)) + n * np.arange(n_boot)[:, None]
    return np.bincount(place.ravel(), minlength=n * n_boot).reshape(n_boot, n).T.astype("float64")


def _bca(
    off: np.ndarray, rounding: np.ndarray, acceleration: np.ndarray, z: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the BCa ends of resampled values less the cell's, shape (n_cells, n_boot).

    NaN are resamples lost; what is within ``rounding`` of 0 equals the cell's value.
    """
    ordered = np.sort(off, axis=1)
    kept = (~np.isnan(ordered)).sum(axis=1)
    near = rounding[:, None]
    below = ((ordered < -near).sum(axis=1) + (ordered <= near).sum(axis=1)) / 2
    bias = special.ndtri(np.clip(below / kept, 1 / kept, 1 - 1 / kept))
    ends = []
    for side in (-z, z):
        moved = bias + side
        at = special.ndtr(bias + moved / np.maximum(1 - acceleration * moved, 0.1)) * (kept - 1)
        before = np.floor(at).astype("int64")
        after = np.minimum(before + 1, kept - 1)
        start, end = (np.take_along_axis(ordered, i[:, None], axis=1)[:, 0] for i in (before, after))
        ends.append(start + (at - before) * (end - start))
    return ends[0], ends[1]


class Difference(NamedTuple):
    """``after - before`` and the ends of its interval; NaN where a denominator is 0."""

    value: float
    low: float
    high: float

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def rate_difference(
    before: tuple[float, float], after: tuple[float, float], level: float = 0.95
) -> Difference:
    """Compare two rates.

    Parameters
    ----------
    before, after : (float, float)
        Numerator and denominator.
    level : float, default 0.95

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10: joins the Wilson intervals.

    Examples
    --------
    >>> found = rate_difference((48, 80), (56, 70))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    events, n = (before[0], after[0]), (before[1], after[1])
    old, new = divide(events, n)
    low, high = wilson(events, n, level)
    value = float(new - old)
    return Difference(
        value, value - hypot(new - low[1], high[0] - old), value + hypot(high[1] - new, old - low[0])
    )


def count_difference(
    before: tuple[float, float], after: tuple[float, float], level: float = 0.95
) -> Difference:
    """Compare counts a period.

    Parameters
    ----------
    before, after : (float, float)
        Events, and the periods in which they were counted.
    level : float, default 0.95

    Notes
    -----
    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: joins the exact intervals of both
    counts (:func:`garwood`) as Newcombe joins those of rates.

    Examples
    --------
    >>> found = count_difference((40, 4), (40, 1))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (30.0, 18.02, 44.75)
    """
    periods = before[1], after[1]
    old, new = divide((before[0], after[0]), periods)
    low, high = (divide(end, periods) for end in garwood((before[0], after[0]), level))
    value = float(new - old)
    return Difference(
        value, value - hypot(new - low[1], high[0] - old), value + hypot(high[1] - new, old - low[0])
    )
