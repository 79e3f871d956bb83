"""Which of several categories a document is given: thresholds of highest micro-F1 on held-out documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["LabelThresholds", "fit_thresholds", "micro_f1"]

_GRID = np.round(np.arange(0.1, 0.91, 0.02), 2)
_ROUNDS = 10


@dataclass(frozen=True)
class LabelThresholds:
    """Least probability of each category, and whether a document always gets its likeliest.

    Attributes
    ----------
    least : ndarray, shape (n_classes,)
    at_least_one : bool
    """

    least: np.ndarray
    at_least_one: bool

    def assign(self, probability: np.ndarray) -> np.ndarray:
        """Return the categories of documents, shape (n_docs, n_classes) of bool."""
        given = probability >= self.least
        if self.at_least_one and probability.shape[1]:
            given |= (probability == probability.max(axis=1, keepdims=True)) & ~given.any(
                axis=1, keepdims=True
            )
        return given


def fit_thresholds(probability: np.ndarray, indicator: np.ndarray) -> LabelThresholds:
    """Return thresholds for documents that the model did not learn from.

    Parameters
    ----------
    probability : ndarray, shape (n_docs, n_classes)
        Calibrated.
    indicator : ndarray of bool, shape (n_docs, n_classes)

    Notes
    -----
    At the highest micro-F1 ``F`` each threshold maximises ``2 tp - F (predicted + true)`` of its own
    category (Dinkelbach 1967), so that categories are found one by one, and ``F`` again until it stays.
    Half of ``tp`` is what was observed and half what the probabilities expect: a category of few documents
    has no threshold of its own otherwise.
    """
    n_classes = indicator.shape[1]
    hits, predicted = np.empty((len(_GRID), n_classes)), np.empty((len(_GRID), n_classes))
    for at, threshold in enumerate(_GRID):
        given = probability >= threshold
        predicted[at] = given.sum(axis=0)
        hits[at] = ((given & indicator).sum(axis=0) + (given * probability).sum(axis=0)) / 2
    best = np.zeros(n_classes, np.int64)
    f1 = 0.5
    for _ in range(_ROUNDS):
        best = (2 * hits - f1 * predicted).argmax(axis=0)
        columns = np.arange(n_classes)
        total = predicted[best, columns].sum() + indicator.sum()
        again = 2 * hits[best, columns].sum() / total if total else 0.0
        if abs(again - f1) < 1e-9:
            break
        f1 = again
    plain = LabelThresholds(_GRID[best], False)
    filled = LabelThresholds(_GRID[best], True)
    better = micro_f1(indicator, filled.assign(probability)) > micro_f1(indicator, plain.assign(probability))
    return filled if better else plain


def micro_f1(indicator: np.ndarray, given: np.ndarray) -> float:
    """Return the F1 of all pairs of document and category together; 0 where there are none."""
    total = indicator.sum() + given.sum()
    return float(2 * (indicator & given).sum() / total) if total else 0.0
