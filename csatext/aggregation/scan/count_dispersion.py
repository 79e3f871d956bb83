"""Overdispersion of whole numbers relative to counts: between periods, or in a table with one cause."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from csatext.aggregation.scan.cells import Cells, Grouping, group, subsets

__all__ = ["dispersion_between_periods"]

_ENOUGH = 5.0
_FEW = 10
_SMALL = 500
_RARE = 1e-3
_TINY = 1e-9
_MEDIAN = float(chi2.ppf(0.5, 1))


def dispersion_between_periods(cells: Cells) -> tuple[float, float]:
    """Return the dispersion of whole numbers between periods, and its standard error.

    Parameters
    ----------
    cells : Cells
        With one baseline period the current one is the second.

    Returns
    -------
    dispersion, error : float
        Variance relative to Poisson; 1 and 0 where Poisson is not rejected.

    Notes
    -----
    Median of squared Pearson residuals (McCullagh and Nelder 1989) of groups by one and two dimensions.
    A table of up to 500 cells that Pearson's chi-square lets pass is taken for counts. A cause in the
    current period moves a large part of a small table: with one baseline period the table need only
    pass without the group that stands out most.
    """
    values = _by_period(cells)
    groupings = [group(cells, dims) for dims in subsets(len(cells.names), 2)]
    found = [_residuals(values, grouping) for grouping in groupings]
    square = np.concatenate([*(squares[known] for squares, known in found), []])
    if len(cells) <= _SMALL:
        kept = [np.ones(len(cells), dtype=bool)]
        if cells.n_periods < 2:
            worst = [int(np.argmax(squares.sum(axis=0))) for squares, _ in found]
            kept += [grouping.ids != at for grouping, at in zip(groupings, worst, strict=True)]
        tests = [_chi_square([column[part] for column in values[0]], values[1], part) for part in kept]
        if any(freedom < 1 or chi2.sf(total, freedom) > _RARE for total, freedom in tests):
            return 1.0, 0.0
        if len(square) < _FEW:
            return min(total / freedom for total, freedom in tests), 0.0
    if len(square) < _FEW:
        return 1.0, 0.0
    dispersion = float(np.median(square)) / _MEDIAN
    # Groupings share their events: together they have the effective sample size of one. The residuals
    # of a group sum to 0.
    free = len(square) * (1.0 - 1.0 / len(values[0]))
    error = 0.5 / (chi2.pdf(_MEDIAN, 1) * _MEDIAN * np.sqrt(free)) * np.sqrt(len(groupings)) / 2
    return dispersion, error * dispersion


def _residuals(
    values: tuple[list[np.ndarray], list[np.ndarray]], grouping: Grouping
) -> tuple[np.ndarray, np.ndarray]:
    """Return squared Pearson residuals by period and group, and which of them can be used."""
    events, exposure = (np.stack([grouping.sum(column) for column in columns]) for columns in values)
    exposed = exposure.sum(axis=0)
    share = np.divide(exposure, exposed, out=np.zeros(exposure.shape), where=exposed > 0)
    expected = events.sum(axis=0) * share
    level = events.sum(axis=1) / np.maximum(expected.sum(axis=1), _TINY)
    expected *= level[:, np.newaxis]
    known = (expected > _ENOUGH) & (share < 1.0)
    noise = np.where(known, expected * (1.0 - share), 1.0)
    return np.where(known, (events - expected) ** 2 / noise, 0.0), known


def _chi_square(
    columns: list[np.ndarray], exposures: list[np.ndarray], kept: np.ndarray
) -> tuple[float, int]:
    """Return Pearson's chi-square of cells by periods, and its degrees of freedom."""
    events = np.stack(columns)
    exposure = np.stack([column[kept] for column in exposures])
    seen = events.sum(axis=0) > 0
    events, exposure = events[:, seen], exposure[:, seen]
    expected = exposure * events.sum(axis=0) / np.maximum(exposure.sum(axis=0), _TINY)
    expected *= (events.sum(axis=1) / np.maximum(expected.sum(axis=1), _TINY))[:, np.newaxis]
    total = float(((events - expected) ** 2 / np.maximum(expected, _TINY)).sum())
    return total, (len(events) - 1) * (int(seen.sum()) - 1)


def _by_period(cells: Cells) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return events and exposure by cell, an array a period; the current one where it is one of two."""
    n = len(cells)
    events, exposure = [], []
    for period in range(cells.n_periods):
        at = cells.period == period
        events.append(np.bincount(cells.cell[at], cells.events[at], n))
        exposed = np.bincount(cells.cell[at], cells.exposure[at], n) if cells.is_rate else np.ones(n)
        exposure.append(exposed)
    if cells.n_periods < 2:
        events.append(cells.events_after)
        exposure.append(cells.exposure_after)
    return events, exposure
