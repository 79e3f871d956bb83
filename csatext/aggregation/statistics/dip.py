"""Hartigan's dip statistic: distance of a sample from the nearest unimodal distribution."""

from __future__ import annotations

import numpy as np

__all__ = ["PROBABILITIES", "QUANTILES", "SIZES", "dip_p_value", "dip_statistic", "spread_ties"]

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
    """Return the p value of a dip: probability of a larger one in a uniform sample of this size.

    The uniform is the least favourable of all distributions with one peak, so that the test is
    conservative for bell-shaped ones. Quantiles of ``sqrt(n) * dip`` come from simulation
    (:mod:`csatext.aggregation.statistics.dip`), sizes between are interpolated on the logarithm of n; beyond
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
    """Return tied values spread evenly over their step, so that a scale of few steps is a histogram.

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


# fmt: off
PROBABILITIES = np.array([
    0.0100, 0.0500, 0.1000, 0.2000, 0.3000, 0.4000, 0.5000, 0.6000, 0.7000,
    0.8000, 0.9000, 0.9500, 0.9800, 0.9900, 0.9950, 0.9980, 0.9990, 0.9995,
])
"""Probabilities of the columns of :data:`QUANTILES`."""

_ROWS = {
    4: [
        0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2654,
        0.3147, 0.3760, 0.4152, 0.4477, 0.4641, 0.4755, 0.4845, 0.4895, 0.4923,
    ],
    5: [
        0.2236, 0.2236, 0.2236, 0.2236, 0.2236, 0.2435, 0.2723, 0.3003, 0.3296,
        0.3603, 0.3951, 0.4168, 0.4326, 0.4392, 0.4431, 0.4454, 0.4461, 0.4466,
    ],
    6: [
        0.2041, 0.2041, 0.2041, 0.2264, 0.2546, 0.2790, 0.3014, 0.3229, 0.3440,
        0.3659, 0.3897, 0.4036, 0.4400, 0.4728, 0.4980, 0.5245, 0.5412, 0.5538,
    ],
    7: [
        0.1890, 0.1922, 0.2168, 0.2492, 0.2731, 0.2933, 0.3116, 0.3286, 0.3450,
        0.3617, 0.3819, 0.4227, 0.4628, 0.4879, 0.5054, 0.5256, 0.5366, 0.5440,
    ],
    8: [
        0.1768, 0.2086, 0.2318, 0.2610, 0.2822, 0.2992, 0.3143, 0.3281, 0.3411,
        0.3548, 0.4005, 0.4351, 0.4692, 0.4887, 0.5052, 0.5250, 0.5450, 0.5639,
    ],
    9: [
        0.1846, 0.2197, 0.2408, 0.2667, 0.2849, 0.2995, 0.3123, 0.3240, 0.3373,
        0.3683, 0.4086, 0.4394, 0.4711, 0.4925, 0.5188, 0.5445, 0.5625, 0.5765,
    ],
    10: [
        0.1930, 0.2277, 0.2466, 0.2697, 0.2856, 0.2982, 0.3090, 0.3228, 0.3472,
        0.3751, 0.4127, 0.4414, 0.4766, 0.5045, 0.5255, 0.5532, 0.5690, 0.5830,
    ],
    12: [
        0.2038, 0.2341, 0.2503, 0.2691, 0.2818, 0.2957, 0.3154, 0.3353, 0.3565,
        0.3808, 0.4153, 0.4496, 0.4872, 0.5126, 0.5334, 0.5612, 0.5836, 0.6006,
    ],
    15: [
        0.2114, 0.2362, 0.2489, 0.2682, 0.2886, 0.3064, 0.3236, 0.3412, 0.3607,
        0.3861, 0.4257, 0.4587, 0.4984, 0.5265, 0.5523, 0.5799, 0.5988, 0.6169,
    ],
    20: [
        0.2122, 0.2356, 0.2540, 0.2775, 0.2955, 0.3114, 0.3278, 0.3470, 0.3687,
        0.3951, 0.4351, 0.4700, 0.5108, 0.5384, 0.5645, 0.5945, 0.6151, 0.6376,
    ],
    30: [
        0.2172, 0.2436, 0.2595, 0.2824, 0.3012, 0.3188, 0.3365, 0.3553, 0.3770,
        0.4043, 0.4466, 0.4837, 0.5269, 0.5570, 0.5857, 0.6175, 0.6426, 0.6707,
    ],
    50: [
        0.2223, 0.2499, 0.2671, 0.2906, 0.3098, 0.3276, 0.3458, 0.3652, 0.3878,
        0.4161, 0.4587, 0.4966, 0.5407, 0.5713, 0.5997, 0.6360, 0.6608, 0.6856,
    ],
    100: [
        0.2280, 0.2564, 0.2742, 0.2983, 0.3182, 0.3368, 0.3554, 0.3758, 0.3991,
        0.4281, 0.4724, 0.5118, 0.5588, 0.5932, 0.6224, 0.6598, 0.6881, 0.7193,
    ],
    200: [
        0.2331, 0.2619, 0.2799, 0.3046, 0.3242, 0.3427, 0.3615, 0.3822, 0.4060,
        0.4363, 0.4811, 0.5221, 0.5704, 0.6036, 0.6367, 0.6787, 0.7045, 0.7352,
    ],
    500: [
        0.2371, 0.2666, 0.2847, 0.3095, 0.3303, 0.3489, 0.3679, 0.3883, 0.4127,
        0.4434, 0.4897, 0.5308, 0.5809, 0.6160, 0.6487, 0.6905, 0.7210, 0.7546,
    ],
    1000: [
        0.2401, 0.2694, 0.2881, 0.3131, 0.3332, 0.3522, 0.3714, 0.3927, 0.4168,
        0.4475, 0.4950, 0.5356, 0.5855, 0.6198, 0.6507, 0.6923, 0.7231, 0.7473,
    ],
    2000: [
        0.2423, 0.2711, 0.2893, 0.3144, 0.3351, 0.3545, 0.3740, 0.3951, 0.4192,
        0.4498, 0.4957, 0.5388, 0.5876, 0.6224, 0.6565, 0.7007, 0.7273, 0.7660,
    ],
    5000: [
        0.2444, 0.2737, 0.2911, 0.3162, 0.3366, 0.3560, 0.3754, 0.3970, 0.4215,
        0.4528, 0.4992, 0.5426, 0.5927, 0.6259, 0.6613, 0.7071, 0.7445, 0.7607,
    ],
    10000: [
        0.2457, 0.2742, 0.2922, 0.3179, 0.3384, 0.3573, 0.3768, 0.3985, 0.4226,
        0.4536, 0.5000, 0.5423, 0.5910, 0.6254, 0.6560, 0.6984, 0.7240, 0.7451,
    ],
}
# fmt: on

SIZES = np.array(list(_ROWS))
"""Sample sizes of the rows of :data:`QUANTILES`."""

QUANTILES = np.array(list(_ROWS.values()))
"""Quantiles of ``sqrt(n) * dip``, shape (sizes, probabilities)."""
