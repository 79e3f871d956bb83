"""Changes of level in one series: circular binary segmentation with a serially correlated null."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from csatext.aggregation.panel.panel import Array

__all__ = ["Nuisance", "autocorrelation", "segment"]

# Pairs of ends are searched on a grid of at most this many points; ends are refined afterwards.
_GRID = 120
# Two rounds of draws: most series without a change are settled by the first.
_DRAWS = (99, 400)
_SETTLED = 0.15
# Share of the sum of squares that rounding leaves of a constant series.
_ROUNDING = 1e-18
# Share of a stretch that the nuisance regressors must leave for it to be tested.
_LEAST_LEFT = 1e-6
# Weight of a place that many periods off: a user looks at the days around a change.
_WORTH = np.array([1.0, 1.2, 1.5, 1.2, 1.0])


@dataclass(frozen=True)
class Nuisance:
    """Regressors whose effects are not known, such as a calendar's.

    Attributes
    ----------
    features : array, periods x features
    scale : array, one a feature
        Standard deviation expected of the effect, in units of the values.
    """

    features: Array
    scale: Array


class _Levels:
    """Residuals of a series after its levels and nuisance regressors.

    Score tests of further levels are partial regressions (Frisch and Waugh 1933, Rao 1948): what the
    nuisance regressors explain of a stretch counts for nothing, so that a level which a holiday
    accounts for as well is no evidence. Effects are shrunk by ridge with the variance of the residuals.

    Parameters
    ----------
    values, weights : arrays, shape (periods,)
    edges : list of int
        First index of each level after the first.
    nuisance : Nuisance, optional
    """

    def __init__(self, values: Array, weights: Array, edges: list[int], nuisance: Nuisance | None) -> None:
        periods = len(values)
        self.root = np.sqrt(np.maximum(weights, 1e-12))
        level = np.searchsorted(edges, np.arange(periods), side="right")
        columns = np.eye(len(edges) + 1)[level]
        penalty = np.zeros(columns.shape[1])
        if nuisance is not None:
            columns = np.hstack([columns, nuisance.features])
            penalty = np.append(penalty, np.maximum(nuisance.scale, 1e-12) ** -2.0)
        weighted = self.root[:, None] * columns
        standard = self.root * (values - np.average(values, weights=self.root**2))
        variance = 1.0
        if nuisance is not None:
            rest = standard - weighted @ np.linalg.lstsq(weighted, standard, rcond=None)[0]
            variance = (rest**2).sum() / max(periods - np.linalg.matrix_rank(weighted), 1)
        gram = weighted.T @ weighted
        gram += np.diag(variance * penalty + 1e-10 * np.trace(gram) / len(gram))
        # Columns of one half of the projection: what they explain is this times its own transpose.
        self.basis = np.linalg.solve(np.linalg.cholesky(gram), weighted.T).T
        self.residual = self.without(standard[None])[0]
        # Rounding errors are no noise.
        squares = (self.root * values) ** 2
        if (self.residual**2).sum() <= _ROUNDING * squares.sum():
            self.residual = np.zeros(periods)
        self._sums = _sums((self.root[:, None] * self.basis).T)
        self._sizes = _sums(weights[None])[0]

    def without(self, standard: Array) -> Array:
        """Return root-weighted series less what levels and nuisance explain of them."""
        left: Array = standard - (standard @ self.basis) @ self.basis.T
        return left

    def gains(self, residuals: Array, pairs: tuple[np.ndarray, np.ndarray]) -> Array:
        """Return the share of the sum of squares that each stretch explains, series x stretches."""
        begins, ends = pairs
        explained = ((self._sums[:, ends] - self._sums[:, begins]) ** 2).sum(axis=0)
        size = self._sizes[ends] - self._sizes[begins]
        # A stretch that a holiday explains leaves no residual variance, and is no evidence.
        left = np.where(size - explained > _LEAST_LEFT * size, size - explained, np.inf)
        sums = _sums(residuals * self.root)
        squares = np.maximum((residuals**2).sum(axis=1, keepdims=True), 1e-12)
        gains: Array = (sums[:, ends] - sums[:, begins]) ** 2 / left / squares
        return gains


def _sums(rows: Array) -> Array:
    """Return cumulative sums of each row, with a zero in front."""
    return np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)


@dataclass(frozen=True)
class _Series:
    """One series, with the autocorrelation of its noise."""

    values: Array
    weights: Array
    min_size: int
    nuisance: Nuisance | None
    rho: float
    error: float
    rng: np.random.Generator

    def levels(self, a: int, b: int, points: list[int]) -> tuple[_Levels, int]:
        """Return the part from ``a`` to ``b`` at one level, and the index that it begins with.

        With nuisance regressors the rest of the series stays, at the levels between ``points``: a
        short part by itself cannot separate weekday effects from levels.
        """
        if self.nuisance is None:
            return _Levels(self.values[a:b], self.weights[a:b], [], None), a
        edges = sorted({at for at in (*points, a, b) if not a < at < b} - {0, len(self.values)})
        return _Levels(self.values, self.weights, edges, self.nuisance), 0

    def test(self, levels: _Levels, pairs: tuple[np.ndarray, np.ndarray]) -> tuple[float, int, int]:
        """Return the p value of the best stretch and its ends."""
        gains = levels.gains(levels.residual[None], pairs)[0]
        best = int(gains.argmax())
        seen = gains[best]
        if seen <= 1e-9:
            return 1.0, 0, 0
        white = levels.residual[1:] - self.rho * levels.residual[:-1]
        white = np.append(white, white.mean()) - white.mean()
        above = done = 0
        for draws in _DRAWS:
            for at in range(0, draws, 100):
                size = min(100, draws - at)
                permuted = self.rng.permuted(np.broadcast_to(white, (size, len(white))), axis=1)
                serial = np.clip(self.rng.normal(self.rho, self.error, size), 0.0, 0.95)
                coloured = np.stack(
                    [lfilter([1.0], [1.0, -r], row) for r, row in zip(serial, permuted, strict=True)]
                )
                null = levels.gains(levels.without(coloured), pairs).max(axis=1)
                above += int((null >= seen).sum())
                done += size
            if (1 + above) / (1 + done) > _SETTLED:
                break
        return (1 + above) / (1 + done), int(pairs[0][best]), int(pairs[1][best])


def autocorrelation(
    values: Array, weights: Array, min_size: int, nuisance: Nuisance | None = None
) -> tuple[float, float]:
    """Return the lag-one autocorrelation around the best single split, and its standard error.

    The split keeps a change of level from looking like serial correlation; the bias of the estimate
    with two fitted means, about -(2 + 4 rho) / n (Kendall 1954), is added back. Negative values count
    as zero, on the safe side.
    """
    n = len(values)
    splits = np.arange(min_size, n - min_size + 1)
    if n < 8 or not len(splits):
        return 0.0, 0.0
    levels = _Levels(values, weights, [], nuisance)
    gains = levels.gains(levels.residual[None], _one_split(0, splits))[0]
    residual = _Levels(values, weights, [int(splits[gains.argmax()])], nuisance).residual
    total = float((residual**2).sum())
    if total <= 0:
        return 0.0, 0.0
    rho = float((residual[1:] * residual[:-1]).sum() / total)
    rho = float(np.clip(rho + (2 + 4 * rho) / n, 0.0, 0.9))
    return rho, float(np.sqrt((1 - rho**2) / n))


def segment(
    values: Array,
    weights: Array,
    *,
    alpha: float,
    min_size: int,
    rng: np.random.Generator,
    nuisance: Nuisance | None = None,
) -> list[tuple[int, float]]:
    """Return the first index of each new level and its p value; an empty list for no change.

    Circular binary segmentation (Olshen et al. 2004): the stretch whose level differs most from the
    rest, tested against series of the same length; then again in the parts. The reference series are
    whitened values, permuted and coloured again with an autocorrelation sampled around the estimate, so
    that neither skewed counts nor serial correlation pass for changes. Regressors with unknown effects
    are estimated in the series and in each reference series alike.

    Parameters
    ----------
    values, weights : arrays, shape (periods,)
        Weights are inverse variances up to a factor.
    alpha : float
        Probability of a false change in a series without one (type I error).
    min_size : int
        Shortest stretch.
    rng : Generator
    nuisance : Nuisance, optional
        Regressors that may explain a part of the series.
    """
    serial = autocorrelation(values, weights, min_size, nuisance)
    series = _Series(values, weights, min_size, nuisance, *serial, rng)
    open_parts = [(0, len(values))]
    points: list[int] = []
    while open_parts:
        a, b = open_parts.pop()
        begins, ends = _pairs(b - a, min_size)
        if not len(begins):
            continue
        levels, first = series.levels(a, b, points)
        p, i, j = series.test(levels, (begins + a - first, ends + a - first))
        if p > alpha * (b - a) / len(values):
            continue
        stretch = [first + i, first + j]
        points += [end for end in stretch if a < end < b]
        open_parts += pairwise(sorted({a, *stretch, b}))
    held = _refined(series, sorted(points), alpha)
    edges = [0, *(at for at, _ in held), len(values)]
    for k in range(1, len(edges) - 1):
        edges[k] = _most_probable_place(series, edges[k - 1], edges[k + 1], edges)
    return [(at, p) for at, (_, p) in zip(edges[1:-1], held, strict=True)]


def _one_split(begin: int, splits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the stretches from ``begin`` to each split."""
    return np.full(len(splits), begin), splits


def _most_probable_place(series: _Series, a: int, b: int, points: list[int]) -> int:
    """Return the place of the one change with the highest posterior probability within two periods.

    Probabilities of all places from the Gaussian likelihood with the variance profiled out (Bai 1997), at
    the number of independent observations that the serial correlation leaves; the maximum
    likelihood place itself is often off, because one outlier next to the change shifts it.
    """
    splits = np.arange(a + series.min_size, b - series.min_size + 1)
    levels, first = series.levels(a, b, points)
    gains = levels.gains(levels.residual[None], _one_split(a - first, splits - first))[0]
    independent = len(levels.residual) * (1 - series.rho) / (1 + series.rho)
    log_likelihood = -independent / 2 * np.log(np.maximum(1 - gains, 1e-12))
    posterior = np.exp(log_likelihood - log_likelihood.max())
    return int(splits[np.convolve(posterior, _WORTH)[2:-2].argmax()])


def _refined(series: _Series, points: list[int], alpha: float) -> list[tuple[int, float]]:
    """Return the significant points, each at its best place between its neighbours."""
    tested: dict[tuple[int, ...], tuple[int, float]] = {}
    while points:
        edges = [0, *points, len(series.values)]
        found = []
        for left, right in zip(edges[:-2], edges[2:], strict=True):
            # With nuisance regressors a test depends on the levels of the rest as well.
            key = (left, right) if series.nuisance is None else (left, right, *points)
            if key not in tested:
                splits = np.arange(left + series.min_size, right - series.min_size + 1)
                levels, first = series.levels(left, right, points)
                p, _, at = (
                    series.test(levels, _one_split(left - first, splits - first))
                    if len(splits)
                    else (1.0, 0, 0)
                )
                tested[key] = first + at, p
            found.append(tested[key])
        weakest = max(range(len(found)), key=lambda k: found[k][1])
        if found[weakest][1] > alpha:
            points = points[:weakest] + points[weakest + 1 :]
        elif [at for at, _ in found] == points or len({at for at, _ in found}) < len(points):
            return [(at, p) for at, (_, p) in zip(points, found, strict=True)]
        else:
            points = [at for at, _ in found]
    return []


def _pairs(length: int, min_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return begins and ends of the stretches to look at; none leaves a rest shorter than min_size."""
    step = max(1, -(-length // _GRID))
    grid = np.unique(np.append(np.arange(0, length + 1, step), length))
    i, j = np.triu_indices(len(grid), 1)
    i, j = grid[i], grid[j]
    fits = (j - i >= min_size) & (j - i <= length - min_size)
    fits &= ((i == 0) | (i >= min_size)) & ((j == length) | (length - j >= min_size))
    return i[fits], j[fits]
