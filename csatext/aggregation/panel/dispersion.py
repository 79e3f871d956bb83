"""Overdispersion and serial correlation of counts, shrunken towards the common values of all series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from csatext.aggregation.panel.panel import Array

__all__ = ["FEWEST_SERIES", "Dispersion", "estimate_dispersion", "upper_tail"]

FEWEST_SERIES = 5
"""Least number of series from which common values are estimated (ours)."""

# Prior mean of variance over mean with too few series to pool, and its weight in observations.
_PRIOR = 1.5
_PRIOR_FREEDOM = 2.0
# Series with hardly a contact give no estimate of dispersion; without bounds no change would be found.
_SMALL_MEAN = 0.5
_MOST_OVERDISPERSION = 2.0
# Least between-series standard deviation, as a share of the common overdispersion.
_LEAST_SPREAD = 0.25
_MOST_FREEDOM = 1000.0
# Weight of the common serial correlation in observations.
_SERIAL_WEIGHT = 60.0
# Gauss-Hermite rule for the average over the dispersion; nine points give p values down to 1e-5.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Dispersion:
    """Variance and serial correlation of counts around their mean; one value a series each.

    Attributes
    ----------
    overdispersion : array
        Negative binomial: variance = mean + overdispersion x mean squared.
    freedom : array
        Degrees of freedom of the estimate of variance over mean.
    rho : array
        Lag-one autocorrelation of the residuals, not negative.
    """

    overdispersion: Array
    freedom: Array
    rho: Array


def estimate_dispersion(counts: Array, mu: Array, weights: Array, freedom: Array) -> Dispersion:
    """Estimate the dispersion of each series around fitted means.

    Pearson's chi-square by degrees of freedom. Five series or more are shrunken towards their common
    value (random effects, DerSimonian and Laird 1986), fewer towards a weak prior.

    Parameters
    ----------
    counts, mu, weights : arrays, series x periods
        Weight zero leaves a period out.
    freedom : array, one a series
        Observations less the effective number of fitted coefficients.
    """
    residual = (counts - mu) / np.sqrt(np.maximum(mu, 1e-9)) * weights
    squares = (residual**2).sum(axis=1)
    n = np.maximum(weights.sum(axis=1), 2.0)
    freedom = np.maximum(freedom, 2.0)
    mean = np.maximum((weights * mu).sum(axis=1) / n, _SMALL_MEAN)
    informative = mean > 1
    common = informative.sum() >= FEWEST_SERIES
    if common:
        ratio, freedom = _shrink_together(squares / freedom, mean, freedom, informative)
    else:
        ratio = (squares + _PRIOR_FREEDOM * _PRIOR) / (freedom + _PRIOR_FREEDOM)
        freedom = (freedom + _PRIOR_FREEDOM) / _kurtosis((ratio - 1) / mean)
    over = np.clip((ratio - 1) / mean, 0.0, _MOST_OVERDISPERSION)
    lagged = (residual[:, 1:] * residual[:, :-1]).sum(axis=1) / np.maximum(squares, 1e-9)
    centre = float(np.median(lagged)) if common else 0.0
    rho = np.clip((n * lagged + _SERIAL_WEIGHT * centre) / (n + _SERIAL_WEIGHT), 0.0, 0.8)
    return Dispersion(over, freedom, rho)


def upper_tail(seen: Array, mean: Array, variance: Array, uncertainty: Array, freedom: Array) -> Array:
    """Return P(count >= seen) of negative binomial counts whose dispersion was estimated.

    Parameters
    ----------
    seen, mean, variance : arrays
        Counts, and moments of the counts around a known mean.
    uncertainty : array
        Variance of the mean itself.
    freedom : array
        Observations that the dispersion was estimated from: it is a multiple of one over a chi-square
        variable (normal in its cube root, Wilson and Hilferty 1931), and the tail is the average over
        that (Student's argument for counts).
    """
    column = mean[:, None]
    rough = 2 / (9 * freedom[:, None])
    share = np.maximum(1 - rough + _NODES * np.sqrt(rough), 0.05) ** 3
    excess = np.maximum(variance[:, None] / share - column, 0.0) + uncertainty[:, None]
    excess = np.maximum(excess, 1e-4 * column)
    at_least = np.maximum(seen, 1e-9)[:, None]
    tails: Array = special.betainc(at_least, column**2 / excess, excess / (column + excess)) @ _WEIGHTS
    return tails


def _kurtosis(over: Array) -> Array:
    """Return the variance of squared negative binomial counts relative to that of normal values."""
    # Excess kurtosis of the gamma part is 6 / size; the variance of a variance grows by half of it.
    return 1 + 3 * np.clip(over, 0.0, 1.0)


def _shrink_together(
    ratio: Array, mean: Array, freedom: Array, informative: np.ndarray
) -> tuple[Array, Array]:
    """Return variance over mean of each series, shrunken towards the common value, and its freedom.

    Series of different size may share either the excess of that ratio or the overdispersion; the one
    with the smaller heterogeneity (Cochran's Q) is taken.
    """
    found = []
    for scale in (np.ones(len(mean)), mean):
        excess = (ratio - 1) / scale
        centre = max(float(np.median(excess[informative])), 0.0)
        for _ in range(2):
            total = 1 + centre * scale
            noise = 2 * total**2 * _kurtosis((total - 1) / mean) / freedom / scale**2
            weight = np.where(informative, 1 / noise, 0.0)
            centre = max(float((weight * excess).sum() / weight.sum()), 0.0)
        found.append((float((weight * (excess - centre) ** 2).sum()), scale, excess, noise, weight, centre))
    q, scale, excess, noise, weight, centre = min(found, key=lambda one: one[0])
    left = weight.sum() - (weight**2).sum() / weight.sum()
    between = max((q - informative.sum() + 1) / left, (_LEAST_SPREAD * centre) ** 2)
    spread = np.maximum(between, 1e-3 * noise)
    variance = 1 / (1 / noise + 1 / spread)
    total = 1 + scale * np.maximum((excess / noise + centre / spread) * variance, 0.0)
    return total, np.clip(2 * total**2 / (variance * scale**2), 2.0, _MOST_FREEDOM)
