"""Predictive distribution of the counts of each series in the next periods, from its past only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csatext.aggregation.panel.dispersion import estimate_dispersion
from csatext.aggregation.panel.panel import Array
from csatext.aggregation.panel.regression import Fit, fit_poisson
from csatext.aggregation.panel.seasonal import KNOTS, Season, level_basis

__all__ = ["Baseline", "PredictedCounts", "make_baseline"]

# Standardised residuals above this lose weight, so that past outbreaks do not hide new ones
# (Farrington et al. 1996 reweight in the same way).
_OUTLIER = 3.0
# Prior standard deviation of one group's difference, as a share of that of a holiday's effect.
_GROUP_SHARE = 0.4
# Prior standard deviation of the series' own weekday effects, and its weight in series;
# the same for a month's effects.
_POSITIONS = {"h": 7, "D": 7, "M": 12, "Q": 4}
_OWN_SCALE = {"h": (0.3, 1.0), "D": (0.3, 1.0), "M": (0.1, 0.1), "Q": (0.1, 0.1)}
# Prior weight, in contacts, of the level of all periods in that of the recent ones (shrinkage).
_FIRST_CONTACT = 0.25


@dataclass(frozen=True)
class PredictedCounts:
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
        :class:`csatext.aggregation.panel.seasonal.Season`); it is in season_variance too.
    level_variance : array, one a series
        Variance of the log mean that all periods share.
    freedom : array, one a series
        Degrees of freedom of the estimate of the dispersion.
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
    """Season, dispersion and serial correlation, fitted up to one period and used for the next few.

    ``least_ratio`` is the smallest variance over mean of a count, one a series.
    """

    log_season: Array
    season_variance: Array
    reading: Array
    overdispersion: Array
    least_ratio: Array
    freedom: Array
    rho: Array
    first: int

    def expect(
        self, counts: Array, exposure: Array, weights: Array, past: slice, ahead: slice, half_life: float
    ) -> PredictedCounts:
        """Return what to expect in the periods ``ahead`` from the level of those in ``past``.

        All arrays are series x periods, of the whole panel; an observation counts half as much for
        the level as one that is ``half_life`` periods younger.
        """
        season = np.exp(self.log_season[:, past.start - self.first : past.stop - self.first])
        unit = exposure[:, past] * season
        age = np.arange(past.stop - past.start)[::-1]
        decay = 0.5 ** (age / half_life)
        weight = decay * weights[:, past]
        # A word that was never seen has a level too; half lives of a few periods need the long mean.
        usual = (weights[:, past] * counts[:, past]).sum(axis=1) + 2 * _FIRST_CONTACT
        usual /= np.maximum((weights[:, past] * unit).sum(axis=1), 1e-9)
        level = _level(counts[:, past], unit, weight, usual)
        mu = unit * level[:, None]
        spread = mu * (1 + self.overdispersion[:, None] * mu)
        residual = (counts[:, past] - mu) / np.sqrt(np.maximum(spread, 1e-9))
        weight = weight * np.minimum(1.0, (_OUTLIER / np.maximum(np.abs(residual), 1e-9)) ** 2)
        # A day whose seasonal effect has a large variance gets a small weight in the level.
        unsure = self.season_variance[:, past.start - self.first : past.stop - self.first]
        weight = weight / (1 + unsure * mu / (1 + self.overdispersion[:, None] * mu))
        level = _level(counts[:, past], unit, weight, usual)
        mu = unit * level[:, None]
        total = np.maximum((weight * mu).sum(axis=1), 0.25)
        spread = mu * (1 + self.overdispersion[:, None] * mu)
        shared = (weight**2 * spread).sum(axis=1) / total**2 * (1 + self.rho) / (1 - self.rho)
        at = slice(ahead.start - self.first, ahead.stop - self.first)
        mean = exposure[:, ahead] * np.exp(self.log_season[:, at]) * level[:, None]
        variance = mean * np.maximum(1 + self.overdispersion[:, None] * mean, self.least_ratio[:, None])
        return PredictedCounts(
            mean, variance, self.season_variance[:, at], self.reading[:, at], shared, self.freedom, self.rho
        )


def _level(counts: Array, unit: Array, weight: Array, usual: Array) -> Array:
    """Return counts per unit of exposure, a quarter of a contact of which comes at the ``usual`` level."""
    seen = (weight * counts).sum(axis=1) + _FIRST_CONTACT
    return seen / np.maximum((weight * unit).sum(axis=1) + _FIRST_CONTACT / usual, 1e-9)


def make_baseline(
    counts: Array, exposure: Array, weights: Array, season: Season, freq: str, past: slice, last: int
) -> Baseline:
    """Fit season and dispersion on the periods ``past``; they hold up to period ``last``, excluded.

    Log-linear quasi-Poisson regressions with a piecewise linear level and shrunk effects: first of the
    sum of all series, then of each series' difference from it, shrunk as much as the series are alike.
    Dispersion: :func:`csatext.aggregation.panel.dispersion.estimate_dispersion`.
    """
    level = level_basis(past.stop - past.start, 2 * KNOTS[freq])
    width = level.shape[1]
    span = slice(past.start, last)
    contrast = season.features[span] - season.features[past].mean(axis=0)
    other = season.literal[span] - season.features[span]
    # Not centred, the level takes that up: regressors that are mostly zero make the fit fast.
    design = np.hstack([level, season.features[past]])
    y, e, w = counts[:, past], exposure[:, past], weights[:, past]
    alone = len(counts) == 1
    log_season = np.tile(contrast @ season.centre, (len(counts), 1))
    variance = np.zeros(log_season.shape)
    reading = np.zeros(log_season.shape)
    if not alone:
        precision = _precision(width, season.scale)
        total = (w * e * np.exp(log_season[:, : y.shape[1]])).sum(axis=0)[None]
        whole = (w * y).sum(axis=0)[None]
        pooled = fit_poisson(design, _rates(whole, total), precision, total)
        kept = _without_outliers(pooled, design, whole, total, np.ones(total.shape))
        pooled = fit_poisson(design, _rates(whole, total), precision, kept * total)
        log_season += _effects(pooled, contrast, width)
        variance += _variances(pooled, contrast, width)
        reading += _effects(pooled, other, width) / 2
    usual = e * np.exp(log_season[:, : y.shape[1]])
    scale = season.scale * (1.0 if alone else _GROUP_SHARE)
    leading = _leading(season, freq)
    wide = fit_poisson(design, _rates(y, usual), _precision(width, scale), w * usual)
    if leading and not (alone and freq in ("h", "D")):
        scale[:leading] = _own_scale(wide, width, leading, scale[0], *_OWN_SCALE[freq])
    kept = _without_outliers(wide, design, y, usual, w)
    fit = fit_poisson(design, _rates(y, usual), _precision(width, scale), kept * usual)
    mu = usual * np.exp(np.clip(fit.beta @ design.T, -20, 20))
    reading = reading + _effects(fit, other, width) / 2
    log_season = log_season + _effects(fit, contrast, width) + reading
    variance = variance + _variances(fit, contrast, width) + reading**2
    spread = estimate_dispersion(y, mu, w, fit.freedom)
    usual_mean = (w * mu).sum(axis=1) / np.maximum(w.sum(axis=1), 1e-9)
    # Nights have a tenth of the contacts of a day: their ratio of variance to mean must not be smaller.
    least = 1 + spread.overdispersion * usual_mean if freq == "h" else np.ones(len(y))
    return Baseline(
        log_season, variance, reading, spread.overdispersion, least, spread.freedom, spread.rho, past.start
    )


def _leading(season: Season, freq: str) -> int:
    """Return how many columns, from the first, are indicators of weekday or month; 0 for harmonics."""
    positions = _POSITIONS.get(freq, 0)
    is_position = np.allclose(season.literal[:, :positions].sum(axis=1), 1)
    return positions if is_position else 0


def _precision(width: int, scale: Array) -> Array:
    """Return the ridge of ``width`` coefficients of the level and of effects with the prior ``scale``."""
    return np.concatenate([np.full(width, 1e-4), scale**-2.0])


def _own_scale(fit: Fit, width: int, leading: int, prior: float, usual: float, series: float) -> float:
    """Return the standard deviation of the series' own effects of weekday or month, by moments.

    Effects fitted with a ``prior`` deviation are freed from its shrinkage; their mean square, less that
    of their noise, is shrunken towards ``usual``, whose prior weight is ``series``.
    """
    at = slice(width, width + leading)
    centre = np.eye(leading) - 1 / leading
    square = ((fit.beta[:, at] @ centre) ** 2).sum(axis=1) / (leading - 1)
    posterior = np.trace(centre @ fit.covariance[:, at, at] @ centre, axis1=1, axis2=2) / (leading - 1)
    noise = 1 / np.maximum(1 / posterior - 1 / prior**2, 1e-6)
    own = square * (1 + noise / prior**2) ** 2 - noise
    weight = (1 + noise / usual**2) ** -2.0
    total = (weight * own).sum() + series * usual**2
    return float(np.sqrt(np.clip(total / (weight.sum() + series), 0.03**2, 1.0)))


def _rates(counts: Array, exposure: Array) -> Array:
    """Return counts per exposure, zero where there was none."""
    return np.divide(counts, exposure, out=np.zeros(counts.shape), where=exposure > 0)


def _without_outliers(fit: Fit, design: Array, counts: Array, exposure: Array, weights: Array) -> Array:
    """Return the weights for a second fit, those of the outliers of the first one smaller."""
    mu = exposure * np.exp(np.clip(fit.beta @ design.T, -20, 20))
    residual = (counts - mu) / np.sqrt(np.maximum(mu * fit.dispersion[:, None], 1e-9))
    kept: Array = weights * np.minimum(1.0, (_OUTLIER / np.maximum(np.abs(residual), 1e-9)) ** 2)
    return kept


def _effects(fit: Fit, contrast: Array, width: int) -> Array:
    """Return the log effect of each period against the average one."""
    effects: Array = fit.beta[:, width:] @ contrast.T
    return effects


def _variances(fit: Fit, contrast: Array, width: int) -> Array:
    """Return the variances of :func:`_effects`."""
    covariance = fit.covariance[:, width:, width:]
    variances: Array = np.einsum("tp,gpq,tq->gt", contrast, covariance, contrast, optimize=True)
    return variances
