"""The difference of two rates with its interval."""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

from csatext.aggregation.statistics.intervals import divide, wilson

__all__ = ["Difference", "rate_difference"]


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
