"""Counts projected ahead: levels of several speeds, chosen and calibrated by a rolling backtest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from csatext.aggregation.panel.panel import CYCLES, Array
from csatext.aggregation.panel.seasonal import Season
from csatext.aggregation.prediction.baseline import PredictedCounts, make_baseline
from csatext.aggregation.prediction.damped_trend import with_trend

__all__ = [
    "METHODS",
    "Backtest",
    "Spread",
    "backtest",
    "count_interval",
    "count_median",
    "project",
    "seasonal_naive",
]

METHODS = ("fast", "medium", "slow", "blend", "trend")

# Half lives of the level in periods.
_HALF_LIVES = {
    "h": (48, 24 * 10, 24 * 40),
    "D": (10, 42, 182),
    "W": (3, 10, 40),
    "M": (2, 6, 24),
    "Q": (2, 4, 12),
    "Y": (1, 3, 10),
}
# Of the trend, and of its slope ahead.
_TREND_HALF_LIFE = {"h": 24 * 10, "D": 42, "W": 16, "M": 12, "Q": 8, "Y": 5}
_LONGEST = {"h": 24 * 120, "D": 730, "W": 260, "M": 120, "Q": 40, "Y": 30}
_ORIGINS = 6
# Periods before the earliest origin.
_FEWEST = 8
# Weight of the model's own variance in the calibration, in backtested periods.
_MODEL_WEIGHT = 60.0
# Weight of the pooled errors in the choice of a series' method, in forecast errors.
_POOLED_WEIGHT = 56.0


@dataclass(frozen=True)
class Spread:
    """What the backtest adds to the model's variance: a factor, and drift of the log mean a horizon."""

    factor: float = 1.0
    drift: float = 0.0


# From narrow to wide; the backtest takes the first that covers what was promised.
_SPREADS = (
    *(Spread(factor) for factor in (0.6, 0.7, 0.8, 0.9, 1.0)),
    *(
        Spread(1.0, drift)
        for drift in (0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.25, 0.4)
    ),
)


@dataclass(frozen=True)
class Backtest:
    """Method of each series, spread of all, and how they did; NaN where nothing could be tried."""

    method: np.ndarray
    spread: Spread
    mase: Array
    mase_naive: Array
    coverage: Array
    origins: int


def project(
    counts: Array,
    exposure: Array,
    season: Season,
    freq: str,
    origin: int,
    horizon: int,
    known: int | None = None,
) -> dict[str, PredictedCounts]:
    """Return the expectation of each method for the ``horizon`` periods from ``origin`` on.

    ``exposure`` and ``season`` cover the horizon too. Only counts before ``origin`` are used,
    but for the season, which is fitted to those before ``known`` (``origin`` by default).
    """
    known = origin if known is None else known
    fitted = slice(max(0, known - _LONGEST[freq]), known)
    past = slice(fitted.start, origin)
    ahead = slice(origin, origin + horizon)
    weights = np.ones((len(counts), known))
    last = max(origin + horizon, known)
    baseline = make_baseline(counts[:, :known], exposure[:, :known], weights, season, freq, fitted, last)
    found = {
        name: baseline.expect(counts, exposure, weights, past, ahead, half_life)
        for name, half_life in zip(METHODS, _HALF_LIVES[freq], strict=False)
    }
    parts = list(found.values())
    means = np.stack([part.mean for part in parts])
    level = np.mean([part.level_variance for part in parts], axis=0)
    variance = np.mean([part.variance for part in parts], axis=0)
    first = parts[0]
    found["blend"] = PredictedCounts(
        means.mean(axis=0), variance, first.season_variance, first.reading, level, first.freedom, first.rho
    )
    found["trend"] = with_trend(
        baseline, found["medium"], counts, exposure, past, ahead, _TREND_HALF_LIFE[freq]
    )
    return found


def total_variance(expected: PredictedCounts, spread: Spread) -> Array:
    """Return the variance of each count around its forecast, series x periods.

    A dispersion estimated from few observations widens the interval, as in Student's t.
    """
    steps = expected.mean.shape[1]
    drift = spread.drift * (0.5 + np.arange(1, steps + 1) / steps)
    log_variance = expected.season_variance + expected.level_variance[:, None] + drift
    estimated = spread.factor * (1 + 2 / expected.freedom[:, None])
    variance: Array = estimated * (expected.variance + expected.mean**2 * log_variance)
    return variance


def count_median(expected: PredictedCounts) -> Array:
    """Return the median of each negative binomial count.

    The uncertainty of the log mean is left out: it is as likely to be too high as too low.
    """
    median: Array = stats.nbinom.ppf(0.5, *_law(expected.mean, expected.variance))
    return median


def count_probability(mean: Array, variance: Array, low: Array, high: Array) -> Array:
    """Return the probability that negative binomial counts lie from ``low`` to ``high``, both included."""
    law = _law(mean, variance)
    below = np.where(low > 0, stats.nbinom.cdf(low - 1, *law), 0.0)
    probability: Array = stats.nbinom.cdf(high, *law) - below
    return probability


def count_interval(mean: Array, variance: Array, level: float) -> tuple[Array, Array]:
    """Return lower and upper end of an interval for negative binomial counts with these moments.

    Of the intervals of whole numbers near the quantiles, the one whose probability is closest to ``level``:
    for rare contacts the next whole number may be far above it. Where the lower quantile is zero, the
    interval may leave out the upper end only.
    """
    law = _law(mean, variance)
    tail = (1 - level) / 2
    low, high = stats.nbinom.ppf([[[tail]], [[1 - tail]]], *law)
    one_sided = stats.nbinom.ppf(level, *law)
    zero = np.zeros(low.shape)
    choices = [
        *((low, high), (low, high - 1), (low + 1, high), (low + 1, high - 1)),
        *((zero, one_sided), (zero, one_sided - 1)),
    ]
    lows, highs = (np.stack(ends) for ends in zip(*choices, strict=True))
    allowed = highs >= lows
    allowed[-2:] &= low == 0
    away = np.where(allowed, np.abs(count_probability(mean, variance, lows, highs) - level), np.inf)
    best = away.argmin(axis=0)[None]
    return np.take_along_axis(lows, best, axis=0)[0], np.take_along_axis(highs, best, axis=0)[0]


def _law(mean: Array, variance: Array) -> tuple[Array, Array]:
    """Return size and probability of negative binomial counts; nearly Poisson where they vary less."""
    variance = np.maximum(variance, mean * 1.0001)
    return mean**2 / (variance - mean), mean / variance


def seasonal_naive(counts: Array, exposure: Array, freq: str, origin: int, horizon: int) -> Array:
    """Return the counts of the last whole season, repeated; per exposure where that differs."""
    cycle = min(CYCLES[freq], origin)
    at = origin - cycle + np.arange(horizon) % cycle
    naive: Array = counts[:, at] / np.maximum(exposure[:, at], 1e-9) * exposure[:, origin : origin + horizon]
    return naive


def backtest(
    counts: Array, exposure: Array, season: Season, freq: str, periods: int, horizon: int, level: float
) -> Backtest:
    """Forecast from up to six past origins, a horizon apart, and compare with what came.

    The method of a series is the one with the smallest absolute error, errors of all series counting
    a little; the spread is the one with which the intervals of all series cover ``level``, the model's
    own variance counting as much as ``_MODEL_WEIGHT`` periods. Origins with less than two seasons
    before them know the season of the whole past: they help to choose, but are not in the scores.
    Errors are scaled by those of the seasonal naive forecast within the series (MASE, Hyndman and
    Koehler 2006).
    """
    groups = len(counts)
    cycle = min(CYCLES[freq], max(periods - 1, 1))
    fewest = max(2 * cycle, _FEWEST)
    origins = [o for k in range(1, _ORIGINS + 1) if (o := periods - k * horizon) >= _FEWEST]
    nothing = np.full(groups, np.nan)
    if not origins or not groups:
        return Backtest(np.full(groups, "blend", dtype=object), Spread(), nothing, nothing, nothing, 0)
    tries = [
        project(counts, exposure, season, freq, o, horizon, None if o >= fewest else periods) for o in origins
    ]
    came = np.concatenate([counts[:, o : o + horizon] for o in origins], axis=1)
    errors = np.stack(
        [np.abs(np.concatenate([count_median(t[name]) for t in tries], axis=1) - came) for name in METHODS]
    )
    scale = np.abs(counts[:, cycle:periods] - counts[:, : periods - cycle]).mean(axis=1)
    scale = np.where(scale > 0, scale, np.nan)
    scaled = errors.mean(axis=2) / scale
    pooled = np.nan_to_num(np.nanmean(scaled, axis=1, keepdims=True)) if np.isfinite(scaled).any() else 0.0
    size = came.shape[1]
    score = (np.nan_to_num(scaled) * size + pooled * _POOLED_WEIGHT) / (size + _POOLED_WEIGHT)
    chosen = score.argmin(axis=0)
    spread, inside = _calibrate([_chosen(found, chosen) for found in tries], came, level)
    method = np.array(METHODS, dtype=object)[chosen]
    judged = sum(o >= fewest for o in origins)
    if not judged:
        return Backtest(method, spread, nothing, nothing, nothing, 0)
    scores = slice(0, judged * horizon)
    naive = np.concatenate(
        [seasonal_naive(counts, exposure, freq, o, horizon) for o in origins[:judged]], axis=1
    )
    return Backtest(
        method,
        spread,
        errors[chosen, np.arange(groups), scores].mean(axis=1) / scale,
        np.abs(naive - came[:, scores]).mean(axis=1) / scale,
        inside[:, scores].mean(axis=1),
        judged,
    )


def _calibrate(tries: list[PredictedCounts], came: Array, level: float) -> tuple[Spread, np.ndarray]:
    """Return the first spread whose intervals cover ``level``, and which periods those cover."""
    mean = np.concatenate([expected.mean for expected in tries], axis=1)
    usual = np.concatenate([total_variance(expected, Spread()) for expected in tries], axis=1)
    best, smallest, inside = Spread(), np.inf, np.zeros(came.shape, dtype=bool)
    for spread in _SPREADS:
        variance = np.concatenate([total_variance(expected, spread) for expected in tries], axis=1)
        low, high = count_interval(mean, variance, level)
        within = (came >= low) & (came <= high)
        promised = count_probability(mean, usual, low, high).mean()
        covered = (within.sum() + _MODEL_WEIGHT * promised) / (within.size + _MODEL_WEIGHT)
        if abs(covered - level) < smallest - 1e-12:
            best, smallest, inside = spread, abs(covered - level), within
    return best, inside


def _chosen(found: dict[str, PredictedCounts], chosen: np.ndarray) -> PredictedCounts:
    """Return the expectation of each series' own method."""
    rows = np.arange(len(chosen))
    parts = [found[name] for name in METHODS]

    def pick(name: str) -> Array:
        return np.stack([getattr(part, name) for part in parts])[chosen, rows]

    return PredictedCounts(**{name: pick(name) for name in PredictedCounts.__dataclass_fields__})
