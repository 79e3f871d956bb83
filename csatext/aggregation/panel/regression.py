"""Ridge regressions of many series on one design, all series at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from csatext.aggregation.panel.panel import Array

__all__ = ["Fit", "fit_gaussian", "fit_poisson", "normal_matrix"]

_STEPS = 30
_LARGEST = 20.0
# Share of products of two regressors that are not zero, up to which only these are added up.
_SPARSE = 0.25


@dataclass(frozen=True)
class Fit:
    """Coefficients of each series, and their precision.

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
    between two rounds, so that noisy series are shrunken more.

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
    matrix_of = normal_matrix(design)
    for _ in range(2):
        for _ in range(_STEPS):
            eta = np.clip(beta @ design.T, -_LARGEST, _LARGEST)
            mu = np.exp(eta)
            working = weights * mu
            target = (working * eta + weights * (counts - mu)) @ design
            gram = matrix_of(working)
            gram += dispersion[:, None, None] * np.diag(precision)
            new = np.linalg.solve(gram, target[..., None])[..., 0]
            step = np.abs((new - beta) @ design.T).max(axis=1, keepdims=True)
            beta = beta + (new - beta) * np.minimum(1.0, 3.0 / np.maximum(step, 1e-12))
            if step.max() < 1e-6:
                break
        mu = np.exp(np.clip(beta @ design.T, -_LARGEST, _LARGEST))
        freedom = _freedom(matrix_of(weights * mu), gram, observed)
        dispersion = np.maximum((weights * (counts - mu) ** 2 / mu).sum(axis=1) / freedom, 1.0)
    deviance = 2 * (weights * (special.xlogy(counts, counts / mu) - (counts - mu))).sum(axis=1)
    return Fit(beta, np.linalg.inv(gram) * dispersion[:, None, None], dispersion, deviance, freedom)


def fit_gaussian(design: Array, values: Array, precision: Array, weights: Array | None = None) -> Fit:
    """Fit weighted ridge regressions; ``precision`` is in units of one over the value squared."""
    weights = np.ones(values.shape) if weights is None else weights
    total = np.maximum(weights.sum(axis=1), 1e-9)
    scale = total / np.maximum((weights > 0).sum(axis=1), 1)
    relative = weights / np.maximum(scale, 1e-12)[:, None]
    plain = normal_matrix(design)(relative)
    mean = (weights * values).sum(axis=1) / total
    variance = (relative * (values - mean[:, None]) ** 2).sum(axis=1) / np.maximum(
        (weights > 0).sum(axis=1), 1
    )
    gram = plain + np.maximum(variance, 1e-12)[:, None, None] * np.diag(precision)
    gram += 1e-9 * np.eye(design.shape[1])
    target = (relative * values) @ design
    beta = np.linalg.solve(gram, target[..., None])[..., 0]
    residual = values - beta @ design.T
    freedom = _freedom(plain, gram, (weights > 0).sum(axis=1).astype(float))
    deviance = (relative * residual**2).sum(axis=1)
    dispersion = deviance / freedom
    return Fit(beta, np.linalg.inv(gram) * dispersion[:, None, None], dispersion, deviance, freedom)


def normal_matrix(design: Array) -> Callable[[Array], Array]:
    """Return the function from weights to weighted normal matrices, series x features x features.

    Weekdays, hours and hat functions are zero nearly everywhere: then the products of two regressors
    are kept sparse, so that a period costs the square of what is not zero in it.
    """
    periods, width = design.shape
    row, column = np.nonzero(design)
    filled = np.bincount(row, minlength=periods)
    if (filled**2).sum() > _SPARSE * periods * width**2:
        turned = np.ascontiguousarray(design.T)

        def dense(weights: Array) -> Array:
            gram: Array = np.matmul(turned, weights[:, :, None] * design)
            return gram

        return dense
    # All pairs of nonzero entries of a row.
    repeat = filled[row]
    first = np.repeat(np.arange(len(row)), repeat)
    within = np.arange(len(first)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    second = np.repeat((np.cumsum(filled) - filled)[row], repeat) + within
    entries = design[row, column]
    place = row[first], column[first] * width + column[second]
    products = sparse.csr_array((entries[first] * entries[second], place), shape=(periods, width**2)).T

    def summed(weights: Array) -> Array:
        gram: Array = (products @ weights.T).T.reshape(len(weights), width, width)
        return gram

    return summed


def _freedom(plain: Array, gram: Array, total: Array) -> Array:
    """Return observations less the effective number of coefficients, at least one.

    ``gram`` is the normal matrix ``plain`` with the ridge.
    """
    used = np.trace(np.linalg.solve(gram, plain), axis1=1, axis2=2)
    return np.maximum(total - used, 1.0)
