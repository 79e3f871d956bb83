"""Categories of two levels: the first is decided by all its children together, the second within it."""

from __future__ import annotations

import numpy as np

from csatext.analysis.classification.annotation import LEVEL_MARK
from csatext.taxonomy import Taxonomy

__all__ = ["decide", "heads_of", "parent_probability", "parents_of"]


_ALMOST_SURE = 1 - 1e-12
"""Largest probability whose complement has a logarithm."""


def parents_of(classes: np.ndarray, taxonomy: Taxonomy | None) -> np.ndarray:
    """Return the number of each category's parent, shape (n_classes,); all differ without a hierarchy.

    Parameters
    ----------
    classes : ndarray
        ``一级/二级``, or names of a taxonomy's categories.
    taxonomy : Taxonomy or None

    Examples
    --------
    >>> parents_of(np.array(["物流/丢件", "物流/延误", "退款"], object), None).tolist()
    [0, 0, 1]
    """
    _, numbers = np.unique(heads_of(classes, taxonomy), return_inverse=True)
    return np.asarray(numbers)


def heads_of(classes: np.ndarray, taxonomy: Taxonomy | None) -> np.ndarray:
    """Return the name of each category's parent, its own without one.

    Parameters
    ----------
    classes : ndarray
        ``一级/二级``, or names of a taxonomy's categories.
    taxonomy : Taxonomy or None

    Examples
    --------
    >>> heads_of(np.array(["物流/丢件", "退款"], object), None).tolist()
    ['物流', '退款']
    """
    above = (
        {}
        if taxonomy is None
        else {category.label_zh: taxonomy.path(category.id)[0] for category in taxonomy.categories}
    )
    heads = []
    for label in classes.tolist():
        name = str(label)
        head, mark, _ = name.partition(LEVEL_MARK)
        heads.append(head.strip() if mark and head.strip() else above.get(name, name))
    return np.array(heads, object).astype(str)


def parent_probability(probability: np.ndarray, parents: np.ndarray, exclusive: bool) -> np.ndarray:
    """Return the probability of each parent, shape (n_docs, n_parents).

    The sum over its children where they exclude each other, otherwise that of at least one of them.

    Parameters
    ----------
    probability : ndarray, shape (n_docs, n_classes)
    parents : ndarray of int, shape (n_classes,)
    exclusive : bool

    Examples
    --------
    >>> parent_probability(np.array([[0.5, 0.25, 0.25]]), np.array([0, 0, 1]), True).tolist()
    [[0.75, 0.25]]
    >>> parent_probability(np.array([[0.5, 0.5, 0.25]]), np.array([0, 0, 1]), False).round(6).tolist()
    [[0.75, 0.25]]
    """
    below = (parents[:, None] == np.arange(parents.max(initial=-1) + 1)[None, :]).astype(float)
    if exclusive:
        return np.asarray(probability @ below)
    return np.asarray(-np.expm1(np.log1p(-np.minimum(probability, _ALMOST_SURE)) @ below))


def decide(probability: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Return the category of each document: the likeliest child of the likeliest parent.

    Parameters
    ----------
    probability : ndarray, shape (n_docs, n_classes)
    parents : ndarray of int, shape (n_classes,)

    Examples
    --------
    >>> decide(np.array([[0.3, 0.3, 0.4]]), np.array([0, 0, 1])).tolist()
    [0]
    """
    if len(np.unique(parents)) == len(parents):
        return np.asarray(probability.argmax(axis=1))
    together = parent_probability(probability, parents, exclusive=True)
    within = parents[None, :] == together.argmax(axis=1)[:, None]
    return np.asarray(np.where(within, probability, -1.0).argmax(axis=1))
