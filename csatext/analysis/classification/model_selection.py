"""What to learn from and how, chosen by scores of held-out documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from csatext.analysis.classification.calibration import fit_platt, fit_tempering
from csatext.analysis.classification.features import Features
from csatext.analysis.classification.label_thresholds import fit_thresholds, micro_f1
from csatext.analysis.classification.linear_scores import Settings, fit_linear
from csatext.analysis.classification.self_training import Scorer, self_trained

__all__ = ["N_FOLDS", "Examples", "Fit", "assign_folds", "choose_settings", "held_out_scores", "quality"]

SEARCH_DOCS = 4_000
"""Annotated documents that the search of settings looks at: they bound its time."""
LEAST_GAIN = 0.002
"""Of F1, for another setting than the usual one: less is noise of the folds (chosen)."""
N_FOLDS = 5
"""Of the scores that probabilities are calibrated on (chosen)."""
_MANY = 1_000
_FLOOR = 1e-12
Fit = Callable[[Features, np.ndarray, np.ndarray], Scorer]


@dataclass(frozen=True)
class Examples:
    """Documents to learn from, and those of them that a model is judged by.

    Attributes
    ----------
    features : Features, n_docs long
    indicator : ndarray of bool, shape (n_docs, n_classes)
    weight : ndarray, shape (n_docs,)
    folds : ndarray of int, shape (n_docs,)
        Fold in which a document is held out; -1 for one that is learnt from in all.
    judged : ndarray of bool, shape (n_docs,)
        Whether the scores of a document count.
    pool : Features or None
        Documents for self-training.
    exclusive : bool
        Whether a document has one category.
    """

    features: Features
    indicator: np.ndarray
    weight: np.ndarray
    folds: np.ndarray
    judged: np.ndarray
    pool: Features | None
    exclusive: bool

    def part(self, rows: np.ndarray) -> Examples:
        """Return the examples at ``rows`` alone."""
        return replace(
            self,
            features=self.features[rows],
            indicator=self.indicator[rows],
            weight=self.weight[rows],
            folds=self.folds[rows],
            judged=self.judged[rows],
        )

    def learn(self, fit: Fit, rows: np.ndarray | None = None) -> Scorer:
        """Return a model of all examples or those at ``rows``, self-trained where there is a pool."""
        examples = self if rows is None else self.part(rows)
        if not examples.weight.all():
            # liblinear takes a category whose documents all have weight 0 for a mistake.
            examples = examples.part(np.flatnonzero(examples.weight))
        if self.pool is None:
            return fit(examples.features, examples.indicator, examples.weight)
        return self_trained(fit, examples.features, examples.indicator, examples.weight, self.pool)


def assign_folds(indicator: np.ndarray, texts: np.ndarray, n_folds: int) -> np.ndarray:
    """Return the fold of each document, categories spread evenly; equal texts stand in one fold.

    Parameters
    ----------
    indicator : ndarray of bool, shape (n_docs, n_classes)
    texts : ndarray of int, shape (n_docs,)
        Number of the text of each document.
    n_folds : int

    Examples
    --------
    >>> folds = assign_folds(np.eye(2, dtype=bool)[[0, 0, 1, 1, 1]], np.array([0, 1, 2, 3, 2]), 2)
    >>> bool(folds[0] != folds[1]), bool(folds[2] == folds[4]), bool(folds[2] != folds[3])
    (True, True, True)
    """
    _, first, inverse = np.unique(texts, return_index=True, return_inverse=True)
    signature = np.unique(indicator[first], axis=0, return_inverse=True)[1].ravel()
    drawn = np.random.default_rng(0).permutation(len(first))
    order = np.lexsort((drawn, signature))
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(first)) % n_folds
    return np.asarray(fold[inverse])


def held_out_scores(examples: Examples, fit: Fit) -> tuple[np.ndarray, list[Scorer]]:
    """Return the scores of the judged documents by models that did not learn from them, and these models.

    Returns
    -------
    scores : ndarray, shape (n_judged, n_classes)
        In the order of the documents.
    models : list
        One a fold.
    """
    scores = np.zeros(examples.indicator.shape)
    models = []
    for fold in np.unique(examples.folds[examples.judged]):
        away = examples.folds == fold
        learnt = np.flatnonzero(~away)
        held_out = np.flatnonzero(away & examples.judged)
        seen = learnt if examples.pool is None else np.arange(len(away))
        features = examples.features.without_unseen(seen)
        model = replace(examples, features=features).learn(fit, learnt)
        scores[held_out] = model.scores(features[held_out])
        models.append(model)
    return scores[examples.judged], models


def linear_fit(settings: Settings, exclusive: bool) -> Fit:
    """Return the function that fits a linear model with these settings."""

    def fit(features: Features, indicator: np.ndarray, weight: np.ndarray) -> Scorer:
        return fit_linear(features, indicator, settings, weight, exclusive=exclusive)

    return fit


def quality(scores: np.ndarray, indicator: np.ndarray, exclusive: bool) -> float:
    """Return the macro-F1 of the best category, or the micro-F1 of several with thresholds.

    Examples
    --------
    >>> quality(np.eye(2), np.eye(2, dtype=bool), True)
    1.0
    """
    if not exclusive:
        probability = fit_platt(scores, indicator).probabilities(scores)
        return micro_f1(indicator, fit_thresholds(probability, indicator).assign(probability))
    given = np.zeros_like(indicator)
    given[np.arange(len(scores)), scores.argmax(axis=1)] = True
    total = given.sum(axis=0) + indicator.sum(axis=0)
    f1 = 2 * (given & indicator).sum(axis=0) / np.maximum(total, 1)
    return float(f1[indicator.any(axis=0)].mean())


def choose_settings(examples: Examples, usual: Settings) -> Settings:
    """Return the settings that serve held-out documents best, one after the other: loss, characters, prior.

    Loss, C and characters of categories that exclude each other are chosen by the likelihood of tempered
    scores, whose noise is a fraction of that of F1 (measured: it finds the C of highest F1 on both sets of
    complaints, where F1 itself kept the usual one); with fewer than 1,000 documents (.63 for .61 of 200
    labels), the prior, and all of several categories, by F1.

    Parameters
    ----------
    examples : Examples
        At most :data:`SEARCH_DOCS` of them are looked at, many in three folds.
    usual : Settings
        Kept where nothing gains :data:`LEAST_GAIN`.
    """
    many = examples.judged.sum() >= _MANY
    if many:
        examples = replace(examples, folds=np.where(examples.folds < 0, -1, examples.folds % 3))
    if len(examples.features) > SEARCH_DOCS:
        rows = np.random.default_rng(0).choice(len(examples.features), SEARCH_DOCS, replace=False)
        examples = examples.part(np.sort(rows))
    best = usual
    for merit, changes in _steps(
        usual, examples.exclusive, likelihood if many and examples.exclusive else quality
    ):
        reached = _reached(examples, best, merit)
        for tried in [replace(best, **change) for change in changes]:
            found = -np.inf if tried == best else _reached(examples, tried, merit)
            if found > reached + LEAST_GAIN:
                best, reached = tried, found
    return best


def likelihood(scores: np.ndarray, indicator: np.ndarray, exclusive: bool) -> float:
    """Return the mean logarithm of the tempered probability of the right category."""
    probability = fit_tempering(scores, indicator).probabilities(scores)
    return float(np.log(np.maximum(probability[indicator], _FLOOR)).mean())


Merit = Callable[[np.ndarray, np.ndarray, bool], float]


def _reached(examples: Examples, settings: Settings, merit: Merit) -> float:
    scores, _ = held_out_scores(examples, linear_fit(settings, examples.exclusive))
    return merit(scores, examples.indicator[examples.judged], examples.exclusive)


def _steps(usual: Settings, exclusive: bool, merit: Merit) -> list[tuple[Merit, list[dict[str, Any]]]]:
    # The squared hinge reaches the same F1 at a tenth of the logistic loss's C.
    losses: list[dict[str, Any]] = [
        {"loss": "log", "C": usual.C / 3},
        {"loss": "squared_hinge", "C": usual.C / 10},
        {"loss": "squared_hinge", "C": usual.C / 3},
    ]
    characters: list[dict[str, Any]] = [{"char_weight": 1.0}, {"char_weight": 2.0}]
    if exclusive:
        return [(merit, losses), (merit, characters), (quality, [{"balanced": False}])]
    # Several categories: measured on car complaints, the ratio gains 1 point of micro-F1; on data of
    # one category a document it loses 1.
    return [(quality, [*losses, {"balanced": True}]), (quality, [{"ratio": False}]), (quality, characters)]
