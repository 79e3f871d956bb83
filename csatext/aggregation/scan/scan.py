"""The scan: every combination of values against what was expected of it, corrected for their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import t

from csatext.aggregation.scan.cells import Cells, Grouping, group, subsets
from csatext.aggregation.scan.event_size import EventSize
from csatext.aggregation.scan.expected_rates import ExpectedRates
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
        The same as q, were rates not to vary by themselves between periods.
    strength : float
        Events of the baseline behind its expectation.
    dispersion : float
        Variance of its events as a multiple of that of single events.
    """

    dims: tuple[int, ...]
    codes: tuple[int, ...]
    score: float
    p: float
    q: float
    q_sampling: float
    strength: float
    dispersion: float


def frequent_groups(cells: Cells, max_dims: int) -> list[Grouping]:
    """Group the cells by all sets of dimensions; from three on without what is too rare to matter.

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
    at: np.ndarray
    ids: np.ndarray
    codes: np.ndarray
    prior: np.ndarray
    dispersion: np.ndarray
    freedom: np.ndarray
    tests: np.ndarray

    def sums(self, columns: list[np.ndarray]) -> list[np.ndarray]:
        """Return the sum of each column by combination."""
        return [np.bincount(self.ids, values[self.at], len(self.prior)) + _TINY for values in columns]


class Scan:
    """All combinations of up to some dimensions; built once, searched round by round.

    Parameters
    ----------
    cells : Cells
    groups : list of Grouping
        Single dimensions first.
    expectation : ExpectedRates
    scale : EventSize
        What one event weighs; groups with larger single amounts than usual count for less.

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
    depth. Combinations with fewer than 5 events on both sides together are not looked at.
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
        self._tables = self._prepare(groups, expectation.strength)

    def _prepare(self, groups: list[Grouping], strength: dict[tuple[int, ...], float]) -> list[_Table]:
        cells = self._cells
        before_in = self._columns[2]
        expected = cells.exposure_after * self._expectation.rate
        events = cells.events_after + cells.events_before
        sizes = [len(grouping.dims) for grouping in groups]
        margins: dict[int, np.ndarray] = {}
        tables = []
        for grouping in groups:
            codes = cells.codes[list(grouping.dims)][:, grouping.first]
            before = grouping.sum(before_in) + _TINY
            doubt = self._doubt(grouping, before_in)
            if len(grouping.dims) == 1:
                margins[grouping.dims[0]] = np.full(len(cells.levels[grouping.dims[0]]), np.inf)
                margins[grouping.dims[0]][codes[0]] = 1.0 / before
            else:
                # The model knows a combination as well as the margins it is built from.
                doubt += 1.0 / min(strength[pair] for pair in combinations(grouping.dims, 2))
                doubt += sum(margins[dim][code] for dim, code in zip(grouping.dims, codes, strict=True))
            prior = 1.0 / doubt
            keep = np.flatnonzero(grouping.sum(events) >= _MIN_EVENTS)
            place = np.full(len(grouping) + 1, len(keep), dtype=np.int32)
            place[keep] = np.arange(len(keep), dtype=np.int32)
            sets = sizes.count(len(grouping.dims)) * (1 if cells.is_rate else len(set(sizes)))
            tests = sets * self._tests(grouping, expected)[keep]
            prior, codes = prior[keep], codes[:, keep]
            dispersion = self._scale.dispersion(grouping)[keep]
            freedom = self._scale.freedom(grouping)[keep]
            ids = place[grouping.ids]
            at = np.flatnonzero(ids < len(keep))
            tables.append(_Table(grouping.dims, at, ids[at], codes, prior, dispersion, freedom, tests))
        return tables

    def _doubt(self, grouping: Grouping, before: np.ndarray) -> np.ndarray:
        """Return 1 / k where the expectation follows a group's own past by before / (before + k)."""
        pull = self._expectation.pull
        follows = pull[-1] + pull[grouping.dims[0]] if len(grouping.dims) == 1 else pull[-1]
        own = grouping.sum(before) + _TINY
        part = np.minimum(grouping.sum(follows * before) / own, 1.0 - _TINY)
        return np.maximum(part, _TINY) / (own * (1.0 - part))

    def _tests(self, grouping: Grouping, expected: np.ndarray) -> np.ndarray:
        """Return the number of tests that each group of a set of dimensions is corrected for."""
        sums = grouping.sum(expected)
        weight = np.minimum(sums / _MIN_EVENTS, 1.0) + _TINY
        # What was left out as too rare could still have been reported, had more happened there.
        rare = max(float(expected.sum() - sums.sum()), 0.0) / _MIN_EVENTS
        return np.maximum((weight.sum() + rare) / weight, 1.0)

    def _compare(
        self, ratio: Callable[..., np.ndarray], columns: Sequence[np.ndarray], known: np.ndarray
    ) -> np.ndarray:
        """Return a likelihood ratio of columns as they are summed, with ``known`` events behind them."""
        seen, expected, _, *trials = columns
        bound = effective_trials(seen, expected, trials[1], trials[0]) if self._is_binomial else None
        return ratio(seen, expected, known, bound)

    def _deflation(self, dims: tuple[int, ...], expected: np.ndarray, before: np.ndarray) -> np.ndarray:
        """Return what is left of a likelihood ratio when rates vary between periods by themselves."""
        variance = self._expectation.variance(dims) * (1 + 1 / self._cells.n_periods)
        return 1.0 / (1.0 + variance / (1.0 / expected + 1.0 / before))

    def search(self, alive: np.ndarray, scale: float = 1.0) -> list[Candidate]:
        """Return the best combinations among the cells that are not explained yet, best first.

        Parameters
        ----------
        alive : ndarray of bool, shape (n_cells,)
            Cells to look at.
        scale : float, default 1
            Level of the current period as a multiple of the baseline's.

        Returns
        -------
        list of Candidate
            At most five for each set of dimensions.
        """
        columns = _living(self._columns, alive, scale)
        damped = _living(self._damped, alive, scale)
        if not self._cells.is_rate:
            # The damping must not make a difference between the two sides by itself.
            damped[1] = damped[1] * (damped[0].sum() + _TINY) / (damped[1].sum() + _TINY)
        found: list[Candidate] = []
        for table in self._tables:
            if len(table.prior):
                found += self._rank(table, _sides(table, columns), _sides(table, damped))
        return sorted(found, key=lambda candidate: -candidate.score)

    def _rank(
        self,
        table: _Table,
        sides: tuple[list[np.ndarray], list[np.ndarray]],
        damped: tuple[list[np.ndarray], list[np.ndarray]],
    ) -> list[Candidate]:
        (seen, expected, before, exposure, squares), outside = sides
        known = before + table.prior
        against_past = self._compare(corrected_ratio, sides[0], known)
        score = self._compare(log_likelihood_ratio, damped[0], damped[0][2])
        if not self._cells.is_rate:
            # The change of all holds the cell too: what it moves the others by is its evidence as well.
            against_past = against_past + log_likelihood_ratio(*outside[:3])
            score = score + log_likelihood_ratio(*damped[1][:3])
        # Against the rest of the current period too: a rise of everything has no cause in a cell.
        rest = (outside[0] + _HALF) / (outside[1] + _HALF)
        doubt = 1.0 / known + 1.0 / (outside[0] + _HALF) + 1.0 / (outside[2] + _HALF)
        level = expected * rest
        level_now = [seen, level, before, exposure, squares * rest**2]
        against_rest = self._compare(corrected_ratio, level_now, 1.0 / doubt)
        evidence = np.minimum(against_past, against_rest) / table.dispersion
        sampling = _tail(evidence, table.freedom)
        p = _tail(evidence * self._deflation(table.dims, expected, known), table.freedom)
        score = score / table.dispersion - np.log(table.tests)
        # A combination that holds everything cannot be told from the whole.
        score[outside[1] <= _TINY * (expected + outside[1])] = -np.inf
        # The distribution does not hold for fewer.
        score[np.maximum(seen, expected) < _MIN_EVENTS] = -np.inf
        best = np.argsort(-score, kind="stable")[:_KEPT]
        return [
            Candidate(
                dims=table.dims,
                codes=tuple(int(code) for code in table.codes[:, cell]),
                score=float(score[cell]),
                p=float(p[cell]),
                q=float(min(1.0, p[cell] * table.tests[cell])),
                q_sampling=float(min(1.0, sampling[cell] * table.tests[cell])),
                strength=float(known[cell]),
                dispersion=float(table.dispersion[cell]),
            )
            for cell in best
            if np.isfinite(score[cell])
        ]


def _sides(table: _Table, columns: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the sums of each column inside and outside of each combination."""
    inside = table.sums(columns)
    totals = [float(values.sum()) + _TINY for values in columns]
    return inside, [np.maximum(total - part, _TINY) for total, part in zip(totals, inside, strict=True)]


def _tail(evidence: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Return the p value of a log-likelihood ratio whose dispersion has so many degrees of freedom."""
    return np.asarray(2 * t.sf(np.sqrt(2 * evidence), freedom))


def _living(columns: list[np.ndarray], alive: np.ndarray, scale: float) -> list[np.ndarray]:
    seen, expected, *others = (np.where(alive, values, 0.0) for values in columns)
    return [seen, expected * scale, *others]
