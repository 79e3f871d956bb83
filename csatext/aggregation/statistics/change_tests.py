"""Tests of two samples whose days differ by more than chance: rates, means, daily amounts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from csatext.aggregation.statistics.cell_tests import rate_test, ratio_test
from csatext.aggregation.statistics.intervals import divide
from csatext.inference import wilson

__all__ = ["LEAST_DAYS", "Compared", "DailySums", "daily_change", "mean_change", "rate_change"]

Array = npt.NDArray[np.float64]

LEAST_DAYS = 5
"""Days on either side from which on their spread is estimated (chosen)."""


class DailySums(NamedTuple):
    """Sums of one side by day and item.

    Attributes
    ----------
    top, bottom : ndarray, shape (n_days + 1, n_items)
        Numerator and denominator of each day; the last row has what is without a day.
    """

    top: Array
    bottom: Array

    @property
    def n_days(self) -> int:
        """Days that are there."""
        return len(self.top) - 1


class Compared(NamedTuple):
    """What changed, item by item; NaN where a side has no denominator."""

    before: Array
    after: Array
    low: Array
    high: Array
    p: Array


def rate_change(old: DailySums, new: DailySums, level: float = 0.95) -> Compared:
    """Compare rates: score or exact test of contacts, or test of days, whichever finds less.

    Parameters
    ----------
    old, new : DailySums
        Sums of flags.
    level : float, default 0.95
        Coverage of the interval of ``after - before``.

    Notes
    -----
    Newcombe's interval (1998) of contacts, widened to that of days where this is longer; days as sampling
    units: linearised variance of a ratio, Cochran (1977), section 6.

    Examples
    --------
    >>> days = np.array([[1.0], [2], [1], [2], [1], [2], [0]]), np.array([[10.0]] * 6 + [[0]])
    >>> twice = DailySums(2 * days[0], days[1])
    >>> found = rate_change(DailySums(*days), twice)
    >>> found.before.tolist(), found.after.tolist(), found.p.round(4).tolist()
    ([0.15], [0.3], [0.0491])
    """
    x, n = (np.array([side.top.sum(axis=0), side.bottom.sum(axis=0)]) for side in (old, new))
    low, high = (wilson(side[0], side[1], level) for side in (x, n))
    before, after = divide(x[0], x[1]), divide(n[0], n[1])
    p = rate_test(n[0], n[1], x[0], x[1])
    change = after - before
    ends = (
        change - np.hypot(after - high[0], low[1] - before),
        change + np.hypot(high[1] - after, before - low[0]),
    )
    return _with_days(Compared(before, after, *ends, p), old, new, level)


def mean_change(
    top: tuple[Array, Array], bottom: tuple[Array, Array], old: DailySums, new: DailySums, level: float = 0.95
) -> Compared:
    """Compare a mean or ratio: test of contacts, or of days, whichever finds less.

    Parameters
    ----------
    top, bottom : (ndarray, ndarray)
        Numerator and denominator of each contact before and after; no NaN.
    old, new : DailySums
        Their sums by day, one item.
    level : float, default 0.95

    Notes
    -----
    Contacts: :func:`csatext.aggregation.statistics.cell_tests.ratio_test`.

    Examples
    --------
    >>> one, two = np.array([1.0, 2, 3, 4]), np.array([5.0, 6, 7, 8])
    >>> nothing = DailySums(np.zeros((1, 1)), np.zeros((1, 1)))
    >>> found = mean_change((one, two), (np.ones(4), np.ones(4)), nothing, nothing)
    >>> found.before.tolist(), found.after.tolist(), bool(found.low[0] > 0)
    ([2.5], [6.5], True)
    """
    codes = np.repeat([0, 1], [len(top[0]), len(top[1])])
    p, _ = ratio_test(np.concatenate(top), np.concatenate(bottom), codes, np.array([True, True]))
    value = np.array([divide(part.sum(), whole.sum()) for part, whole in zip(top, bottom, strict=True)])
    old_spread, new_spread = (
        _spread(part[:, None], whole[:, None]) for part, whole in zip(top, bottom, strict=True)
    )
    half = _half(old_spread, new_spread, level)[0]
    change = value[1:] - value[:1]
    return _with_days(Compared(value[:1], value[1:], change - half, change + half, p[1:]), old, new, level)


def daily_change(old: DailySums, new: DailySums, *, is_count: bool = True, level: float = 0.95) -> Compared:
    """Compare amounts a day: Welch's test of days, or that of Poisson counts, whichever finds less.

    Parameters
    ----------
    old, new : DailySums
        Amounts by day in ``top``; days without any are there with 0.
    is_count : bool, default True
        Whether they are counts, which vary at least as Poisson's do.
    level : float, default 0.95

    Examples
    --------
    >>> old, new = (np.array([[5.0], [7], [6], [5], [7], [6], [0]]) * times for times in (1, 2))
    >>> found = daily_change(DailySums(old, old), DailySums(new, new))
    >>> found.before.tolist(), found.after.tolist(), bool(found.p[0] < 0.01)
    ([6.0], [12.0], True)
    """
    days = [max(side.n_days, 1) for side in (old, new)]
    sums = [side.top[: side.n_days].sum(axis=0) for side in (old, new)]
    before, after = sums[0] / days[0], sums[1] / days[1]
    nothing = np.full(len(before), np.nan)
    ones = [DailySums(side.top, np.ones_like(side.top)) for side in (old, new)]
    found = _with_days(Compared(before, after, nothing, nothing, nothing), ones[0], ones[1], level)
    if is_count:
        error = np.sqrt((sums[0] + sums[1]) / sum(days) * (1 / days[0] + 1 / days[1]))
        found = found._replace(p=np.fmax(found.p, 2 * stats.norm.sf(np.abs(divide(after - before, error)))))
    return found


def _with_days(found: Compared, old: DailySums, new: DailySums, level: float) -> Compared:
    """Return a comparison with the larger p and the longer interval of contacts and of days."""
    if min(old.n_days, new.n_days) < LEAST_DAYS:
        return found
    spreads = tuple(_spread(side.top[:-1], side.bottom[:-1]) for side in (old, new))
    half, error, freedom = _half(spreads[0], spreads[1], level)
    change = found.after - found.before
    p = 2 * stats.t.sf(np.abs(divide(change, error)), freedom)
    return found._replace(
        low=np.fmin(found.low, change - half),
        high=np.fmax(found.high, change + half),
        p=np.where(np.isnan(found.before + found.after), np.nan, np.fmax(found.p, p)),
    )


def _spread(top: Array, bottom: Array) -> tuple[Array, int]:
    """Return the variance of each ratio of sums, with rows as sampling units, and their number."""
    n, whole = len(top), bottom.sum(axis=0)
    residual = top - divide(top.sum(axis=0), whole) * bottom
    return divide(n * (residual**2).sum(axis=0), max(n - 1, 1) * whole**2), n


def _half(old: tuple[Array, int], new: tuple[Array, int], level: float) -> tuple[Array, Array, Array]:
    """Return half the interval, the standard error and Welch's degrees of freedom of a difference."""
    variance = old[0] + new[0]
    freedom = divide(variance**2, old[0] ** 2 / max(old[1] - 1, 1) + new[0] ** 2 / max(new[1] - 1, 1))
    error = np.sqrt(variance)
    return stats.t.ppf(0.5 + level / 2, freedom) * error, error, freedom
