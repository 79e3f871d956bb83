"""Probabilities that mean what they say: scores tempered on documents that the model did not learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logsumexp, softmax

__all__ = ["PlattScaling", "Tempering", "calibration_error", "fit_platt", "fit_tempering"]

_STEEPNESS = 2.0
"""Inverse temperature before any document is seen; counts as much as one document (chosen)."""
_POOLING = 10.0
"""Documents that the curve of all categories together counts in the curve of one (chosen)."""
N_BINS = 10
"""Bins of equal width of the calibration error (Guo et al. 2017 take 15; ten show in a table)."""


@dataclass(frozen=True)
class Tempering:
    """Temperature scaling (Guo et al. 2017): softmax of the scores times one number.

    Attributes
    ----------
    inverse_temperature : float
    """

    inverse_temperature: float

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities that sum to one, in the order of the scores."""
        return np.asarray(softmax(self.inverse_temperature * scores, axis=1))


@dataclass(frozen=True)
class PlattScaling:
    """A logistic curve a category (Platt 1999), for categories that do not exclude each other.

    Attributes
    ----------
    slopes, offsets : ndarray, shape (n_classes,)
    """

    slopes: np.ndarray
    offsets: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return the probability of each category by itself."""
        return np.asarray(expit(self.slopes * scores + self.offsets))


def fit_tempering(scores: np.ndarray, indicator: np.ndarray) -> Tempering:
    """Return the temperature of highest likelihood.

    Parameters
    ----------
    scores : ndarray, shape (n_docs, n_classes)
        Of documents that the model did not learn from.
    indicator : ndarray of bool, shape (n_docs, n_classes)
        One True a row.
    """
    right = scores[indicator]

    def loss(log_steepness: np.ndarray) -> float:
        steep = np.exp(log_steepness[0])
        likelihood = np.sum(steep * right - logsumexp(steep * scores, axis=1))
        return float((log_steepness[0] - np.log(_STEEPNESS)) ** 2 / 2 - likelihood)

    found = minimize(loss, [np.log(_STEEPNESS)], method="L-BFGS-B", bounds=[(-6.0, 6.0)])
    return Tempering(float(np.exp(found.x[0])))


def fit_platt(scores: np.ndarray, indicator: np.ndarray) -> PlattScaling:
    """Return a curve for each category, drawn to the curve of all where its documents are few."""
    pooled = _curve(scores.ravel(), indicator.ravel(), np.array([_STEEPNESS, 0.0]), 1.0)
    curves = [
        _curve(scores[:, column], indicator[:, column], pooled, _POOLING) for column in range(scores.shape[1])
    ]
    return PlattScaling(np.array([curve[0] for curve in curves]), np.array([curve[1] for curve in curves]))


def _curve(scores: np.ndarray, target: np.ndarray, prior: np.ndarray, strength: float) -> np.ndarray:
    """Return slope and offset of highest penalized likelihood; the slope is positive."""

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        slope = np.exp(given[0])
        z = slope * scores + given[1]
        away = given - [np.log(prior[0]), prior[1]]
        value = strength * (away**2).sum() / 2 - np.where(target, log_expit(z), log_expit(-z)).sum()
        residual = expit(z) - target
        slope_gradient = (residual * scores).sum() * slope
        return float(value), strength * away + np.array([slope_gradient, residual.sum()])

    found = minimize(loss, [np.log(prior[0]), prior[1]], jac=True, method="L-BFGS-B", bounds=[(-6, 6)] * 2)
    return np.array([np.exp(found.x[0]), found.x[1]])


def calibration_error(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Return the expected calibration error, in ten bins of equal width.

    The mean, over documents, of the distance between accuracy and mean confidence of the bin
    (Guo et al. 2017); NaN without documents.

    Examples
    --------
    >>> round(calibration_error(np.array([.95, .95, .65, .65]), np.array([True, True, True, False])), 3)
    0.1
    """
    if not len(confidence):
        return float("nan")
    bins = bin_of(confidence)
    gaps = np.bincount(bins, confidence - correct, minlength=N_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def bin_of(confidence: np.ndarray) -> np.ndarray:
    """Return the number of the bin of each confidence, from 0."""
    return np.minimum((confidence * N_BINS).astype(np.int64), N_BINS - 1)
