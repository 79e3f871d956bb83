"""Expected rate of each cell under the baseline, and the variance of rates between periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from csatext.aggregation.scan.cells import Cells, Grouping, sum_by

__all__ = ["ExpectedRates", "expect", "new_values"]

_PRIOR_PRECISION = (2.0, 1000.0)
_USUAL_PRECISION = 20.0
_ENOUGH = 5.0
_MANY = 10
_MAX_VARIANCE = 4.0
_MAX_RATE = 0.95
_FAINT = 0.05
_MEDIAN = float(chi2.ppf(0.5, 1))


@dataclass(frozen=True)
class ExpectedRates:
    """Expected rates, and the variances they rest on.

    Attributes
    ----------
    rate : ndarray, shape (n_cells,)
        Events for each unit of exposure.
    prior_precision : dict from tuple of int to float
        Precision (1 / variance) of the gamma prior of a group's factor, in events, by the one or two
        dimensions grouped by; of that of a single cell by none.
    shrinkage_weight : ndarray, shape (n_dimensions + 1, n_cells)
        Shrinkage weight of the observed baseline against the prior: e / (e + prior precision)
        for e expected events, summed over the factors that contain a value of each dimension; in the last
        row, that of the single cell.
    is_binomial : bool
        Whether no cell can have more events than exposure.
    cell_variance : float
        Relative between-period variance of the rate of a single cell.
    group_variance : float
        The same of groups of cells by one or two dimensions, after that of single cells.
    overdispersed : dict from int to float
        Between-period variance of the dimensions that are overdispersed against that.
    value_variance : dict from int to float
        Relative variance of the rate between the values of each dimension; 0 where fewer than ten
        values have more than five expected events.
    """

    rate: np.ndarray
    prior_precision: dict[tuple[int, ...], float]
    shrinkage_weight: np.ndarray
    is_binomial: bool
    cell_variance: float
    group_variance: float
    overdispersed: dict[int, float]
    value_variance: dict[int, float]

    def between_period_variance(self, dims: tuple[int, ...]) -> float:
        """Return the relative between-period variance of groups by some dimensions.

        Each dimension adds its own; ``group_variance`` is that of two.
        """
        usual = self.group_variance * max(1.0, len(dims) / 2)
        return max(usual, sum(self.overdispersed.get(dim, 0.0) for dim in dims))


def expect(cells: Cells, groups: list[Grouping], is_count: bool = True) -> ExpectedRates:
    """Return the expected rates: a multiplicative model of the baseline with shrunken interactions.

    Parameters
    ----------
    cells : Cells
    groups : list of Grouping
        Groupings by one and by two dimensions are used.
    is_count : bool, default True
        Whether events are whole; amounts are not bounded by the exposure.

    Returns
    -------
    ExpectedRates

    Notes
    -----
    Coarse to fine, the rate of each cell is multiplied by ``(events + k) / (expected + k)`` of its
    group: the posterior mean of a factor with a gamma prior of mean 1 and variance 1 / k (Clayton and
    Kaldor 1987, Biometrics 43). The prior variance 1 / k is the
    overdispersion of the groups relative to Poisson. Every variance is estimated by matching the median
    of the squared Pearson residuals to that of chi-square with one degree of freedom: the median is
    robust to bursts inside the baseline.
    """
    total = cells.exposure_before.sum()
    rate = np.full(len(cells), cells.events_before.sum() / total if total > 0 else 0.0)
    single = [grouping for grouping in groups if len(grouping.dims) == 1]
    double = [grouping for grouping in groups if len(grouping.dims) == 2]
    shrinkage_weight = np.zeros((len(cells.names) + 1, len(cells)))
    rate, prior_precision, value_variance = _fit_factors(cells, rate, single, shrinkage_weight)
    rate, pair_precision, _ = _fit_factors(cells, rate, double, shrinkage_weight)
    everything = Grouping((), np.arange(len(cells)), np.arange(len(cells)))
    rate, cell_precision, _ = _fit_factors(cells, rate, [everything], shrinkage_weight)
    prior_precision |= pair_precision | cell_precision
    is_binomial = bool(
        cells.is_rate
        and is_count
        and (cells.events <= cells.exposure).all()
        and (cells.events_after <= cells.exposure_after).all()
    )
    if is_binomial:
        rate = np.minimum(rate, 1.0)
    variances = _variances(cells, rate, [*single, *double], is_binomial)
    between = {dims[0]: variance for dims, variance in value_variance.items()}
    return ExpectedRates(rate, prior_precision, shrinkage_weight, is_binomial, *variances, between)


def new_values(cells: Cells, rate: np.ndarray) -> list[np.ndarray]:
    """Return which values of each dimension are new in the current period, by their codes.

    A value of a rate is new where the baseline holds no information on it: fewer than one event was
    expected there, and a period had less than a twentieth of the exposure that it has now. Counts have
    a baseline of 0 and are compared with that.
    """
    found = []
    for code, level in zip(cells.codes, cells.levels, strict=True):
        if not cells.is_rate:
            found.append(np.zeros(len(level), dtype=bool))
            continue
        expected, before, after = (
            np.bincount(code, values, len(level))
            for values in (cells.exposure_before * rate, cells.exposure_before, cells.exposure_after)
        )
        is_faint = before / cells.n_periods < _FAINT * after
        found.append((before == 0) & (after > 0) | (expected < 1.0) & is_faint)
    return found


def _fit_factors(
    cells: Cells, rate: np.ndarray, groups: list[Grouping], shrinkage_weight: np.ndarray
) -> tuple[np.ndarray, dict[tuple[int, ...], float], dict[tuple[int, ...], float]]:
    """Return the rates times one factor a group, and the prior precision and variance of the factors.

    ``shrinkage_weight`` is added to in place. The variance is 0 where there are too few groups to
    estimate it.
    """
    columns = np.column_stack([cells.events_before, cells.exposure_before * rate])
    sums = [grouping.sum(columns) for grouping in groups]
    events, expected = [seen for seen, _ in sums], [wanted for _, wanted in sums]
    pooled = _prior_precision(
        np.concatenate([*events, []]), np.concatenate([*expected, []]), _USUAL_PRECISION
    )
    prior_precision, variance = {}, {}
    for grouping, seen, wanted in zip(groups, events, expected, strict=True):
        enough = (wanted > _ENOUGH).sum() >= _MANY
        own = (
            _prior_precision(seen, wanted, pooled) if enough else min(pooled, _moment_precision(seen, wanted))
        )
        fitted = grouping.sum(cells.exposure_before * rate)
        rate = rate * ((seen + own) / (fitted + own))[grouping.ids]
        prior_precision[grouping.dims] = own
        variance[grouping.dims] = 1.0 / own if enough else 0.0
        weight = (fitted / (fitted + own))[grouping.ids]
        for dim in grouping.dims or (-1,):
            shrinkage_weight[dim] += weight
    return rate, prior_precision, variance


def _moment_precision(events: np.ndarray, expected: np.ndarray) -> float:
    """Return the prior precision of few groups: moment estimate of the variance plus one standard error."""
    squares = float((expected**2).sum())
    excess = float(((events - expected) ** 2 - expected).sum()) + np.sqrt(2 * squares)
    return float(
        1.0
        / np.clip(
            excess / max(squares, np.finfo(float).tiny), 1 / _PRIOR_PRECISION[1], 1 / _PRIOR_PRECISION[0]
        )
    )


def _prior_precision(events: np.ndarray, expected: np.ndarray, usual: float) -> float:
    """Return 1 / variance of the groups' factors; ``usual`` where there are too few groups."""
    entries = np.stack([events, expected, expected])
    # An upper bound of the prior variance, so that the expectation is not taken for more precise than it is.
    variance = _excess_variance(entries, 1.0, -min(_median_error(entries), 0.9))
    if variance is None:
        return usual
    return float(1.0 / np.clip(variance, 1 / _PRIOR_PRECISION[1], 1 / _PRIOR_PRECISION[0]))


def _variances(
    cells: Cells, rate: np.ndarray, groups: list[Grouping], is_binomial: bool
) -> tuple[float, float, dict[int, float]]:
    n = cells.n_periods
    if n < 2:
        return 0.0, 0.0, {}
    expected = cells.exposure * rate[cells.cell]
    level = _levels(cells, expected, groups)
    expected = expected * level[cells.period]
    noise = expected
    if is_binomial:
        noise = expected * (1.0 - np.minimum(expected / np.maximum(cells.exposure, 1.0), _MAX_RATE))
    entries = np.stack([cells.events, expected, noise])
    inflate = n / (n - 1)
    single = _excess_variance(entries, inflate, _median_error(entries)) or 0.0
    mean = np.bincount(cells.cell, expected, len(cells)) / n
    entries = np.ascontiguousarray((entries / (1.0 + single * mean)[cells.cell]).T)
    by_group = [_residuals(cells, grouping, entries, level) for grouping in groups]
    overdispersed = {}
    for grouping, sums in zip(groups, by_group, strict=True):
        if len(grouping.dims) == 1 and _excess_variance(sums, inflate, 4 * _median_error(sums)):
            overdispersed[grouping.dims[0]] = _excess_variance(sums, inflate, _median_error(sums)) or 0.0
    pooled = np.concatenate(by_group, axis=1)
    # Groupings share their events: together they have the effective sample size of one.
    slack = _median_error(pooled) * np.sqrt(len(groups)) / 2
    return single, _excess_variance(pooled, inflate, slack) or 0.0, overdispersed


def _levels(cells: Cells, expected: np.ndarray, groups: list[Grouping]) -> np.ndarray:
    """Return the level of each baseline period: a median over the groups, robust to bursts in some.

    The level moves freely from period to period: only cells against each other matter here.
    """
    n = cells.n_periods
    ratios = []
    columns = np.column_stack([cells.events, expected])
    for grouping in groups:
        events, wanted = _by_period(cells, grouping, columns)
        own = _own(cells, events, wanted, np.ones(n))
        ratios.append(events / np.where(own > _ENOUGH, own, np.nan))
    level = np.ones(n)
    for period, ratio in enumerate(np.concatenate(ratios).T):
        known = ratio[~np.isnan(ratio)]
        if len(known) >= _ENOUGH:
            level[period] = np.median(known)
    return level


def _residuals(cells: Cells, grouping: Grouping, entries: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return events, expected and noise by group and period, shape (3, n_groups * n_periods).

    ``entries`` holds the same by entry, shape (n_entries, 3).
    A group is compared with its own mean: a bias of the model is not between-period variance.
    """
    events, expected, noise = _by_period(cells, grouping, entries)
    own = _own(cells, events, expected, level)
    noise = own * np.divide(noise, expected, out=np.ones(noise.shape), where=expected > 0)
    return np.stack([events.ravel(), own.ravel(), noise.ravel()])


def _own(cells: Cells, events: np.ndarray, expected: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the events of each group spread over the periods as expected."""
    # Cells without a row in a period had no exposure in a rate, but no events in a count.
    spread = expected if cells.is_rate else np.broadcast_to(level, expected.shape)
    total = spread.sum(axis=1, keepdims=True)
    share = np.divide(spread, total, out=np.zeros(spread.shape), where=total > 0)
    return share * events.sum(axis=1, keepdims=True)


def _by_period(cells: Cells, grouping: Grouping, columns: np.ndarray) -> np.ndarray:
    """Return sums of columns, shape (n_entries, n_columns), as (n_columns, n_groups, n_periods)."""
    slot = grouping.ids[cells.cell] * np.int64(cells.n_periods) + cells.period
    n_slots = len(grouping) * cells.n_periods
    return sum_by(slot, n_slots, columns).reshape(-1, len(grouping), cells.n_periods)


def _median_error(entries: np.ndarray) -> float:
    """Return the relative standard error of the median of squared residuals."""
    n = max(int((entries[1] > _ENOUGH).sum()), 1)
    return float(0.5 / (chi2.pdf(_MEDIAN, 1) * _MEDIAN * np.sqrt(n)))


def _excess_variance(entries: np.ndarray, inflate: float, slack: float) -> float | None:
    """Return s where residuals fit a variance of noise + s expected**2; None where there is too little.

    ``entries`` holds events, expected and noise, shape (3, n). The median may exceed its target by the
    part ``slack``, so that sampling error is not taken for variance.
    """
    events, mean, random = entries[:, entries[1] > _ENOUGH]
    if len(mean) < _ENOUGH:
        return None
    square = (events - mean) ** 2 * inflate
    target = _MEDIAN * (1.0 + slack)

    def gap(variance: float) -> float:
        return float(np.median(square / (random + variance * mean**2)) - target)

    if gap(0.0) <= 0:
        return 0.0
    if gap(_MAX_VARIANCE) >= 0:
        return _MAX_VARIANCE
    return float(brentq(gap, 0.0, _MAX_VARIANCE))
