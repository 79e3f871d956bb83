"""Inference that every station needs: alpha and level, Wilson's interval, false discovery rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from csatext.errors import ParameterError

__all__ = ["ALPHA", "benjamini_hochberg", "check_alpha", "check_level", "wilson"]

ALPHA = 0.05
"""The usual error rate (chosen): what the report calls significant."""
_MOST_ALPHA = 0.5
"""An error rate above one half, or a coverage below it, is the other one written by mistake."""


def check_alpha(alpha: object, argument: str = "alpha") -> float:
    """Return an error rate: the probability of a report where nothing is, above 0 and at most .5.

    Parameters
    ----------
    alpha : float
        Error rate; its counterpart for intervals is :func:`check_level`.
    argument : str, default "alpha"
        Name of the argument, for the message.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        It is no number, or lies outside.

    Examples
    --------
    >>> check_alpha(0.05)
    0.05
    """
    number = _number(alpha, argument, "0 与 0.5 之间的数（误报率），例如 0.05")
    if not 0 < number <= _MOST_ALPHA:
        raise ParameterError.not_an_error_rate(argument, alpha)
    return number


def check_level(level: object, argument: str = "level") -> float:
    """Return the coverage of an interval, which is at least .5 and below 1.

    Parameters
    ----------
    level : float
        Probability that the interval holds the true value.
    argument : str, default "level"
        Name of the argument, for the message.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        It is no number, or lies outside.

    Examples
    --------
    >>> check_level(0.95)
    0.95
    """
    number = _number(level, argument, "0.5 与 1 之间的数（区间的置信水平），例如 0.95")
    if not 1 - _MOST_ALPHA <= number < 1:
        raise ParameterError.not_a_coverage(argument, level)
    return number


def _number(given: object, argument: str, wanted: str) -> float:
    if isinstance(given, (bool, np.bool_)) or not isinstance(given, (int, float, np.number)):
        raise ParameterError.wrong_type(argument, given, wanted)
    return float(given)


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    successes, trials : array_like
        Counts, of one shape.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    low, high : ndarray of float
        NaN where there are no trials.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> low, high = wilson([3], [10])
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.1078, 0.6032)
    """
    x, n = np.asarray(successes, dtype="float64"), np.asarray(trials, dtype="float64")
    z2 = special.ndtri(0.5 + level / 2) ** 2
    n = np.where(n > 0, n, np.nan)
    rate = x / n
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # rounding must not leave an end a hair inside the possible values 0 and 1
    low = np.where(x == 0, 0.0 * n, np.clip(middle - half, 0, 1))
    high = np.where(x == n, 1.0, np.clip(middle + half, 0, 1))
    return low, high


def benjamini_hochberg(p: ArrayLike) -> np.ndarray:
    """Return p values corrected for the false discovery rate; NaN stays NaN and does not count.

    Parameters
    ----------
    p : array_like of float
        P values.

    Returns
    -------
    ndarray of float

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, float("nan"), 0.04, 0.03]).round(3).tolist()
    [0.03, nan, 0.04, 0.04]
    """
    given = np.asarray(p, dtype="float64")
    q = np.full(given.shape, np.nan)
    known = ~np.isnan(given)
    if known.any():
        q[known] = stats.false_discovery_control(given[known], method="bh")
    return q
