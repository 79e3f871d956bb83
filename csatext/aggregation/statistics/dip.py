"""Hartigan's dip: how far a sample is from every distribution with one peak."""

from __future__ import annotations

import numpy as np

from csatext.aggregation.dip_null import PROBABILITIES, QUANTILES, SIZES

__all__ = ["dip_p_value", "dip_statistic", "spread_ties"]

_MAX_POINTS = 10_000
_PASSES = 20


def dip_statistic(values: np.ndarray) -> float:
    """Return the dip of a sample.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        No NaN. Beyond 10,000 values as many evenly spaced order statistics stand in; the error is below
        1/10,000.

    Returns
    -------
    float
        Largest distance of the empirical distribution from the nearest unimodal one, between 1/(2n)
        and 1/4; NaN without values.

    References
    ----------
    Hartigan and Hartigan (1985), Annals of Statistics 13, 70-84, section 4: the modal interval is
    narrowed until greatest convex minorant and least concave majorant are nearer than the dip found.

    Examples
    --------
    >>> round(dip_statistic(np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])), 4)
    0.2
    """
    n = len(values)
    if n == 0:
        return float("nan")
    ordered = np.sort(values)
    if n > _MAX_POINTS:
        ordered = ordered[np.linspace(0, n - 1, _MAX_POINTS).round().astype("int64")]
    x, counts = np.unique(ordered, return_counts=True)
    upper = np.cumsum(counts) / len(ordered)
    lower = upper - counts / len(ordered)
    floor = 1 / len(ordered)
    # thinning makes steps of 1/10,000 that the sample does not have
    excess = 1 / len(ordered) - 1 / n
    return (_narrow(x, lower, upper, floor) - excess) / 2


def dip_p_value(dip: float, n: int) -> float:
    """Return the p value of a dip: chance of a larger one in a uniform sample of this size.

    The uniform is the least favourable of all distributions with one peak, so that the test is
    conservative for bell-shaped ones. Quantiles of ``sqrt(n) * dip`` come from simulation
    (:mod:`csatext.aggregation.dip_null`), sizes between are interpolated on the logarithm of n; beyond
    the last quantile the logarithm of p goes on linearly.

    Parameters
    ----------
    dip : float
        Statistic.
    n : int
        Sample size.

    Returns
    -------
    float
        NaN below 4 values.

    Examples
    --------
    >>> dip_p_value(0.2, 100) < 0.001 < 0.9 < dip_p_value(0.02, 100)
    True
    """
    if n < SIZES[0]:
        return float("nan")
    at = np.interp(np.log(n), np.log(SIZES), np.arange(len(SIZES)))
    below = min(int(at), len(SIZES) - 2)
    quantiles = QUANTILES[below] + (at - below) * (QUANTILES[below + 1] - QUANTILES[below])
    scaled, logs = np.sqrt(n) * dip, np.log1p(-PROBABILITIES)
    if scaled > quantiles[-1]:
        slope = (logs[-1] - logs[-4]) / (quantiles[-1] - quantiles[-4])
        return float(np.exp(logs[-1] + slope * (scaled - quantiles[-1])))
    return float(np.exp(np.interp(scaled, quantiles, logs, left=0.0)))


def spread_ties(values: np.ndarray) -> np.ndarray:
    """Spread equal values evenly over their step, so that a scale of few steps reads as a histogram.

    The dip takes each step of a scale for a peak. A value of a scale (1 to 5 points, whole seconds)
    stands for an interval as wide as the smallest step; the sample is unimodal if its histogram is.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        No NaN.

    Returns
    -------
    ndarray of float, shape (n,)
        Sorted; unchanged values where none are equal.

    Examples
    --------
    >>> spread_ties(np.array([1.0, 2.0, 2.0])).tolist()
    [1.0, 1.75, 2.25]
    """
    ordered = np.sort(values)
    distinct, first, counts = np.unique(ordered, return_index=True, return_counts=True)
    if len(distinct) in (1, len(ordered)):
        return ordered
    width = np.diff(distinct).min()
    place = np.arange(len(ordered)) - np.repeat(first, counts)
    size = np.repeat(counts, counts)
    return ordered + width * ((place + 0.5) / size - 0.5)


def _narrow(x: np.ndarray, lower: np.ndarray, upper: np.ndarray, dip: float) -> float:
    """Return twice the dip of the steps from ``lower`` to ``upper`` at ``x``."""
    low, high = 0, len(x) - 1
    while low < high:
        part = slice(low, high + 1)
        under = _hull(x[part], lower[part], 1) + low
        over = _hull(x[part], upper[part], -1) + low
        minorant = np.interp(x[part], x[under], lower[under])
        majorant = np.interp(x[part], x[over], upper[over])
        corners = np.union1d(under, over)
        gap = (majorant - minorant)[corners - low]
        widest = corners[int(np.argmax(gap))]
        if gap.max() <= dip:
            break
        # the modal interval shrinks to the corners about the widest gap
        start = under[np.searchsorted(under, widest, side="right") - 1]
        end = over[np.searchsorted(over, widest, side="left")]
        # the mode may hold an atom: the far corners of its two ends do not count
        left, right = (upper[part] - minorant)[: start - low], (majorant - lower[part])[end - low + 1 :]
        dip = max(dip, float(left.max(initial=0)), float(right.max(initial=0)))
        if (start, end) == (low, high):
            break
        low, high = int(start), int(end)
    return dip


def _hull(x: np.ndarray, y: np.ndarray, sign: int) -> np.ndarray:
    """Return the corners of the lower (sign 1) or upper (-1) hull of points sorted by x."""
    y = sign * y
    kept = np.arange(len(x))
    # A point on or above the line between two others is no corner: neighbours sort out most, all at once.
    for _ in range(_PASSES):
        width, height = np.diff(x[kept]), np.diff(y[kept])
        corner = height[:-1] * width[1:] < height[1:] * width[:-1]
        if corner.all():
            return kept
        kept = kept[np.concatenate([[True], corner, [True]])]
    xs, ys = x[kept].tolist(), y[kept].tolist()
    corners: list[int] = []
    for i in range(len(xs)):
        while len(corners) > 1:
            a, b = corners[-2], corners[-1]
            if (ys[b] - ys[a]) * (xs[i] - xs[b]) < (ys[i] - ys[b]) * (xs[b] - xs[a]):
                break
            corners.pop()
        corners.append(i)
    return kept[corners]
