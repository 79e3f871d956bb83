"""Scores of a classifier that the user brings: its margins, or the logarithms of its probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.dummy import DummyClassifier
from sklearn.utils.validation import has_fit_parameter

from csatext.analysis.classification.features import Features
from csatext.analysis.classification.linear_scores import LinearScores
from csatext.errors import ParameterError

__all__ = ["EstimatorScores", "fit_estimator", "gives_scores"]

_FLOOR = 1e-9
"""Least probability whose logarithm is taken."""


@dataclass(frozen=True)
class EstimatorScores:
    """Fitted classifiers: one for categories that exclude each other, else one a category.

    Attributes
    ----------
    estimators : list
    classes : ndarray, shape (n_classes,)
        Columns of the scores.
    exclusive : bool
    """

    estimators: list[Any]
    classes: np.ndarray
    exclusive: bool

    def scores(self, features: Features) -> np.ndarray:
        """Return the scores, shape (n_docs, n_classes); ones and zeros of a classifier that gives none."""
        matrix = features.matrix(1.0)
        if self.exclusive:
            return _of_one(self.estimators[0], matrix, self.classes)
        sides = np.array([False, True])
        return np.column_stack(
            [_difference(_of_one(estimator, matrix, sides)) for estimator in self.estimators]
        )

    def linear(self, n_sparse: int) -> LinearScores:
        """Return the weights of a linear classifier.

        Raises
        ------
        ParameterError
            It has none.
        """
        if not all(hasattr(estimator, "coef_") for estimator in self.estimators):
            raise ParameterError.wrong_type(
                "estimator", self.estimators[0], "线性分类器（有 coef_）；否则无法解释"
            )
        weights = np.vstack([_dense(estimator.coef_) for estimator in self.estimators])
        if self.exclusive and len(self.classes) == 2 and len(weights) == 1:
            weights = np.vstack([-weights, weights]) / 2
        return LinearScores(weights[:, :n_sparse], weights[:, n_sparse:], np.zeros(len(weights)))


def gives_scores(estimator: Any) -> bool:
    """Return whether a classifier gives margins or probabilities."""
    return hasattr(estimator, "decision_function") or hasattr(estimator, "predict_proba")


def fit_estimator(
    estimator: Any,
    features: Features,
    indicator: np.ndarray,
    classes: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    exclusive: bool = True,
) -> EstimatorScores:
    """Return clones of a classifier, fitted; weights are given to one that takes them.

    Raises
    ------
    ParameterError
        It is no classifier.
    """
    matrix = features.matrix(1.0)
    targets = (
        [classes[indicator.argmax(axis=1)]] if exclusive else [indicator[:, at] for at in range(len(classes))]
    )
    fitted = []
    for target in targets:
        # Many classifiers refuse documents of one kind, which a fold may be made of.
        of_one_kind = len(np.unique(target)) < 2
        model = DummyClassifier(strategy="prior") if of_one_kind else clone(estimator)
        takes = weight is not None and has_fit_parameter(model, "sample_weight")
        fitted.append(model.fit(matrix, target, **({"sample_weight": weight} if takes else {})))
    return EstimatorScores(fitted, classes, exclusive)


def check_estimator(estimator: Any) -> None:
    """Raise unless something is a classifier of scikit-learn's kind, and not its class.

    Raises
    ------
    ParameterError
        It is something else.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "get_params") or not is_classifier(estimator):
        raise ParameterError.wrong_type("estimator", estimator, "scikit-learn 分类器的实例，或 None")


def _of_one(estimator: Any, matrix: sparse.csr_array, classes: np.ndarray) -> np.ndarray:
    if hasattr(estimator, "decision_function"):
        scores = np.asarray(estimator.decision_function(matrix), float)
        if scores.ndim == 1:
            scores = np.column_stack([-scores, scores]) / 2
    elif hasattr(estimator, "predict_proba"):
        scores = np.log(np.maximum(estimator.predict_proba(matrix), _FLOOR))
    else:
        scores = (np.asarray(estimator.predict(matrix))[:, None] == estimator.classes_).astype(float)
    if np.array_equal(estimator.classes_, classes):
        return scores
    # A fold may hold no document of a category.
    wide = np.full((len(scores), len(classes)), scores.min(initial=0.0) - 1)
    position = {label: column for column, label in enumerate(classes.tolist())}
    wide[:, [position[label] for label in estimator.classes_.tolist()]] = scores
    return wide


def _dense(weights: Any) -> np.ndarray:
    return weights.toarray() if sparse.issparse(weights) else np.atleast_2d(weights)


def _difference(scores: np.ndarray) -> np.ndarray:
    return np.asarray(scores[:, 1] - scores[:, 0])
