"""Effect size of an association, and confidence intervals of noncentrality parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

__all__ = ["EffectSize", "noncentral_interval", "widened"]


class EffectSize(NamedTuple):
    """Effect size of the association of two columns.

    Attributes
    ----------
    method : str
        Name of the measure.
    n : int
        Rows used.
    strata : int
        Strata used.
    statistic, uncorrected, estimate, low, high, p : float
        As in the table ``association``.
    """

    method: str
    n: int
    strata: int
    statistic: float = np.nan
    uncorrected: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan


def noncentral_interval(
    statistic: float, df: float, level: float, df_within: float | None = None
) -> tuple[float, float]:
    """Return the interval of the noncentrality of an observed chi-square or F.

    Parameters
    ----------
    statistic : float
        Chi-square, or F where ``df_within`` is given.
    df : float
        Degrees of freedom (between).
    level : float
        Confidence level.
    df_within : float, optional
        Degrees of freedom within groups, for F.

    Returns
    -------
    low, high : float
        0 where the statistic is not above its expectation without association.

    References
    ----------
    Smithson (2003), Confidence Intervals (Sage), chapters 4 and 5: inversion of the noncentral
    distribution. Severo and Zelen (1960), Biometrika 47, 411-416: its approximation, where the series
    fails.

    Examples
    --------
    >>> low, high = noncentral_interval(14.0, 4, 0.95)
    >>> round(low, 3), round(high, 3)
    (1.135, 28.789)
    """

    def below(noncentrality: float) -> float:
        if df_within is None:
            return float(special.chndtr(statistic, df, noncentrality))
        exact = float(special.ncfdtr(df, df_within, noncentrality, statistic))
        # the series does not end for some large noncentralities
        return _near_f(df, df_within, noncentrality, statistic) if np.isnan(exact) else exact

    tail = (1 - level) / 2
    return _root(below, 1 - tail, statistic * df), _root(below, tail, statistic * df)


def widened(point: float, ends: tuple[float, float], factor: float) -> tuple[float, float]:
    """Return an interval widened about its point by a factor of at least 1, not below 0.

    Noncentral distributions hold for weak association; where the data's own variance (delta method)
    is larger, their interval is stretched to it.

    Parameters
    ----------
    point : float
        Where the interval is held.
    ends : tuple of float
        Its ends.
    factor : float
        Ratio of standard errors; below 1 or NaN nothing is done.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> widened(10.0, (6.0, 16.0), 1.5)
    (4.0, 19.0)
    """
    factor = factor if factor > 1 else 1.0
    return max(0.0, point - (point - ends[0]) * factor), max(0.0, point + (ends[1] - point) * factor)


def _near_f(df: float, df_within: float, noncentrality: float, f: float) -> float:
    root = (df * f / (df + noncentrality)) ** (1 / 3)
    above = 2 / 9 * (df + 2 * noncentrality) / (df + noncentrality) ** 2
    under = 2 / (9 * df_within)
    return float(special.ndtr((root * (1 - under) - (1 - above)) / np.sqrt(above + under * root**2)))


def _root(below: Callable[[float], float], wanted: float, start: float) -> float:
    if below(0.0) <= wanted:
        return 0.0
    upper = max(start, 1.0)
    while below(upper) > wanted:
        upper *= 2
    return float(optimize.brentq(lambda value: below(value) - wanted, 0.0, upper, xtol=1e-9 * upper))
