"""Which topic of a new model is which of an old one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.topics.folding import fold_in
from scipy import sparse

__all__ = ["explained", "on_terms"]

_COUNTS = 10_000


def on_terms(components: np.ndarray, terms: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return topics on other terms: terms they do not know have probability 0; rows sum to 1 again.

    Parameters
    ----------
    components : ndarray, shape (n_topics, n_terms)
    terms, wanted : ndarray of object

    Examples
    --------
    >>> terms, wanted = np.array(["慢", "贵"], object), np.array(["破", "贵"], object)
    >>> on_terms(np.array([[0.4, 0.6]]), terms, wanted).tolist()
    [[0.0, 1.0]]
    """
    at = pd.Index(terms, dtype=object).get_indexer(pd.Index(wanted, dtype=object))
    moved = np.where(at >= 0, components[:, at], 0.0)
    return moved / np.maximum(moved.sum(axis=1, keepdims=True), np.finfo(float).tiny)


def explained(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Return how far a mixture of old topics gives each new one: their Bhattacharyya coefficient.

    Parameters
    ----------
    new, old : ndarray, shapes (n, n_terms) and (m, n_terms)
    """
    if not len(new) or not len(old):
        return np.zeros(len(new))
    counts = sparse.csr_array(np.round(new * _COUNTS).astype(np.int64))
    mixture = fold_in(counts, old, 1e-3) @ old
    return np.asarray(np.sqrt(new * mixture).sum(axis=1))
