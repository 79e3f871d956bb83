"""How much of a numerator weighs as one independent event: 1 for counts, more for amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from csatext.aggregation.arguments import as_number, is_flag
from csatext.aggregation.cells import Cells, Grouping, group, read_cells, subsets
from csatext.errors import ParameterError

__all__ = ["Scale", "measure_scale", "scaled"]

_ENOUGH = 5.0
_FEW = 10
_ERRORS = 2.0
_LEAST = 1e-6
_SINGLE = 2.0
_TINY = 1e-9
_MEDIAN = float(chi2.ppf(0.5, 1))


@dataclass(frozen=True)
class Scale:
    """Units of the numerator for one event, and the squares behind it.

    Attributes
    ----------
    unit : float
        Variance of a sum divided by the sum; 1 where each event counts 1.
    is_count : bool
        Whether ``unit`` is 1 by the nature of the numerator.
    squares, amounts : ndarray of shape (n_cells,), or None
        Variance and sum of each cell, in the numerator's units: groups of cells whose ratio is above
        ``unit`` (single large amounts) are worth less. None where the unit is taken to be the same all over.
    """

    unit: float
    is_count: bool
    squares: np.ndarray | None = None
    amounts: np.ndarray | None = None

    def dispersion(self, grouping: Grouping) -> np.ndarray:
        """Return how much more than usual the amounts of each group vary; at least 1."""
        if self.squares is None or self.amounts is None:
            return np.ones(len(grouping))
        usual = self.unit * grouping.sum(self.amounts)
        # Few squares say little, and large amounts come seldom: one standard error is added.
        high = grouping.sum(self.squares) + np.sqrt(2 * grouping.sum(self.squares**2))
        return np.maximum(high / np.maximum(usual, _TINY), 1.0)


def scaled(cells: Cells, scale: Scale) -> Cells:
    """Return the cells with the numerator in units of one event."""
    if scale.unit == 1.0:
        return cells
    return replace(
        cells,
        events_after=cells.events_after / scale.unit,
        events_before=cells.events_before / scale.unit,
        events=cells.events / scale.unit,
    )


def measure_scale(
    table: pd.DataFrame, cells: Cells, *, numerator: str, denominator: str | None, where: Mapping[str, Any]
) -> Scale:
    """Find how much of the numerator weighs as one independent event.

    Parameters
    ----------
    table : DataFrame
    cells : Cells
        As read from the table.
    numerator, denominator
        As given to ``read_cells``.
    where : mapping
        Its arguments ``by``, ``period``, ``current`` and ``baseline``.

    Returns
    -------
    Scale

    Raises
    ------
    ParameterError
        Amounts that were summed before, and one baseline period only.

    Notes
    -----
    Flags, and whole numbers up to the denominator, are events. A sum of amounts x over independent rows is
    compound Poisson: its variance is estimated by the sum of x**2, so that sum(x**2) / sum(x) weighs as
    one event (Bohm and Zech 2014, Nuclear Instruments and Methods A 748). Of a mean or ratio the squares
    of x - ratio * denominator are taken. Whole numbers may also be events counted before, where rows are
    no events: the variation between periods (median of squared Pearson residuals, McCullagh and
    Nelder 1989) decides which of the two is nearer. Amounts with one row a cell and period have that
    variation only.

    Examples
    --------
    >>> refunds = [9.5, 0, 0.5, 7, 8]
    >>> table = pd.DataFrame({"week": [1, 1, 1, 2, 2], "channel": list("甲甲乙甲乙"), "refund": refunds})
    >>> where = {"by": "channel", "period": "week", "current": 2, "baseline": 1}
    >>> cells = read_cells(table, numerator="refund", denominator=None, **where)
    >>> measure_scale(table, cells, numerator="refund", denominator=None, where=where).unit  # 203.5 / 25
    8.14
    """
    top = as_number(table, numerator)
    bottom = np.ones(len(top)) if denominator is None else as_number(table, denominator)
    known = ~np.isnan(top) & ~np.isnan(bottom)
    top, bottom = np.where(known, top, np.nan), np.where(known, bottom, np.nan)
    is_whole = bool((top[known] == np.floor(top[known])).all())
    is_part = denominator is not None and bool((top[known] <= bottom[known]).all())
    is_nothing = not (cells.events_before.any() or cells.events_after.any())
    if is_nothing or is_flag(top) or (is_whole and is_part):
        return Scale(1.0, True)

    def fold(values: np.ndarray) -> Cells:
        given = table.assign(**{numerator: values})
        return read_cells(given, numerator=numerator, denominator=None, allow_negative=True, **where)

    rows = fold(np.where(known, 1.0, np.nan))
    is_summed = bool(max(rows.events.max(initial=0.0), rows.events_after.max()) <= 1)
    if is_whole:
        return _of_whole(cells, _within(cells, fold, top, bottom, denominator is not None), is_summed)
    if not is_summed:
        return _within(cells, fold, top, bottom, denominator is not None)
    own = _of_periods(cells)
    if own is None:
        raise ParameterError(
            f"列「{numerator}」是已按格汇总的金额或时长（每格每期一行），只有一个对比期，无法知道它自身的波动有多大；"
            "请给两个以上的对比期，或传入明细（一行一次接触）。"
        )
    if denominator is None:
        single = _within(cells, fold, top, bottom, False)
        # Most rows hold one amount: they show the large ones of the current period too.
        if single.unit < _SINGLE * own.unit:
            return single
    return own


def _within(
    cells: Cells, fold: Callable[[np.ndarray], Cells], top: np.ndarray, bottom: np.ndarray, is_ratio: bool
) -> Scale:
    """Measure independent rows."""
    amounts = cells.events_before + cells.events_after
    square = fold(top**2)
    compound = square.events_before + square.events_after
    squares = compound
    if is_ratio:
        cross, weight = fold(top * bottom), fold(bottom**2)
        found = []
        # Where means differ between the values of a dimension, the squares inside them are the smaller.
        for dim in range(len(cells.names)):
            grouping = group(cells, (dim,))
            ratio = _ratio(grouping, cells.events_before, cells.exposure_before)
            part = square.events_before - 2 * ratio * cross.events_before + ratio**2 * weight.events_before
            ratio = _ratio(grouping, cells.events_after, cells.exposure_after)
            part += square.events_after - 2 * ratio * cross.events_after + ratio**2 * weight.events_after
            found.append(np.maximum(part, 0.0))
        squares = min(found, key=lambda values: float(values.sum()))
    unit = max(float(squares.sum()), _LEAST * float(compound.sum())) / float(amounts.sum())
    return Scale(unit, False, squares, amounts)


def _of_whole(cells: Cells, rows: Scale, is_summed: bool) -> Scale:
    """Decide whether whole numbers are events counted before, or amounts of one event a row."""
    dispersion, error = _between(cells)
    # More than one event for each unit of a denominator: rows are bound to vary, however few are seen.
    if cells.is_rate and is_summed:
        return Scale(max(1.0, min(rows.unit, dispersion + error)), False)
    if is_summed or dispersion + _ERRORS * error < np.sqrt(rows.unit):
        # One standard error is added, as too much dispersion costs less than too little.
        return Scale(dispersion + error, False) if dispersion > 1.0 + _ERRORS * error else Scale(1.0, True)
    return rows


def _of_periods(cells: Cells) -> Scale | None:
    """Measure cells by their own periods; None where no cell has two."""
    n = len(cells)
    before = cells.events_before
    total: np.ndarray = np.bincount(cells.cell, cells.events**2, n)
    squares: np.ndarray = total - before**2 / cells.n_periods
    entries, spare = cells.n_periods, cells.n_periods - 1
    if cells.is_rate:
        ratio = np.divide(before, cells.exposure_before, out=np.zeros(n), where=cells.exposure_before > 0)
        off = cells.events - ratio[cells.cell] * cells.exposure
        squares = np.bincount(cells.cell, off**2, n)
        entries, known = len(cells.cell), len(np.unique(cells.cell))
        spare = entries - known
    if spare < 1 or not before.sum() > 0:
        return None
    squares = np.maximum(squares, 0.0) * entries / spare
    unit = max(float(squares.sum()), _LEAST * float(total.sum())) / float(before.sum())
    return Scale(unit, False, squares, before)


def _ratio(grouping: Grouping, events: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Return the ratio of each cell's group."""
    seen, exposed = grouping.sum(events), grouping.sum(exposure)
    return np.divide(seen, exposed, out=np.zeros(len(seen)), where=exposed > 0)[grouping.ids]


def _between(cells: Cells) -> tuple[float, float]:
    """Return the dispersion of whole numbers between periods and its error; 1 where it cannot be seen."""
    values = _by_period(cells)
    groupings = [group(cells, dims) for dims in subsets(len(cells.names), 2)]
    residuals = []
    for grouping in groupings:
        events, exposure = (np.stack([grouping.sum(column) for column in columns]) for columns in values)
        exposed = exposure.sum(axis=0)
        share = np.divide(exposure, exposed, out=np.zeros(exposure.shape), where=exposed > 0)
        expected = events.sum(axis=0) * share
        level = events.sum(axis=1) / np.maximum(expected.sum(axis=1), _TINY)
        expected *= level[:, np.newaxis]
        known = (expected > _ENOUGH) & (share < 1.0)
        noise = (expected * (1.0 - share))[known]
        residuals.append((events - expected)[known] ** 2 / noise)
    square = np.concatenate([*residuals, []])
    if len(square) < _FEW:
        return 1.0, 0.0
    dispersion = float(np.median(square)) / _MEDIAN
    # Groupings show the same events again and again: one of them is worth as much as all.
    error = 0.5 / (chi2.pdf(_MEDIAN, 1) * _MEDIAN * np.sqrt(len(square))) * np.sqrt(len(groupings)) / 2
    return dispersion, error * dispersion


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
