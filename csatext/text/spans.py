"""Spans of a text as arrays of (start, end), ascending and disjoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["Span", "merge_spans", "span_array"]

Span = tuple[int, int]


def span_array(spans: Sequence[Span]) -> np.ndarray:
    """Return spans as an array of int64, shape (n, 2).

    Examples
    --------
    >>> span_array([]).shape
    (0, 2)
    """
    return np.array(spans, np.int64).reshape(-1, 2)


def merge_spans(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Join two ascending disjoint lists; a span of ``second`` that touches one of ``first`` is dropped.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n, 2)

    Returns
    -------
    ndarray of int64, shape (n, 2)

    Examples
    --------
    >>> merge_spans(np.array([[2, 5]]), np.array([[0, 1], [4, 6], [7, 9]])).tolist()
    [[0, 1], [2, 5], [7, 9]]
    """
    if not len(first) or not len(second):
        return second if not len(first) else first
    at = np.searchsorted(first[:, 1], second[:, 0], side="right")
    free = (at == len(first)) | (first[np.minimum(at, len(first) - 1), 0] >= second[:, 1])
    merged = np.concatenate([first, second[free]])
    return merged[np.argsort(merged[:, 0], kind="stable")]
