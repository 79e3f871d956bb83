"""Terms that are a topic's own: what it alone is about."""

from __future__ import annotations

import numpy as np

__all__ = ["owned_terms"]

_OWN, _MOST = 0.5, 30
"""A term is a topic's own of which it has half of the occurrences; the most probable 30 count (chosen)."""


def owned_terms(components: np.ndarray, shares: np.ndarray) -> list[np.ndarray]:
    """Return the columns of each topic's own terms, most probable first.

    Parameters
    ----------
    components : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    shares : ndarray, shape (n_topics,)
        Of the documents or tokens.

    Returns
    -------
    list of ndarray of int

    Examples
    --------
    >>> topics = np.array([[0.3, 0.7, 0.0], [0.0, 0.1, 0.9]])
    >>> [own.tolist() for own in owned_terms(topics, np.array([0.5, 0.5]))]
    [[1, 0], [2]]
    """
    part = components * shares[:, None]
    part /= np.maximum(part.sum(axis=0), np.finfo(float).tiny)
    found = []
    for topic, held in zip(components, part, strict=True):
        own = np.flatnonzero(held >= _OWN)
        found.append(own[np.argsort(-topic[own], kind="stable")][:_MOST])
    return found
