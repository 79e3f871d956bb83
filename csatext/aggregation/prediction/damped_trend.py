"""Damped log-linear trend of deseasonalised counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from csatext.aggregation.panel.panel import Array
from csatext.aggregation.prediction.baseline import Baseline, PredictedCounts

__all__ = ["with_trend"]

# Standard deviation of the change of the log level within one half life: prior.
_SLOPE_SCALE = 0.5
_ROUNDS = 6
# Standardised residuals above this lose weight, as in the baseline.
_OUTLIER = 3.0


def with_trend(
    baseline: Baseline,
    level: PredictedCounts,
    counts: Array,
    exposure: Array,
    past: slice,
    ahead: slice,
    half_life: float,
) -> PredictedCounts:
    """Return ``level`` extrapolated along the trend of the periods ``past``.

    Poisson regression on time with weights that halve every ``half_life`` periods, observations far
    from it weighted down (Farrington et al. 1996); ahead the slope halves with every half life too
    (damped trend, Gardner and McKenzie 1985). The variance of the coefficients is the sandwich of White
    (1980) with the dispersion of the baseline.

    Parameters
    ----------
    baseline : Baseline
        Season, dispersion and serial correlation.
    level : PredictedCounts
        Of any level, for the periods ``ahead``, which follow ``past`` at once.
    counts, exposure : arrays, series x periods
        Of the whole panel.
    past, ahead : slice
        Periods.
    half_life : float
        In periods.
    """
    season = baseline.log_season
    unit = exposure[:, past] * np.exp(season[:, past.start - baseline.first : past.stop - baseline.first])
    y = counts[:, past]
    age = np.arange(past.stop - past.start)[::-1]
    design = np.stack([np.ones(len(age)), -age / half_life], axis=1)
    decay = np.broadcast_to(0.5 ** (age / half_life), y.shape)
    over = baseline.overdispersion[:, None]
    start = (y.sum(axis=1) + 0.5) / np.maximum(unit.sum(axis=1), 1e-9)
    beta = np.stack([np.log(start), np.zeros(len(y))], axis=1)
    prior = np.diag([1e-6, _SLOPE_SCALE**-2.0])
    weight = decay
    for _ in range(_ROUNDS):
        mu = unit * np.exp(np.clip(beta @ design.T, -20, 20))
        residual = (y - mu) / np.sqrt(np.maximum(mu * (1 + over * mu), 1e-9))
        weight = decay * np.minimum(1.0, (_OUTLIER / np.maximum(np.abs(residual), 1e-9)) ** 2)
        # Overdispersed counts carry less information: the prior has more weight.
        working = weight * mu / (1 + over * mu)
        bread = np.einsum("gt,tp,tq->gpq", working, design, design) + prior
        score = (weight * (y - mu) / (1 + over * mu)) @ design - beta @ prior * [0, 1]
        beta = beta + np.clip(np.linalg.solve(bread, score[..., None])[..., 0], -2, 2)
    mu = unit * np.exp(np.clip(beta @ design.T, -20, 20))
    working = weight**2 * mu / (1 + over * mu)
    filling = np.einsum("gt,tp,tq->gpq", working, design, design) + prior
    inverse = np.linalg.inv(bread)
    serial = (1 + baseline.rho) / (1 - baseline.rho)
    covariance = inverse @ filling @ inverse * serial[:, None, None]
    steps = 1 + np.arange(ahead.stop - ahead.start)
    damping = 0.5 ** (1 / half_life)
    future_design = np.stack(
        [np.ones(len(steps)), damping * (1 - damping**steps) / (1 - damping) / half_life], axis=1
    )
    at = slice(ahead.start - baseline.first, ahead.stop - baseline.first)
    mean = exposure[:, ahead] * np.exp(np.clip(season[:, at] + beta @ future_design.T, -20, 20))
    unsure = np.einsum("tp,gpq,tq->gt", future_design, covariance, future_design)
    return replace(
        level,
        mean=mean,
        variance=mean * (1 + over * mean),
        season_variance=level.season_variance + unsure,
        level_variance=np.zeros(len(y)),
    )
