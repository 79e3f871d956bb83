"""What to expect of each series in the next periods, from its past only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csatext.aggregation.periods import Array
from csatext.aggregation.regression import Fit, fit_poisson
from csatext.aggregation.seasonal import KNOTS, Season, level_basis

__all__ = ["Baseline", "Expectation", "make_baseline"]

# Standardised residuals above this lose weight, so that past outbreaks do not hide new ones
# (Farrington et al. 1996 reweight in the same way).
_OUTLIER = 3.0
# Prior of the dispersion: value where one series stands alone, and its weight in degrees of freedom.
_PRIOR_DISPERSION = 1.3
_PRIOR_FREEDOM = 15.0
# Series with next to no contacts cannot tell their dispersion; without bounds nothing new would be news.
_SMALL_MEAN = 0.5
_MOST_OVERDISPERSION = 2.0
# How much of the prior standard deviation of an effect is left for one group's difference from all.
_GROUP_SHARE = 0.4


@dataclass(frozen=True)
class Expectation:
    """Predictive moments of the counts in some periods, series x periods.

    Attributes
    ----------
    mean : array
        Expected counts.
    variance : array
        Variance of a count around its mean.
    season_variance : array
        Variance of the log mean that each period has for itself (season, holidays).
    reading : array
        Half the difference of the log mean between the two readings of a holiday (see
        :class:`csatext.aggregation.seasonal.Season`); it is in season_variance too.
    level_variance : array, one a series
        Variance of the log mean that all periods share.
    freedom : array, one a series
        Degrees of freedom of the dispersion.
    rho : array, one a series
        Lag-one autocorrelation of the residuals.
    """

    mean: Array
    variance: Array
    season_variance: Array
    reading: Array
    level_variance: Array
    freedom: Array
    rho: Array


@dataclass(frozen=True)
class Baseline:
    """Season, dispersion and serial correlation, fitted up to one period and used for the next few."""

    log_season: Array
    season_variance: Array
    reading: Array
    overdispersion: Array
    freedom: Array
    rho: Array
    first: int

    def expect(
        self, counts: Array, exposure: Array, weights: Array, past: slice, ahead: slice, half_life: float
    ) -> Expectation:
        """Return what to expect in the periods ``ahead`` from the level of those in ``past``.

        All arrays are series x periods, of the whole panel; an observation counts half as much for
        the level as one that is ``half_life`` periods younger.
        """
        season = np.exp(self.log_season[:, past.start - self.first : past.stop - self.first])
        unit = exposure[:, past] * season
        age = np.arange(past.stop - past.start)[::-1]
        decay = 0.5 ** (age / half_life)
        weight = decay * weights[:, past]
        level = _level(counts[:, past], unit, weight)
        mu = unit * level[:, None]
        spread = mu * (1 + self.overdispersion[:, None] * mu)
        residual = (counts[:, past] - mu) / np.sqrt(np.maximum(spread, 1e-9))
        weight = weight * np.minimum(1.0, (_OUTLIER / np.maximum(np.abs(residual), 1e-9)) ** 2)
        level = _level(counts[:, past], unit, weight)
        mu = unit * level[:, None]
        total = np.maximum((weight * mu).sum(axis=1), 0.25)
        spread = mu * (1 + self.overdispersion[:, None] * mu)
        shared = (weight**2 * spread).sum(axis=1) / total**2 * (1 + self.rho) / (1 - self.rho)
        at = slice(ahead.start - self.first, ahead.stop - self.first)
        mean = exposure[:, ahead] * np.exp(self.log_season[:, at]) * level[:, None]
        variance = mean * (1 + self.overdispersion[:, None] * mean)
        return Expectation(
            mean, variance, self.season_variance[:, at], self.reading[:, at], shared, self.freedom, self.rho
        )


def _level(counts: Array, unit: Array, weight: Array) -> Array:
    """Return counts per unit of exposure; half a contact is added, so that a new word has a level."""
    return ((weight * counts).sum(axis=1) + 0.25) / np.maximum((weight * unit).sum(axis=1) + 0.25, 1e-9)


def make_baseline(
    counts: Array, exposure: Array, weights: Array, season: Season, freq: str, past: slice, last: int
) -> Baseline:
    """Fit season and dispersion on the periods ``past``; they hold up to period ``last``, excluded.

    Log-linear quasi-Poisson regressions with a piecewise linear level and shrunk effects: first of the
    sum of all series, then of each series' difference from it, shrunk more. The dispersion is that of
    negative binomial counts (variance = mean + overdispersion x mean squared), drawn towards the
    median of all series.
    """
    level = level_basis(past.stop - past.start, 2 * KNOTS[freq])
    width = level.shape[1]
    span = slice(past.start, last)
    contrast = season.features[span] - season.features[past].mean(axis=0)
    other = season.literal[span] - season.features[span]
    inside = contrast[: past.stop - past.start]
    design = np.hstack([level, inside])
    y, e, w = counts[:, past], exposure[:, past], weights[:, past]
    alone = len(counts) == 1
    log_season = np.tile(contrast @ season.centre, (len(counts), 1))
    variance = np.zeros(log_season.shape)
    reading = np.zeros(log_season.shape)
    if not alone:
        scale = np.concatenate([np.full(width, 1e-4), season.scale**-2.0])
        total = (w * e * np.exp(log_season[:, : y.shape[1]])).sum(axis=0)[None]
        pooled = _robust_fit(design, (w * y).sum(axis=0)[None], total, np.ones(total.shape), scale)
        log_season += _effects(pooled, contrast, width)
        variance += _variances(pooled, contrast, width)
        reading += _effects(pooled, other, width) / 2
    share = 1.0 if alone else _GROUP_SHARE
    precision = np.concatenate([np.full(width, 1e-4), (share * season.scale) ** -2.0])
    fit = _robust_fit(design, y, e * np.exp(log_season[:, : y.shape[1]]), w, precision)
    mu = e * np.exp(log_season[:, : y.shape[1]]) * np.exp(np.clip(fit.beta @ design.T, -20, 20))
    reading = reading + _effects(fit, other, width) / 2
    log_season = log_season + _effects(fit, contrast, width) + reading
    variance = variance + _variances(fit, contrast, width) + reading**2
    residual = (y - mu) / np.sqrt(np.maximum(mu, 1e-9))
    rho, freedom, over = _dispersion(residual, mu, w, fit.dispersion, design.shape[1])
    return Baseline(log_season, variance, reading, over, freedom, rho, past.start)


def _robust_fit(design: Array, counts: Array, exposure: Array, weights: Array, precision: Array) -> Fit:
    """Fit counts per exposure twice, outliers of the first fit with less weight in the second."""
    rate = np.divide(counts, exposure, out=np.zeros(counts.shape), where=exposure > 0)
    fit = fit_poisson(design, rate, precision, weights * exposure)
    mu = exposure * np.exp(np.clip(fit.beta @ design.T, -20, 20))
    residual = (counts - mu) / np.sqrt(np.maximum(mu * fit.dispersion[:, None], 1e-9))
    weights = weights * np.minimum(1.0, (_OUTLIER / np.maximum(np.abs(residual), 1e-9)) ** 2)
    return fit_poisson(design, rate, precision, weights * exposure)


def _effects(fit: Fit, contrast: Array, width: int) -> Array:
    """Return the log effect of each period against the average one."""
    effects: Array = fit.beta[:, width:] @ contrast.T
    return effects


def _variances(fit: Fit, contrast: Array, width: int) -> Array:
    """Return the variances of :func:`_effects`."""
    covariance = fit.covariance[:, width:, width:]
    variances: Array = np.einsum("tp,gpq,tq->gt", contrast, covariance, contrast, optimize=True)
    return variances


def _dispersion(
    residual: Array, mu: Array, weights: Array, dispersion: Array, used: int
) -> tuple[Array, Array, Array]:
    """Return serial correlation, degrees of freedom and overdispersion, drawn towards all series'."""
    n = np.maximum(weights.sum(axis=1), 2.0)
    freedom = np.maximum(n - 0.7 * used, 2.0)
    mean = np.maximum((weights * mu).sum(axis=1) / n, _SMALL_MEAN)
    over = np.maximum(dispersion - 1, 0.0) / mean
    informative = mean > 1
    prior = np.full(len(mean), _PRIOR_DISPERSION - 1)
    if informative.sum() >= 5:
        prior = np.median(over[informative]) * mean
    share = freedom / (freedom + _PRIOR_FREEDOM)
    over = (share * np.maximum(dispersion - 1, 0.0) + (1 - share) * prior) / mean
    over = np.minimum(over, _MOST_OVERDISPERSION)
    r = residual * weights
    lagged = (r[:, 1:] * r[:, :-1]).sum(axis=1) / np.maximum((r**2).sum(axis=1), 1e-9)
    centre = float(np.median(lagged)) if informative.sum() >= 5 else 0.0
    rho = np.clip((n * lagged + 60 * centre) / (n + 60), 0.0, 0.8)
    return rho, freedom + _PRIOR_FREEDOM, over
