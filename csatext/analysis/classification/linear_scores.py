"""Linear one-against-rest models of categories: squared hinge or logistic loss, liblinear's solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from csatext.analysis.classification.features import Features

__all__ = ["LinearScores", "Settings", "fit_linear", "mean_of"]

_TOLERANCE = 0.1
"""Of the dual solver: a hundred times finer changes no figure of benchmarks/classifier.py's third digit."""
_SHRUNK = 1.0
"""Pseudo-count of the log-count ratio (Wang and Manning 2012 take 1)."""


@dataclass(frozen=True)
class Settings:
    """What cross-validation chooses.

    Attributes
    ----------
    loss : str
        ``log`` or ``squared_hinge``.
    C : float
        Inverse of the strength of L2 regularization.
    char_weight : float
        Weight of n-grams against words.
    balanced : bool
        Whether every category has the same prior, or that of the annotated documents.
    ratio : bool
        Whether features are scaled by their log-count ratio (Wang and Manning 2012).
    """

    loss: str = "log"
    C: float = 3.0
    char_weight: float = 1.5
    balanced: bool = True
    ratio: bool = False


@dataclass(frozen=True)
class LinearScores:
    """Weights of features, a row a category.

    Attributes
    ----------
    weights : ndarray, shape (n_classes, n_words + n_ngrams)
    dense_weights : ndarray, shape (n_classes, d)
    intercepts : ndarray, shape (n_classes,)
    """

    weights: np.ndarray
    dense_weights: np.ndarray
    intercepts: np.ndarray

    def scores(self, features: Features) -> np.ndarray:
        """Return the margins, shape (n_docs, n_classes)."""
        margins = np.asarray(features.sparse @ self.weights.T) + self.intercepts
        if features.dense.shape[1]:
            # Row by row, so that a document's score does not depend on those beside it.
            margins += np.einsum("ij,kj->ik", features.dense, self.dense_weights)
        return margins


def mean_of(models: Sequence[LinearScores]) -> LinearScores:
    """Return the model whose scores are the mean of those of several."""
    return LinearScores(
        np.mean([model.weights for model in models], axis=0),
        np.mean([model.dense_weights for model in models], axis=0),
        np.mean([model.intercepts for model in models], axis=0),
    )


def fit_linear(
    features: Features,
    indicator: np.ndarray,
    settings: Settings,
    weight: np.ndarray | None = None,
    *,
    exclusive: bool = True,
) -> LinearScores:
    """Return one linear model a category, fitted on all documents.

    Parameters
    ----------
    features : Features, n_docs long
    indicator : ndarray of bool, shape (n_docs, n_classes)
    settings : Settings
    weight : ndarray, optional
        Of documents.
    exclusive : bool, default True
        Every document has one category: of two the second model is the first's mirror.
    """
    matrix = features.matrix(settings.char_weight)
    if exclusive and indicator.shape[1] == 2:
        weights, intercepts = _one_by_one(matrix, indicator[:, 1:], settings, weight)
        weights, intercepts = (np.concatenate([-part, part]) / 2 for part in (weights, intercepts))
    else:
        weights, intercepts = _one_by_one(matrix, indicator, settings, weight)
    n_sparse = features.sparse.shape[1]
    weights[:, features.n_words : n_sparse] *= settings.char_weight
    return LinearScores(weights[:, :n_sparse], weights[:, n_sparse:], intercepts)


def _one_by_one(
    matrix: sparse.csr_array, indicator: np.ndarray, settings: Settings, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    n_classes = indicator.shape[1]
    weights, intercepts = np.zeros((n_classes, matrix.shape[1])), np.zeros(n_classes)
    for column in range(n_classes):
        target = indicator[:, column]
        if not 0 < target.sum() < len(target):
            # Nothing tells a category that no (or every) document has: only how sure that is.
            intercepts[column] = np.log((target.sum() + 0.5) / (len(target) - target.sum() + 0.5))
            continue
        scale = _log_count_ratio(matrix, target) if settings.ratio else None
        scaled = matrix if scale is None else _scaled(matrix, scale)
        # Half of the time of a small fit is the checks of a matrix that is checked already.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            prior = _equal_priors(target, weight) if settings.balanced else None
            model = _solver(settings, prior).fit(scaled, target, weight)
        weights[column] = model.coef_[0] if scale is None else model.coef_[0] * scale
        intercepts[column] = model.intercept_[0]
    return weights, intercepts


def _equal_priors(target: np.ndarray, weight: np.ndarray | None) -> dict[int, float]:
    """Return what scikit-learn's ``balanced`` means, which costs it as much as a small fit to find out."""
    counts = np.bincount(target, weights=weight)
    return dict(enumerate((counts.sum() / (2 * counts)).tolist()))


def _solver(settings: Settings, prior: dict[int, float] | None) -> LinearSVC | LogisticRegression:
    if settings.loss == "squared_hinge":
        return LinearSVC(C=settings.C, class_weight=prior, tol=_TOLERANCE, dual=True, random_state=0)
    return LogisticRegression(
        C=settings.C,
        class_weight=prior,
        tol=_TOLERANCE,
        solver="liblinear",
        dual=True,
        max_iter=1000,
        random_state=0,
    )


def _log_count_ratio(matrix: sparse.csr_array, target: np.ndarray) -> np.ndarray:
    """Return the absolute log ratio of a feature's share inside and outside a category.

    Scaled so that the mean squared length of documents stays what it was, which keeps C comparable.
    """
    inside = matrix[np.flatnonzero(target)].sum(axis=0) + _SHRUNK
    outside = matrix[np.flatnonzero(~target)].sum(axis=0) + _SHRUNK
    ratio = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum())))
    before = (matrix.data**2).sum()
    after = ((matrix.data * ratio[matrix.indices]) ** 2).sum()
    return np.asarray(ratio * np.sqrt(before / after) if after > 0 else np.ones_like(ratio))


def _scaled(matrix: sparse.csr_array, scale: np.ndarray) -> sparse.csr_array:
    scaled = matrix.copy()
    scaled.data = scaled.data * scale[scaled.indices]
    return scaled
