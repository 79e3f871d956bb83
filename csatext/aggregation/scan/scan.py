"""The scan statistic: likelihood ratio of every combination of values, corrected for multiple testing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csc_array
from scipy.stats import t

from csatext.aggregation.scan.cells import Cells, Grouping, group, subsets
from csatext.aggregation.scan.event_size import EventSize
from csatext.aggregation.scan.expected_rates import ExpectedRates, new_values
from csatext.aggregation.scan.likelihood_ratio import corrected_ratio, effective_trials, log_likelihood_ratio

__all__ = ["Candidate", "Scan", "frequent_groups"]

_TINY = 1e-9
_MIN_EVENTS = 5.0
_HALF = 0.5
_SPREAD = 0.15
_KEPT = 5


@dataclass(frozen=True)
class Candidate:
    """One combination of values and the evidence for it.

    Attributes
    ----------
    dims : tuple of int
        Positions of its dimensions.
    codes : tuple of int
        Its values, as positions in the levels.
    score : float
        Log of its posterior weight among all combinations, up to a constant.
    p, q : float
        Alone, and corrected for the number of combinations.
    q_sampling : float
        q without between-period variance: sampling error alone.
    baseline_events : float
        Effective number of baseline events of its expectation, those of the prior included.
    dispersion : float
        Variance of its events as a multiple of that of single events.
    """

    dims: tuple[int, ...]
    codes: tuple[int, ...]
    score: float
    p: float
    q: float
    q_sampling: float
    baseline_events: float
    dispersion: float


def frequent_groups(cells: Cells, max_dims: int) -> list[Grouping]:
    """Return the groupings by all sets of dimensions; from three on without rare combinations.

    Parameters
    ----------
    cells : Cells
    max_dims : int
        Dimensions in a set, at most.

    Returns
    -------
    list of Grouping
        Small sets first. A combination cannot have 5 events where a part of it has fewer (Agrawal and
        Srikant 1994, VLDB): cells of such parts are left out of sets of three and more.
    """
    events = cells.events_after + cells.events_before
    frequent: dict[tuple[int, ...], np.ndarray] = {}
    groups = []
    for dims in subsets(len(cells.names), min(max_dims, len(cells.names))):
        where = None
        if len(dims) > 2:
            parts = [dims[:drop] + dims[drop + 1 :] for drop in range(len(dims))]
            where = np.logical_and.reduce([frequent[part] for part in parts])
        grouping = group(cells, dims, where)
        enough = np.append(grouping.sum(events) >= _MIN_EVENTS, False)
        if len(dims) < max_dims:
            frequent[dims] = enough[grouping.ids]
        groups.append(grouping)
    return groups


@dataclass
class _Table:
    """Combinations of one grouping that can become significant, and the cells they hold."""

    dims: tuple[int, ...]
    members: csc_array
    codes: np.ndarray
    prior: np.ndarray
    dispersion: np.ndarray
    freedom: np.ndarray
    tests: np.ndarray
    is_new: np.ndarray
    spread: np.ndarray

    def sums(self, columns: np.ndarray) -> np.ndarray:
        """Return the sum of each column of shape (n_cells, n_columns) by combination."""
        return np.ascontiguousarray((self.members @ columns).T) + _TINY


class Scan:
    """All combinations of up to some dimensions; built once, searched round by round.

    Parameters
    ----------
    cells : Cells
    groups : list of Grouping
        Single dimensions first.
    expectation : ExpectedRates
    scale : EventSize
        Numerator of one event; the evidence of overdispersed groups is divided by their dispersion.

    Notes
    -----
    Correction: each set of dimensions gets the same part of the level as the others of its size, and
    inside it a weighted Bonferroni correction over all combinations (Genovese, Roeder and Wasserman
    2006, Biometrika 93): the weight is the number of events expected, 5 and more alike. It rests on the
    baseline and the exposure only: a number of tests that looked at the events to be tested would not
    keep the level. Of a rate sizes are not divided by: they share their events, evidence must hold
    against past and rest at once, and few events never use up the level (benchmark: 0 to 5 % false
    reports at 5 %). Of a count past and rest are one comparison, and sizes are divided by.
    The same weights are the prior of the score. As an effect is never quite the same in all finest cells
    (a spread of 15 % is taken), large ones are damped in the score: one of them must not decide the
    depth. Combinations with fewer than 5 events on both sides together are not tested.
    """

    def __init__(
        self, cells: Cells, groups: list[Grouping], expectation: ExpectedRates, scale: EventSize
    ) -> None:
        self._cells = cells
        self._scale = scale
        self._expectation = expectation
        self._is_binomial = expectation.is_binomial
        expected = cells.exposure_after * expectation.rate
        columns = (
            cells.events_after,
            expected,
            cells.exposure_before * expectation.rate,
            cells.exposure_after,
            expected * expectation.rate,
        )
        self._columns, self._damped = (
            [values / (1.0 + variance * expected) for values in columns]
            for variance in (expectation.cell_variance, max(expectation.cell_variance, _SPREAD**2))
        )
        self._tables = self._prepare(groups, expectation.prior_precision)

    def _prepare(self, groups: list[Grouping], prior_precision: dict[tuple[int, ...], float]) -> list[_Table]:
        cells = self._cells
        before_in = self._columns[2]
        expected = cells.exposure_after * self._expectation.rate
        events = cells.events_after + cells.events_before
        sizes = [len(grouping.dims) for grouping in groups]
        margins: dict[int, np.ndarray] = {}
        tables = []
        ones = np.ones(len(cells))
        weight = self._expectation.shrinkage_weight
        values = new_values(cells, self._expectation.rate)
        own = self._scale.columns()
        columns = np.column_stack([before_in, events, expected, weight[-1] * before_in, *own])
        for grouping in groups:
            codes = cells.codes[np.ix_(np.asarray(grouping.dims), grouping.first)]
            before, seen, wanted, weighted, *squares = grouping.sum(columns)
            before += _TINY
            if len(grouping.dims) == 1:
                weighted = grouping.sum((weight[-1] + weight[grouping.dims[0]]) * before_in)
            prior_variance = _prior_variance(before, weighted)
            # Known values that meet for the first time have no baseline whose weight tells the prior.
            is_first = (before <= 2 * _TINY) & (wanted > 0) & (cells.is_rate and len(grouping.dims) > 1)
            prior_variance[is_first] = 1.0 / prior_precision[()]
            if len(grouping.dims) == 1:
                margins[grouping.dims[0]] = np.full(len(cells.levels[grouping.dims[0]]), np.inf)
                margins[grouping.dims[0]][codes[0]] = 1.0 / before
            else:
                # The variance of an expectation is that of its interactions and of its margins.
                prior_variance += 1.0 / min(prior_precision[pair] for pair in combinations(grouping.dims, 2))
                prior_variance += sum(
                    margins[dim][code] for dim, code in zip(grouping.dims, codes, strict=True)
                )
            prior = 1.0 / prior_variance
            new = [values[dim][code] for dim, code in zip(grouping.dims, codes, strict=True)]
            spread = sum(
                self._expectation.value_variance[dim] * is_new
                for dim, is_new in zip(grouping.dims, new, strict=True)
            )
            is_new = np.logical_or.reduce(new)
            spread = spread + (is_first & ~is_new) * prior_variance
            is_new = is_new | is_first
            # Few events of a new value are evidence where many were expected.
            keep = np.flatnonzero((seen >= _MIN_EVENTS) | is_new & (wanted >= _MIN_EVENTS))
            place = np.full(len(grouping) + 1, len(keep), dtype=np.int32)
            place[keep] = np.arange(len(keep), dtype=np.int32)
            sets = sizes.count(len(grouping.dims)) * (1 if cells.is_rate else len(set(sizes)))
            tests = sets * _tests(wanted, expected)[keep]
            prior, codes = prior[keep], codes[:, keep]
            dispersion, freedom = np.ones(len(keep)), np.full(len(keep), np.inf)
            if own:
                dispersion, freedom = self._scale.dispersion(np.stack(squares)[:, keep])
            ids = place[grouping.ids]
            is_kept = ids < len(keep)
            kept = ids[is_kept]
            ends = np.zeros(len(cells) + 1, dtype=np.int32)
            np.cumsum(is_kept, out=ends[1:])
            # A column a cell, with its combination: all sums are taken in one pass over the cells.
            members = csc_array((ones[: len(kept)], kept, ends), shape=(len(keep), len(cells)))
            kinds = is_new[keep], spread[keep]
            tables.append(_Table(grouping.dims, members, codes, prior, dispersion, freedom, tests, *kinds))
        return tables

    def _compare(
        self, ratio: Callable[..., np.ndarray], columns: np.ndarray, known: np.ndarray
    ) -> np.ndarray:
        """Return a likelihood ratio of summed columns; ``known``: effective number of baseline events."""
        seen, expected, _, *trials = columns
        bound = effective_trials(seen, expected, trials[1], trials[0]) if self._is_binomial else None
        return ratio(seen, expected, known, bound)

    def _deflation(self, dims: tuple[int, ...], expected: np.ndarray, before: np.ndarray) -> np.ndarray:
        """Return the factor that corrects a likelihood ratio for between-period variance."""
        variance = self._expectation.between_period_variance(dims) * (1 + 1 / self._cells.n_periods)
        return 1.0 / (1.0 + variance / (1.0 / expected + 1.0 / before))

    def search(self, unexplained: np.ndarray, scale: float = 1.0) -> list[Candidate]:
        """Return the best combinations among the cells that are not explained yet, best first.

        Parameters
        ----------
        unexplained : ndarray of bool, shape (n_cells,)
            Cells that no cause explains yet.
        scale : float, default 1
            Level of the current period as a multiple of the baseline's.

        Returns
        -------
        list of Candidate
            At most five for each set of dimensions.
        """
        columns = _restricted(self._columns, unexplained, scale)
        damped = _restricted(self._damped, unexplained, scale)
        if not self._cells.is_rate:
            # The damping must not bias the ratio of the two sides.
            damped[1] = damped[1] * (damped[0].sum() + _TINY) / (damped[1].sum() + _TINY)
        both = np.column_stack([*columns, *damped])
        totals = np.array([float(values.sum()) for values in (*columns, *damped)]) + _TINY
        found: list[Candidate] = []
        for table in self._tables:
            if len(table.prior):
                inside = table.sums(both)
                outside = np.maximum(totals[:, np.newaxis] - inside, _TINY)
                n = len(columns)
                found += self._rank(table, (inside[:n], outside[:n]), (inside[n:], outside[n:]))
        return sorted(found, key=lambda candidate: -candidate.score)

    def _rank(
        self,
        table: _Table,
        sides: tuple[np.ndarray, np.ndarray],
        damped: tuple[np.ndarray, np.ndarray],
    ) -> list[Candidate]:
        score = self._score(table, *damped)
        inside, outside = sides
        # A combination of all cells cannot be distinguished from the whole.
        score[outside[1] <= _TINY * (inside[1] + outside[1])] = -np.inf
        # The asymptotic distribution does not hold for fewer events.
        score[np.maximum(inside[0], inside[1]) < _MIN_EVENTS] = -np.inf
        best = _highest(score)
        inside, outside, score = inside[:, best], outside[:, best], score[best]
        expected, before = inside[1], inside[2]
        is_new, spread = table.is_new[best], table.spread[best]
        dispersion, freedom, tests = table.dispersion[best], table.freedom[best], table.tests[best]
        known = before + table.prior[best]
        # A new value has no baseline: its expectation is the rest's, its variance that between values.
        known[is_new] = 1.0 / (1.0 / (outside[2] + _HALF) + spread)[is_new]
        against_past = self._compare(corrected_ratio, inside, known)
        if not self._cells.is_rate:
            # The total contains the cell: its effect on the expectation of the others is evidence too.
            against_past = against_past + log_likelihood_ratio(*outside[:3])
        # The rest of the current period is a second comparison: a rise of all cells has no cause in one.
        variance = np.where(is_new, spread, 1.0 / known)
        variance = variance + 1.0 / (outside[0] + _HALF) + 1.0 / (outside[2] + _HALF)
        against_rest = self._compare(corrected_ratio, _expected_as_the_rest(inside, outside), 1.0 / variance)
        evidence = np.where(is_new, against_rest, np.minimum(against_past, against_rest)) / dispersion
        sampling = _tail(evidence, freedom) * tests
        p = _tail(evidence * self._deflation(table.dims, expected, known), freedom)
        return [
            Candidate(
                dims=table.dims,
                codes=tuple(int(code) for code in table.codes[:, cell]),
                score=float(score[at]),
                p=float(p[at]),
                q=float(min(1.0, p[at] * tests[at])),
                q_sampling=float(min(1.0, sampling[at])),
                baseline_events=float(known[at]),
                dispersion=float(dispersion[at]),
            )
            for at, cell in enumerate(best)
        ]

    def _score(self, table: _Table, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
        """Return the log of the posterior weight of each combination, of damped sums."""
        score = self._compare(log_likelihood_ratio, inside, inside[2])
        if not self._cells.is_rate:
            score = score + log_likelihood_ratio(*outside[:3])
        new = np.flatnonzero(table.is_new)
        if len(new):
            inside, outside = inside[:, new], outside[:, new]
            known = 1.0 / (table.spread[new] + 1.0 / (outside[0] + _HALF))
            score[new] = self._compare(log_likelihood_ratio, _expected_as_the_rest(inside, outside), known)
        return score / table.dispersion - np.log(table.tests)


def _expected_as_the_rest(inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return the sums of combinations, expected at the level that the rest of the current period has."""
    seen, expected, before, exposure, squares = inside
    rest = (outside[0] + _HALF) / (outside[1] + _HALF)
    return np.stack([seen, expected * rest, before, exposure, squares * rest**2])


def _highest(score: np.ndarray) -> np.ndarray:
    """Return the places of the highest finite scores, highest first."""
    if len(score) > _KEPT:
        least = np.partition(score, -_KEPT)[-_KEPT]
        places = np.flatnonzero(np.isfinite(score) & (score >= least))
    else:
        places = np.flatnonzero(np.isfinite(score))
    return places[np.argsort(-score[places], kind="stable")][:_KEPT]


def _prior_variance(before: np.ndarray, weighted: np.ndarray) -> np.ndarray:
    """Return the prior variance 1 / k of groups with the shrinkage weight before / (before + k).

    ``weighted`` is the sum of ``before`` over the cells of a group, each times its shrinkage weight.
    """
    part = np.minimum(weighted / before, 1.0 - _TINY)
    return np.maximum(part, _TINY) / (before * (1.0 - part))


def _tests(sums: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the number of tests that each group of a set of dimensions is corrected for.

    ``sums`` holds the events expected of the groups, ``expected`` those of all cells.
    """
    weight = np.minimum(sums / _MIN_EVENTS, 1.0) + _TINY
    # What was left out as too rare could still have been reported, had more happened there.
    rare = max(float(expected.sum() - sums.sum()), 0.0) / _MIN_EVENTS
    return np.maximum((weight.sum() + rare) / weight, 1.0)


def _tail(evidence: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Return the p value of a log-likelihood ratio whose dispersion has so many degrees of freedom."""
    return np.asarray(2 * t.sf(np.sqrt(2 * evidence), freedom))


def _restricted(columns: list[np.ndarray], unexplained: np.ndarray, scale: float) -> list[np.ndarray]:
    seen, expected, *others = (np.where(unexplained, values, 0.0) for values in columns)
    return [seen, expected * scale, *others]
