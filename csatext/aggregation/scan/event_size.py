"""Numerator of one independent event: 1 for counts, variance over mean for amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from csatext.aggregation.scan.cells import Cells, Grouping, Rows, group
from csatext.aggregation.scan.count_dispersion import dispersion_between_periods
from csatext.errors import ParameterError

__all__ = ["EventSize", "measure_scale", "scaled"]

_FAR = 10.0
_MANY = 10
_PRIOR = (0.1, 20.0)
_ERRORS = 2.0
_LEAST = 1e-6
_SINGLE = 2.0
_TINY = 1e-9


@dataclass(frozen=True)
class EventSize:
    """Numerator of one event, and the sums of squares that it is estimated from.

    Attributes
    ----------
    unit : float
        Variance of a sum divided by the sum; 1 where each event counts 1.
    is_count : bool
        Whether ``unit`` is 1 by the nature of the numerator.
    squares, amounts : ndarray of shape (n_cells,), or None
        Variance and sum of each cell, in the numerator's units: groups of cells whose ratio is above
        ``unit`` (single large amounts) are worth less. None where the unit is taken to be the same all over.
    own_freedom : ndarray of shape (n_cells,), or None
        Degrees of freedom of the squares of each cell, where they come from few periods; None where they
        come from single rows.
    prior_freedom : float
        Prior degrees of freedom: the weight of the pooled variance in that of each group.
    """

    unit: float
    is_count: bool
    squares: np.ndarray | None = None
    amounts: np.ndarray | None = None
    own_freedom: np.ndarray | None = None
    prior_freedom: float = 0.0

    def columns(self) -> list[np.ndarray]:
        """Return the columns whose sums by group :meth:`dispersion` takes: three, by cell, or none."""
        if self.squares is None or self.amounts is None:
            return []
        own_freedom = 1.0 if self.own_freedom is None else np.maximum(self.own_freedom, 1.0)
        return [self.squares, self.amounts, self.squares**2 / own_freedom]

    def dispersion(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the dispersion of the amounts of each group relative to the pooled one.

        Parameters
        ----------
        sums : ndarray, shape (3, n_groups)
            Of :meth:`columns`.

        Returns
        -------
        dispersion : ndarray, shape (n_groups,)
            Ratio of the group's variance to the pooled one; at least 1.
        freedom : ndarray, shape (n_groups,)
            Its degrees of freedom (Satterthwaite 1946); infinite where squares are of single rows.
        """
        squares, usual, spread = sums
        usual = np.maximum(self.unit * usual, _TINY)
        n = len(usual)
        if self.own_freedom is None:
            # Few squares underestimate a heavy tail: one standard error is added.
            return np.maximum((squares + np.sqrt(2 * spread)) / usual, 1.0), np.full(n, np.inf)
        own_freedom = np.maximum(np.divide(squares**2, spread, out=np.ones(n), where=spread > 0), 1.0)
        freedom = own_freedom + self.prior_freedom
        return np.maximum((squares / usual * own_freedom + self.prior_freedom) / freedom, 1.0), freedom


def scaled(cells: Cells, scale: EventSize) -> Cells:
    """Return the cells with the numerator in units of one event."""
    if scale.unit == 1.0:
        return cells
    return replace(
        cells,
        events_after=cells.events_after / scale.unit,
        events_before=cells.events_before / scale.unit,
        events=cells.events / scale.unit,
    )


def measure_scale(rows: Rows, cells: Cells, numerator: str) -> EventSize:
    """Return the numerator of one independent event.

    Parameters
    ----------
    rows : Rows
    cells : Cells
        Of these rows.
    numerator : str
        Name of the column, for the message.

    Returns
    -------
    EventSize

    Raises
    ------
    ParameterError
        Amounts that were summed before, and one baseline period only.

    Notes
    -----
    Flags, and whole numbers up to the denominator, are events. A sum of amounts x over independent rows is
    compound Poisson: its variance is estimated by the sum of x**2, so that sum(x**2) / sum(x) weighs as
    one event (Bohm and Zech 2014, Nuclear Instruments and Methods A 748). Of a mean or ratio the squares
    of x - ratio * denominator are taken. Whole numbers without a denominator may be events counted before:
    the variation between periods (``dispersion_between_periods``) decides. Amounts with one row a cell and
    period have that variation only. So have whole numbers above their denominator, and those whose
    variance is ten times that of counts. Few periods give a poor estimate of a cell's variance: it is
    moderated by the pooled variance (prior degrees of freedom), and the test is a t test.

    Examples
    --------
    >>> import pandas as pd
    >>> from csatext.aggregation.scan.cells import read_rows
    >>> refunds = [9.5, 0, 0.5, 7, 8]
    >>> table = pd.DataFrame({"week": [1, 1, 1, 2, 2], "channel": list("甲甲乙甲乙"), "refund": refunds})
    >>> where = {"by": "channel", "period": "week", "current": 2, "baseline": 1}
    >>> rows = read_rows(table, numerator="refund", denominator=None, **where)
    >>> measure_scale(rows, rows.cells(), "refund").unit  # 203.5 / 25
    8.14
    """
    is_nothing = not (cells.events_before.any() or cells.events_after.any())
    is_ratio = rows.is_divided
    if is_nothing or rows.is_flag or (rows.is_whole and rows.is_part):
        return EventSize(1.0, True)
    if rows.is_whole and not (rows.is_summed and is_ratio):
        return _of_whole(cells, _within(cells, rows), rows.is_summed)
    if not rows.is_summed:
        return _within(cells, rows)
    own = _of_periods(cells)
    if own is None:
        raise ParameterError(
            f"列「{numerator}」是已按格汇总的金额或时长（每格每期一行），只有一个对比期，无法知道它自身的波动有多大；"
            "请给两个以上的对比期，或传入明细（一行一次接触）。"
        )
    if not is_ratio:
        single = _within(cells, rows)
        # Most rows hold one amount: they show the large ones of the current period too.
        if single.unit < _SINGLE * own.unit:
            return single
    return own


def _within(cells: Cells, rows: Rows) -> EventSize:
    """Return the event size of independent rows."""
    amounts = cells.events_before + cells.events_after
    square = rows.sums(rows.top**2)
    compound = square[0] + square[1]
    squares = compound
    if rows.is_divided:
        cross, weight = rows.sums(rows.top * rows.bottom), rows.sums(rows.bottom**2)
        found = []
        # Where means differ between the values of a dimension, the squares inside them are the smaller.
        for dim in range(len(cells.names)):
            grouping = group(cells, (dim,))
            ratio = _ratio(grouping, cells.events_before, cells.exposure_before)
            part = square[0] - 2 * ratio * cross[0] + ratio**2 * weight[0]
            ratio = _ratio(grouping, cells.events_after, cells.exposure_after)
            part += square[1] - 2 * ratio * cross[1] + ratio**2 * weight[1]
            found.append(np.maximum(part, 0.0))
        squares = min(found, key=lambda values: float(values.sum()))
    unit = max(float(squares.sum()), _LEAST * float(compound.sum())) / float(amounts.sum())
    return EventSize(unit, False, squares, amounts)


def _of_whole(cells: Cells, rows: EventSize, is_summed: bool) -> EventSize:
    """Return the event size of whole numbers: events counted before, or amounts of one event a row."""
    dispersion, error = dispersion_between_periods(cells)
    if not is_summed and dispersion + _ERRORS * error >= np.sqrt(rows.unit):
        return rows
    if dispersion <= 1.0 or dispersion <= 1.0 + _ERRORS * error / dispersion:
        return EventSize(1.0, True)
    own = _of_periods(cells) if is_summed and dispersion > _FAR else None
    # One standard error is added, as too much dispersion costs less than too little.
    return own or EventSize(dispersion + error, False)


def _of_periods(cells: Cells) -> EventSize | None:
    """Return the event size from the between-period variance of cells; None where no cell has two."""
    n = len(cells)
    before = cells.events_before
    total: np.ndarray = np.bincount(cells.cell, cells.events**2, n)
    if cells.is_rate:
        ratio = np.divide(before, cells.exposure_before, out=np.zeros(n), where=cells.exposure_before > 0)
        off = cells.events - ratio[cells.cell] * cells.exposure
        squares: np.ndarray = np.bincount(cells.cell, off**2, n)
        own = np.bincount(cells.cell, minlength=n) - 1.0
        entries = len(cells.cell)
    else:
        # All cells share the level of a period: a cell is compared with its share of each period.
        level: np.ndarray = np.bincount(cells.period, cells.events, cells.n_periods)
        level = level / max(float(level.sum()), _TINY)
        squares = total - 2 * before * np.bincount(cells.cell, cells.events * level[cells.period], n)
        squares = squares + before**2 * float((level**2).sum())
        own = np.full(n, (cells.n_periods - 1) * (1.0 - 1.0 / max(n, 2)))
        entries = cells.n_periods * n
    own = np.maximum(own, 0.0)
    own_freedom = float(own.sum())
    if own_freedom <= 0 or not before.sum() > 0:
        return None
    squares = np.maximum(squares, 0.0) * entries / own_freedom
    unit = max(float(squares.sum()), _LEAST * float(total.sum())) / float(before.sum())
    return EventSize(unit, False, squares, before, own, _prior_freedom(squares, unit * before, own))


def _prior_freedom(squares: np.ndarray, usual: np.ndarray, own_freedom: np.ndarray) -> float:
    """Return the prior degrees of freedom of the pooled variance, to add to a cell's own (Smyth 2004).

    They follow from the variance of the log squares in excess of that of a chi-square; an upper bound
    of that variance is used.
    """
    known = (own_freedom >= 1) & (squares > 0) & (usual > 0)
    n = int(known.sum())
    if n < _MANY:
        return 0.0
    half = own_freedom[known] / 2
    logs = np.log(squares[known] / usual[known]) - digamma(half) + np.log(half)
    spread = float(logs.var(ddof=1))
    excess = spread * (1.0 + np.sqrt(2.0 / n)) - float(polygamma(1, half).mean())
    low, high = _PRIOR

    def gap(freedom: float) -> float:
        return float(polygamma(1, freedom / 2)) - excess

    if gap(high) >= 0:
        return high
    return 0.0 if gap(low) <= 0 else float(brentq(gap, low, high))


def _ratio(grouping: Grouping, events: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Return the ratio of each cell's group."""
    seen, exposed = grouping.sum(events), grouping.sum(exposure)
    return np.divide(seen, exposed, out=np.zeros(len(seen)), where=exposed > 0)[grouping.ids]
