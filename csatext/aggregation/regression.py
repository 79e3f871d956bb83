"""Ridge regressions of many series on one design, all series at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from csatext.aggregation.periods import Array

__all__ = ["Fit", "fit_gaussian", "fit_poisson"]

_STEPS = 30
_LARGEST = 20.0


@dataclass(frozen=True)
class Fit:
    """Coefficients of each series, and what tells their precision.

    Attributes
    ----------
    beta : array, series x features
    covariance : array, series x features x features
        Posterior covariance with the ridge as a normal prior, dispersion included.
    dispersion : array, one a series
        Pearson's chi-square by degrees of freedom: variance over mean for counts, residual variance
        at weight one otherwise.
    deviance : array, one a series
        Poisson deviance, or weighted residual sum of squares.
    freedom : array, one a series
        Observations less the effective number of coefficients, at least one.
    """

    beta: Array
    covariance: Array
    dispersion: Array
    deviance: Array
    freedom: Array


def fit_poisson(design: Array, counts: Array, precision: Array, weights: Array | None = None) -> Fit:
    """Fit log-linear quasi-Poisson regressions by penalised iteratively reweighted least squares.

    McCullagh and Nelder 1989, chapter 9. The penalty is scaled by the dispersion, which is estimated
    between two rounds, so that noisy series are shrunk more.

    Parameters
    ----------
    design : array, periods x features
    counts : array, series x periods
        Not negative.
    precision : array, one a feature
        Prior precision, one over the variance of the effect.
    weights : array, series x periods, optional
        Weight of each observation, one by default.
    """
    weights = np.ones(counts.shape) if weights is None else weights
    total = np.maximum(weights.sum(axis=1), 1e-9)
    observed = (weights > 0).sum(axis=1).astype(float)
    mean = np.maximum((weights * counts).sum(axis=1) / total, 0.02)
    eta = np.broadcast_to(np.log(mean)[:, None], counts.shape)
    start = np.linalg.solve(design.T @ design + 1e-6 * np.eye(design.shape[1]), design.sum(axis=0))
    beta = np.log(mean)[:, None] * start
    dispersion = np.ones(len(counts))
    for _ in range(2):
        for _ in range(_STEPS):
            eta = np.clip(beta @ design.T, -_LARGEST, _LARGEST)
            mu = np.exp(eta)
            working = weights * mu
            target = (working * eta + weights * (counts - mu)) @ design
            gram = _gram(design, working)
            gram += dispersion[:, None, None] * np.diag(precision)
            new = np.linalg.solve(gram, target[..., None])[..., 0]
            step = np.abs((new - beta) @ design.T).max(axis=1, keepdims=True)
            beta = beta + (new - beta) * np.minimum(1.0, 3.0 / np.maximum(step, 1e-12))
            if step.max() < 1e-6:
                break
        mu = np.exp(np.clip(beta @ design.T, -_LARGEST, _LARGEST))
        freedom = _freedom(design, weights * mu, gram, observed)
        dispersion = np.maximum((weights * (counts - mu) ** 2 / mu).sum(axis=1) / freedom, 1.0)
    deviance = 2 * (weights * (special.xlogy(counts, counts / mu) - (counts - mu))).sum(axis=1)
    return Fit(beta, np.linalg.inv(gram) * dispersion[:, None, None], dispersion, deviance, freedom)


def fit_gaussian(design: Array, values: Array, precision: Array, weights: Array | None = None) -> Fit:
    """Fit weighted ridge regressions; ``precision`` is in units of one over the value squared."""
    weights = np.ones(values.shape) if weights is None else weights
    total = np.maximum(weights.sum(axis=1), 1e-9)
    scale = total / np.maximum((weights > 0).sum(axis=1), 1)
    relative = weights / np.maximum(scale, 1e-12)[:, None]
    gram = _gram(design, relative)
    mean = (weights * values).sum(axis=1) / total
    variance = (relative * (values - mean[:, None]) ** 2).sum(axis=1) / np.maximum(
        (weights > 0).sum(axis=1), 1
    )
    gram += np.maximum(variance, 1e-12)[:, None, None] * np.diag(precision)
    gram += 1e-9 * np.eye(design.shape[1])
    target = (relative * values) @ design
    beta = np.linalg.solve(gram, target[..., None])[..., 0]
    residual = values - beta @ design.T
    freedom = _freedom(design, relative, gram, (weights > 0).sum(axis=1).astype(float))
    deviance = (relative * residual**2).sum(axis=1)
    dispersion = deviance / freedom
    return Fit(beta, np.linalg.inv(gram) * dispersion[:, None, None], dispersion, deviance, freedom)


def _gram(design: Array, weights: Array) -> Array:
    """Return the weighted normal matrix of each series, series x features x features."""
    gram: Array = np.matmul(design.T, weights[:, :, None] * design)
    return gram


def _freedom(design: Array, working: Array, gram: Array, total: Array) -> Array:
    """Return observations less the effective number of coefficients, at least one."""
    plain = _gram(design, working)
    used = np.trace(np.linalg.solve(gram, plain), axis1=1, axis2=2)
    return np.maximum(total - used, 1.0)
