"""Kaplan-Meier: how long until it happens, where some were still waiting when the data end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["Survival", "kaplan_meier", "median"]

Array = npt.NDArray[np.float64]


class Survival(NamedTuple):
    """Survival function at each distinct time.

    Attributes
    ----------
    times, at_risk, events : arrays
        Distinct times, how many were still there just before, how many events at it.
    value, low, high : arrays
        Part that is still there after it, and its interval.
    hazard_variance : array
        Terms of Greenwood's sum: events / (at risk * (at risk - events)).
    """

    times: Array
    at_risk: Array
    events: Array
    value: Array
    low: Array
    high: Array
    hazard_variance: Array


def kaplan_meier(durations: Array, happened: Array, level: float = 0.95) -> Survival:
    """Return the survival function of durations, those that had not ended being censored.

    Parameters
    ----------
    durations : array of float
        Not negative, no NaN.
    happened : array of float or bool
        Whether the duration ended with the event; else it is censored at its end.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    Survival

    References
    ----------
    Kaplan and Meier (1958), JASA 53, 457-481. Variance: Greenwood (1926). Intervals of log(-log S):
    Kalbfleisch and Prentice (1980), section 1.3.

    Examples
    --------
    >>> kaplan_meier(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 1, 0, 1])).value.tolist()
    [0.75, 0.5, 0.0]
    """
    times, place = np.unique(durations, return_inverse=True)
    size = len(times)
    events = np.bincount(place, np.asarray(happened, dtype="float64"), minlength=size).astype("float64")
    leaves = np.bincount(place, minlength=size)
    at_risk = (len(durations) - np.append(0, np.cumsum(leaves)[:-1])[:size]).astype("float64")
    value = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
        spread = np.sqrt(np.cumsum(terms)) / np.log(value)
        z = special.ndtri(0.5 + level / 2)
        low, high = value ** np.exp(-z * spread), value ** np.exp(z * spread)
    inside = (value > 0) & (value < 1)
    low = np.where(inside, low, np.where(value == 1, 1.0, 0.0))
    high = np.where(inside, high, np.where(value == 1, 1.0, 0.0))
    return Survival(times, at_risk, events, value, np.minimum(low, high), np.maximum(low, high), terms)


def median(found: Survival, share: float = 0.5) -> tuple[float, float, float]:
    """Return the median (or another quantile) and its interval; NaN where it is not reached.

    References
    ----------
    Brookmeyer and Crowley (1982), Biometrics 38, 29-41.

    Examples
    --------
    >>> median(kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4)))[0]
    2.0
    """

    def reached(curve: Array) -> float:
        # products of fractions are off by the last bits
        below = np.flatnonzero(curve <= share + 1e-12)
        return float(found.times[below[0]]) if len(below) else float("nan")

    return reached(found.value), reached(found.low), reached(found.high)
