"""Weights of terms by the documents that hold them."""

from __future__ import annotations

import numpy as np

__all__ = ["inverse_document_frequency"]


def inverse_document_frequency(document_frequency: np.ndarray, n_docs: int) -> np.ndarray:
    """Return the smoothed inverse document frequency, ``log((1 + N) / (1 + df)) + 1``.

    Parameters
    ----------
    document_frequency : ndarray of int
        Documents that hold each term.
    n_docs : int

    Notes
    -----
    After Spärck Jones (1972), smoothed as in scikit-learn's ``TfidfTransformer``: as if one more document
    held every term.

    Examples
    --------
    >>> inverse_document_frequency(np.array([3]), 3).tolist()
    [1.0]
    """
    return np.asarray(np.log((1 + n_docs) / (1 + document_frequency)) + 1)
