"""Whether all values changed alike, where the whole changed and no combination is significant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2, norm

from csatext.aggregation.scan.cells import Cells
from csatext.aggregation.scan.expected_rates import ExpectedRates

__all__ = ["Movement", "movement", "values_gone"]

_HALF = 0.5
_ENOUGH = 5.0
_GONE_SHARE = 0.01


@dataclass(frozen=True)
class Movement:
    """Heterogeneity of the change of the whole over the values of the dimensions.

    Attributes
    ----------
    kind : {"all new", "mix", "even", "one value", "unclear"}
        ``all new``: no value of the current period was there before, in any dimension.
        ``mix``: the rates expected of the cells give the whole's rate with today's mix. ``even``: without
        any one value the rest moved the same way, and the changes of values do not differ significantly.
        ``one value``: without it the rest did not move. ``unclear``: none of these can be shown.
    dim, code : int or None
        The one value.
    """

    kind: Literal["all new", "mix", "even", "one value", "unclear"]
    dim: int | None = None
    code: int | None = None


def movement(cells: Cells, expectation: ExpectedRates, alpha: float) -> Movement:
    """Return the heterogeneity of the change of the whole over the values (Cochran's Q).

    Parameters
    ----------
    cells : Cells
        In units of single events.
    expectation : ExpectedRates
    alpha : float
        Error rate of each test.

    Returns
    -------
    Movement

    Notes
    -----
    The change of a part is the log of events seen over events expected; its variance is that of two
    counts, of a binomial where no cell can have more events than exposure (delta method). The values
    of a dimension are compared by the weighted sum of squares about their weighted mean, chi-square with
    one degree of freedom less than values (Cochran 1954, Biometrics 10); dimensions by Bonferroni.
    """
    if _all_new(cells):
        return Movement("all new")
    z = float(norm.isf(alpha / 2))
    columns = (
        cells.events_after,
        cells.exposure_after * expectation.rate,
        cells.events_before,
        cells.exposure_after,
    )
    total = np.array([float(values.sum()) for values in columns])[:, np.newaxis]
    whole, error = _change(total, expectation.is_binomial)
    if abs(whole[0]) <= z * error[0]:
        return Movement("mix" if cells.is_rate else "unclear")
    even, rest_moved, found = True, True, []
    n_dims = sum(len(np.unique(code)) > 1 for code in cells.codes)
    for dim, (code, values) in enumerate(zip(cells.codes, cells.levels, strict=True)):
        sums = np.stack([np.bincount(code, column, len(values)) for column in columns])
        present = np.flatnonzero((sums[0] > 0) | (sums[1] > 0))
        if len(present) < 2:
            continue
        rest, rest_error = _change(total - sums[:, present], expectation.is_binomial)
        moved_alike = np.abs(rest) > z * rest_error
        moved_alike &= (rest > 0) == (whole[0] > 0)
        rest_moved &= bool(moved_alike.all())
        still = ~moved_alike & (np.abs(rest) < np.abs(whole[0]) / 2)
        found += [(abs(rest[at] / rest_error[at]), dim, int(present[at])) for at in np.flatnonzero(still)]
        known = sums[:, np.maximum(sums[0], sums[1]) > _ENOUGH]
        if known.shape[1] > 1:
            change, spread = _change(known, expectation.is_binomial)
            weight = 1.0 / (
                spread**2 + expectation.between_period_variance((dim,)) * (1 + 1 / cells.n_periods)
            )
            square = float((weight * (change - np.average(change, weights=weight)) ** 2).sum())
            even &= float(chi2.sf(square, known.shape[1] - 1)) * n_dims > alpha
    if n_dims and even and rest_moved:
        return Movement("even")
    if found:
        return Movement("one value", *min(found)[1:])
    return Movement("unclear")


def values_gone(cells: Cells) -> list[tuple[int, int]]:
    """Return dimension and code of the values that a baseline had and the current period has not.

    Those with a hundredth of the baseline's exposure (of a count: its events), largest first.
    """
    before = cells.exposure_before if cells.is_rate else cells.events_before
    after = cells.exposure_after if cells.is_rate else cells.events_after
    found = []
    for dim, (code, values) in enumerate(zip(cells.codes, cells.levels, strict=True)):
        old, new = np.bincount(code, before, len(values)), np.bincount(code, after, len(values))
        gone = np.flatnonzero((new == 0) & (old >= _GONE_SHARE * before.sum()) & (old > 0))
        found += [(-float(old[at]), dim, int(at)) for at in gone]
    return [(dim, code) for _, dim, code in sorted(found)]


def _all_new(cells: Cells) -> bool:
    """Return whether no value of the current period had exposure before; counts have a baseline of 0."""
    there = cells.exposure_after > 0
    known = [
        np.bincount(code, cells.exposure_before, len(values))
        for code, values in zip(cells.codes, cells.levels, strict=True)
    ]
    return cells.is_rate and not any(
        old[code[there]].any() for old, code in zip(known, cells.codes, strict=True)
    )


def _change(sums: np.ndarray, is_binomial: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the log ratio of seen to expected and its standard error, from the four columns summed."""
    # A continuity correction of half an event keeps the logarithm and its error finite at 0 events.
    seen, expected, before = sums[:3] + _HALF
    spare = np.ones((2, sums.shape[1]))
    if is_binomial:
        spare = 1.0 - np.minimum(np.stack([seen, expected]) / (sums[3] + 1.0), 0.95)
    return np.log(seen / expected), np.sqrt(spare[0] / seen + spare[1] / before)
