"""What the baseline lets one expect of each cell, and how much rates vary without a cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from csatext.aggregation.scan.cells import Cells, Grouping, sum_by

__all__ = ["ExpectedRates", "expect", "new_values"]

_STRENGTH = (2.0, 1000.0)
_USUAL_STRENGTH = 20.0
_ENOUGH = 5.0
_MANY = 10
_MAX_VARIANCE = 4.0
_MAX_RATE = 0.95
_FAINT = 0.05
_MEDIAN = float(chi2.ppf(0.5, 1))


@dataclass(frozen=True)
class ExpectedRates:
    """Expected events and the variation behind them.

    Attributes
    ----------
    rate : ndarray, shape (n_cells,)
        Events for each unit of exposure.
    strength : dict from tuple of int to float
        Events of the baseline that the model is worth beside a group's own, by the one or two
        dimensions grouped by.
    pull : ndarray, shape (n_dimensions + 1, n_cells)
        How far the expectation follows chance in the baseline of a value of each dimension (sum over the
        factors that see it) and, in the last row, of the single cell; from 0 to 1, or above.
    is_binomial : bool
        Whether no cell can have more events than exposure.
    cell_variance : float
        Relative variance of the rate of a single cell from one period to the next.
    group_variance : float
        What is left of it in groups of cells by one or two dimensions.
    restless : dict from int to float
        The same for dimensions that clearly vary more than that.
    value_variance : dict from int to float
        Relative variance of the rate between the values of each dimension; 0 where fewer than ten
        values are known well enough to tell.
    """

    rate: np.ndarray
    strength: dict[tuple[int, ...], float]
    pull: np.ndarray
    is_binomial: bool
    cell_variance: float
    group_variance: float
    restless: dict[int, float]
    value_variance: dict[int, float]

    def variance(self, dims: tuple[int, ...]) -> float:
        """Return the relative variance of groups by some dimensions from one period to the next.

        Each dimension adds its own; ``group_variance`` is that of two.
        """
        usual = self.group_variance * max(1.0, len(dims) / 2)
        return max(usual, sum(self.restless.get(dim, 0.0) for dim in dims))


def expect(cells: Cells, groups: list[Grouping], is_count: bool = True) -> ExpectedRates:
    """Model the baseline: dimensions multiply, pairs and single cells deviate, all shrunk.

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
    Kaldor 1987, Biometrics 43). 1 / k is what the groups vary beyond Poisson. All variances are found
    by matching the median of squared Pearson residuals to that of chi-square with one degree of
    freedom, as bursts inside the baseline must not hide the one at issue.
    """
    total = cells.exposure_before.sum()
    rate = np.full(len(cells), cells.events_before.sum() / total if total > 0 else 0.0)
    single = [grouping for grouping in groups if len(grouping.dims) == 1]
    double = [grouping for grouping in groups if len(grouping.dims) == 2]
    pull = np.zeros((len(cells.names) + 1, len(cells)))
    rate, strength, value_variance = _rake(cells, rate, single, pull)
    rate, of_pairs, _ = _rake(cells, rate, double, pull)
    everything = Grouping((), np.arange(len(cells)), np.arange(len(cells)))
    rate, _, _ = _rake(cells, rate, [everything], pull)
    strength |= of_pairs
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
    return ExpectedRates(rate, strength, pull, is_binomial, *variances, between)


def new_values(cells: Cells, rate: np.ndarray) -> list[np.ndarray]:
    """Return which values of each dimension are new in the current period, by their codes.

    A value of a rate is new where the baseline says nothing about it: less than one event was to be
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


def _rake(
    cells: Cells, rate: np.ndarray, groups: list[Grouping], pull: np.ndarray
) -> tuple[np.ndarray, dict[tuple[int, ...], float], dict[tuple[int, ...], float]]:
    """Return the rates after one factor a group, its strength and its variance; add to ``pull`` in place.

    The variance is 0 where there are too few groups to measure it.
    """
    columns = np.column_stack([cells.events_before, cells.exposure_before * rate])
    sums = [grouping.sum(columns) for grouping in groups]
    events, expected = [seen for seen, _ in sums], [wanted for _, wanted in sums]
    pooled = _strength(np.concatenate([*events, []]), np.concatenate([*expected, []]), _USUAL_STRENGTH)
    strength, variance = {}, {}
    for grouping, seen, wanted in zip(groups, events, expected, strict=True):
        enough = (wanted > _ENOUGH).sum() >= _MANY
        own = _strength(seen, wanted, pooled) if enough else min(pooled, _moment(seen, wanted))
        fitted = grouping.sum(cells.exposure_before * rate)
        rate = rate * ((seen + own) / (fitted + own))[grouping.ids]
        strength[grouping.dims] = own
        variance[grouping.dims] = 1.0 / own if enough else 0.0
        follows = (fitted / (fitted + own))[grouping.ids]
        for dim in grouping.dims or (-1,):
            pull[dim] += follows
    return rate, strength, variance


def _moment(events: np.ndarray, expected: np.ndarray) -> float:
    """Return the strength of few groups: their mean square, and one standard error of it by chance."""
    squares = float((expected**2).sum())
    excess = float(((events - expected) ** 2 - expected).sum()) + np.sqrt(2 * squares)
    return float(
        1.0 / np.clip(excess / max(squares, np.finfo(float).tiny), 1 / _STRENGTH[1], 1 / _STRENGTH[0])
    )


def _strength(events: np.ndarray, expected: np.ndarray, usual: float) -> float:
    entries = np.stack([events, expected, expected])
    # Of the variances that the data allow a high one, so that no more is claimed than is known.
    variance = _excess_variance(entries, 1.0, -min(_median_error(entries), 0.9))
    if variance is None:
        return usual
    return float(1.0 / np.clip(variance, 1 / _STRENGTH[1], 1 / _STRENGTH[0]))


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
    restless = {}
    for grouping, sums in zip(groups, by_group, strict=True):
        if len(grouping.dims) == 1 and _excess_variance(sums, inflate, 4 * _median_error(sums)):
            restless[grouping.dims[0]] = _excess_variance(sums, inflate, _median_error(sums)) or 0.0
    pooled = np.concatenate(by_group, axis=1)
    # Groupings show the same events again and again: one of them is worth as much as all.
    slack = _median_error(pooled) * np.sqrt(len(groups)) / 2
    return single, _excess_variance(pooled, inflate, slack) or 0.0, restless


def _levels(cells: Cells, expected: np.ndarray, groups: list[Grouping]) -> np.ndarray:
    """Return the level of each baseline period: what most groups share, whatever happened to some.

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
    A group is held against its own mean: what the model gets wrong about it is no variation.
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
    part ``slack``, so that chance is not taken for variation.
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
