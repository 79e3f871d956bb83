"""Dimension columns as numbers: values, combinations of values, missing ones kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["EMPTY", "cell_codes", "encode_dimension"]

EMPTY = "(空)"
"""How a missing dimension value is shown; NA in a result table means any value."""


def encode_dimension(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Number the values of a dimension, in the order of their text.

    Parameters
    ----------
    column : Series
        Any type.

    Returns
    -------
    codes : ndarray of int, shape (n_rows,)
    labels : ndarray of str
        Values as text, sorted; a missing value is ``(空)``.

    Examples
    --------
    >>> codes, labels = encode_dimension(pd.Series(["在线", None, "在线"]))
    >>> codes.tolist(), labels.tolist()
    ([1, 0, 1], ['(空)', '在线'])
    """
    first, values = pd.factorize(column)
    text = np.append(np.asarray(pd.Index(values).astype("str"), dtype=object), EMPTY)
    labels, second = np.unique(text, return_inverse=True)
    codes = second[first]  # code -1 reads the last place: EMPTY
    if not (codes == second[-1]).any():
        labels = np.delete(labels, second[-1])
        codes = codes - (codes > second[-1])
    return codes, labels


def cell_codes(
    encoded: Sequence[tuple[np.ndarray, np.ndarray]], n_rows: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Number all combinations of the values of several dimensions.

    Parameters
    ----------
    encoded : sequence of (codes, labels)
        From :func:`encode_dimension`.
    n_rows : int
        Rows of the table, for the case of no dimension (one cell).

    Returns
    -------
    codes : ndarray of int, shape (n_rows,)
        Combination of each row, the last dimension running fastest.
    labels : list of ndarray
        For each dimension, its value in each combination.

    Examples
    --------
    >>> pair = encode_dimension(pd.Series(["a", "b"])), encode_dimension(pd.Series(["x", "y"]))
    >>> codes, labels = cell_codes(pair, 2)
    >>> codes.tolist(), labels[1].tolist()
    ([0, 3], ['x', 'y', 'x', 'y'])
    """
    codes = np.zeros(n_rows, dtype="int64")
    for part, labels in encoded:
        codes = codes * len(labels) + part
    sizes = [len(labels) for _, labels in encoded]
    grid = np.indices(sizes).reshape(len(sizes), int(np.prod(sizes)))
    return codes, [labels[place] for (_, labels), place in zip(encoded, grid, strict=True)]
