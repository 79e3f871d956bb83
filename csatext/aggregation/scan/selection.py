"""Stepwise selection of the causes to report, each in the cells that the others do not explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from csatext.aggregation.scan.cells import Cells
from csatext.aggregation.scan.expected_rates import ExpectedRates
from csatext.aggregation.scan.scan import Candidate, Scan

__all__ = ["Cause", "choose", "whole_has_moved"]

_CREDIBLE = 0.95
_ALTERNATIVES = 2
_FAINT = 0.05
_COMMON = 0.5
_LENIENCE = 10.0
_CLEAR_RATIO = 1.1
_CLEAR_ERRORS = 3.0


@dataclass(frozen=True)
class Cause:
    """One combination to report.

    Attributes
    ----------
    values : dict of int to int
        Value (position in the levels) of each dimension that the combination names.
    inside : ndarray of bool, shape (n_cells,)
        Its cells.
    alternative_to : int or None
        Rank of the cause it competes with.
    contribution, variance : float
        Events above expectation in cells not explained before, and the variance of that.
    p, q : float
        Alone, and corrected for the number of combinations.
    """

    values: dict[int, int]
    inside: np.ndarray
    alternative_to: int | None
    contribution: float
    variance: float
    p: float
    q: float


def choose(
    cells: Cells, expectation: ExpectedRates, scan: Scan, *, alpha: float, max_causes: int, min_share: float
) -> list[Cause]:
    """Return the causes in the order of evidence, each followed by its alternatives.

    Parameters
    ----------
    cells : Cells
    expectation : ExpectedRates
    scan : Scan
    alpha : float
        A cause is significant where its q is at most this. Where the rate of all cells has clearly
        changed, the first cause is tested against sampling error alone.
    max_causes : int
        Causes and alternatives together, at most.
    min_share : float
        Least contribution of a further cause, as a part of that of the first.

    Returns
    -------
    list of Cause
    """
    unexplained = np.ones(len(cells), dtype=bool)
    chosen: list[Cause] = []
    expected = cells.exposure_after * expectation.rate
    is_clear = _is_clear(cells, alpha)
    while len(chosen) < max_causes and unexplained.any():
        # A count is judged against a proportional change of all that is left; a rate has its own level.
        scale = 1.0 if cells.is_rate else _level(cells.events_after, expected, unexplained)
        found = scan.search(unexplained, scale)
        best = next((candidate for candidate in found if candidate.q <= alpha), None)
        if is_clear and not chosen:
            best = next((candidate for candidate in found if candidate.q_sampling <= alpha), None)
        if best is None:
            break
        if not cells.is_rate:
            best = _with_the_whole(cells, expectation, expected, unexplained, found, best, alpha)
        rank = len(chosen) + 1
        cause = _cause(cells, expectation, expected, unexplained, best, None)
        if chosen and abs(cause.contribution) < min_share * abs(chosen[0].contribution):
            break
        chosen.append(cause)
        chosen += _alternatives(cells, expectation, expected, unexplained, found, best, cause, rank, alpha)
        unexplained &= ~cause.inside
    return chosen[:max_causes]


def whole_has_moved(cells: Cells, alpha: float) -> bool:
    """Return whether the sum of all cells is beyond sampling error, and outside the baseline's range.

    Parameters
    ----------
    cells : Cells
    alpha : float
        Probability of yes where only sampling error is at work and there is one baseline period.

    Returns
    -------
    bool
    """
    gap, error = _gaps(cells)
    margin = float(norm.isf(alpha / 2)) * error
    return bool((gap > margin).all() or (gap < -margin).all())


def _is_clear(cells: Cells, alpha: float) -> bool:
    """Return whether the rate of all cells is clearly outside the range of all baseline periods.

    By a tenth and by three standard errors of sampling at least, and only with enough periods: where
    periods are exchangeable the current one is the lowest or highest of n + 1 with probability
    2 / (n + 1), which may be ten times ``alpha``. Counts are explained against a proportional change of
    all, so a change of the whole is no evidence on them.
    """
    if not cells.is_rate or 2.0 / (cells.n_periods + 1) > _LENIENCE * alpha:
        return False
    gap, error = _gaps(cells)
    margin = np.maximum(np.log(_CLEAR_RATIO), _CLEAR_ERRORS * error)
    return bool((gap > margin).all() or (gap < -margin).all())


def _gaps(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Return the log ratio of the current period to each baseline period, and its sampling error."""
    exposure: np.ndarray = np.bincount(cells.period, cells.exposure, cells.n_periods)
    now = float(cells.exposure_after.sum())
    if not cells.is_rate:
        exposure, now = np.ones(cells.n_periods), 1.0
    known = exposure > 0
    # A continuity correction of half an event keeps the logarithm and its error finite at 0 events.
    events = np.bincount(cells.period, cells.events, cells.n_periods)[known] + 0.5
    seen = float(cells.events_after.sum()) + 0.5
    gap = np.log(seen / max(now, 1.0)) - np.log(events / exposure[known])
    return gap, np.sqrt(1.0 / seen + 1.0 / events)


def _level(events: np.ndarray, expected: np.ndarray, where: np.ndarray) -> float:
    wanted = float(expected[where].sum())
    return float(events[where].sum()) / wanted if wanted > 0 else 1.0


def _with_the_whole(
    cells: Cells,
    expectation: ExpectedRates,
    expected: np.ndarray,
    unexplained: np.ndarray,
    found: list[Candidate],
    best: Candidate,
    alpha: float,
) -> Candidate:
    """Return the combination to name where two explain each other: the one that changed as the whole did.

    Against a proportional change of all, "x rose" and "the rest did not rise with all" are the same
    evidence. A combination that stayed, or went against the whole, gives way to a significant one that
    moved by itself the way of the whole, and without which it would be as expected.
    """
    z = float(norm.isf(alpha / 2))
    whole = float(cells.events_after[unexplained].sum() - expected[unexplained].sum())

    def moves(candidate: Candidate) -> bool:
        here = _inside(cells, dict(zip(candidate.dims, candidate.codes, strict=True))) & unexplained
        own, variance = _excess(cells, expectation, expected, here, candidate, 1.0)
        share = _level(cells.events_after, expected, unexplained & ~here)
        beyond, _ = _excess(cells, expectation, expected, here, candidate, share)
        return abs(own) > z * np.sqrt(variance) and own * whole > 0 and beyond * whole > 0

    if moves(best):
        return best
    held = _inside(cells, dict(zip(best.dims, best.codes, strict=True))) & unexplained
    for candidate in found:
        inside = _inside(cells, dict(zip(candidate.dims, candidate.codes, strict=True))) & unexplained
        if candidate.q > alpha or (inside & held).any() or not moves(candidate):
            continue
        rest = unexplained & ~inside & ~held
        share = _level(cells.events_after, expected, rest)
        gap, variance = _excess(cells, expectation, expected, held, best, share)
        if not rest.any() or abs(gap) <= z * np.sqrt(variance):
            return candidate
    return best


def _excess(
    cells: Cells,
    expectation: ExpectedRates,
    expected: np.ndarray,
    here: np.ndarray,
    candidate: Candidate,
    scale: float,
) -> tuple[float, float]:
    """Return the events of some cells above expectation times ``scale``, and the variance of that."""
    seen = float(cells.events_after[here].sum())
    wanted = float(expected[here].sum()) * scale
    noise = seen
    if expectation.is_binomial:
        noise *= 1.0 - seen / max(float(cells.exposure_after[here].sum()), 1.0)
    relative_variance = expectation.between_period_variance(candidate.dims) * (1 + 1 / cells.n_periods)
    relative_variance += candidate.dispersion / candidate.baseline_events
    return seen - wanted, candidate.dispersion * noise + relative_variance * wanted**2


def _alternatives(
    cells: Cells,
    expectation: ExpectedRates,
    expected: np.ndarray,
    unexplained: np.ndarray,
    found: list[Candidate],
    best: Candidate,
    cause: Cause,
    rank: int,
    alpha: float,
) -> list[Cause]:
    """Return combinations that explain the same change and are needed for a 95 % credible set.

    Only those that could stand alone: significant themselves, and a change the same way, at least half
    of which (or of the cause's) lies in the cells that both hold.
    """
    weight = np.exp(np.minimum([candidate.score - best.score for candidate in found], 0.0))
    posterior = weight / weight.sum()
    covered = posterior[found.index(best)]
    others: list[Cause] = []
    for candidate, share in zip(found, posterior, strict=True):
        # Where very many combinations have equal posterior weights, none of them is worth a row.
        if covered >= _CREDIBLE or len(others) == _ALTERNATIVES or share < _FAINT * posterior[0]:
            break
        if candidate is best:
            continue
        covered += share
        if candidate.q > alpha:
            continue
        other = _cause(cells, expectation, expected, unexplained, candidate, rank)
        known = [cause, *others]
        is_new = not any(
            np.array_equal(other.inside & unexplained, seen.inside & unexplained) for seen in known
        )
        same_way = (other.contribution > 0) == (cause.contribution > 0)
        shared = other.inside & cause.inside & unexplained
        scale = 1.0 if cells.is_rate else _level(cells.events_after, expected, unexplained & ~cause.inside)
        common, _ = _excess(cells, expectation, expected, shared, candidate, scale)
        least = _COMMON * min(abs(cause.contribution), abs(other.contribution))
        if is_new and same_way and common * np.sign(cause.contribution) >= least:
            others.append(other)
    return others


def _cause(
    cells: Cells,
    expectation: ExpectedRates,
    expected: np.ndarray,
    unexplained: np.ndarray,
    candidate: Candidate,
    alternative_to: int | None,
) -> Cause:
    values = _simplest(cells, dict(zip(candidate.dims, candidate.codes, strict=True)))
    inside = _inside(cells, values)
    here = inside & unexplained
    scale = 1.0 if cells.is_rate else _level(cells.events_after, expected, unexplained & ~inside)
    contribution, variance = _excess(cells, expectation, expected, here, candidate, scale)
    return Cause(
        values=values,
        inside=inside,
        alternative_to=alternative_to,
        contribution=contribution,
        variance=variance,
        p=candidate.p,
        q=candidate.q,
    )


def _inside(cells: Cells, values: dict[int, int]) -> np.ndarray:
    inside = np.ones(len(cells), dtype=bool)
    for dim, code in values.items():
        inside &= cells.codes[dim] == code
    return inside


def _simplest(cells: Cells, values: dict[int, int]) -> dict[int, int]:
    """Drop redundant dimensions: without them the combination holds the same cells."""
    size = int(_inside(cells, values).sum())
    for dim in sorted(values):
        fewer = {other: code for other, code in values.items() if other != dim}
        if fewer and int(_inside(cells, fewer).sum()) == size:
            values = fewer
    return values
