"""Character n-grams of prepared texts, counted over the whole column at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

__all__ = ["NgramPlaces", "char_ngrams", "ngram_places"]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_BLANKS = np.array([ord(c) for c in " \t\r\n\u3000"], np.uint64)


class NgramPlaces(NamedTuple):
    """Where n-grams of one length stand.

    Attributes
    ----------
    rows, starts : ndarray of int64, shape (n,)
        Text, and first character in it.
    columns : ndarray of int32, shape (n,)
        Hashed column of each.
    """

    rows: np.ndarray
    starts: np.ndarray
    columns: np.ndarray


def ngram_places(texts: pd.Series, sizes: tuple[int, int], n_features: int = 2**18) -> list[NgramPlaces]:
    """Return the places of character n-grams, one item a length.

    Parameters
    ----------
    texts : Series of str, length n_docs
    sizes : (int, int)
        Shortest and longest n-gram; n-grams with white space are left out.
    n_features : int, default 2**18
        Hashed columns, a power of two.

    Returns
    -------
    list of NgramPlaces
        The shortest first.

    Examples
    --------
    >>> ngram_places(pd.Series(["要退款"]), (2, 2))[0].starts.tolist()
    [0, 1]
    """
    joined = "".join(texts)
    lengths = texts.str.len().fillna(0).to_numpy(np.int64)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    begin = np.cumsum(lengths) - lengths
    blank = np.isin(points, _BLANKS)
    shift = np.uint64(64 - int(n_features).bit_length() + 1)
    found = []
    for size in range(sizes[0], sizes[1] + 1):
        n_starts = max(len(points) - size + 1, 0)
        key = np.zeros(n_starts, np.uint64)
        usable = np.ones(n_starts, bool)
        for at in range(size):
            key = (key + points[at : at + n_starts] + np.uint64(1)) * _MIX
            key ^= key >> np.uint64(29)
            usable &= ~blank[at : at + n_starts]
        if n_starts:
            usable &= rows[:n_starts] == rows[size - 1 :]
        start = np.flatnonzero(usable)
        columns = ((key[usable] * _MIX) >> shift).astype(np.int32)
        found.append(NgramPlaces(rows[start], start - begin[rows[start]], columns))
    return found


def char_ngrams(
    texts: pd.Series, sizes: tuple[int, int] = (2, 3), n_features: int = 2**18
) -> sparse.csr_array:
    """Return the counts of character n-grams in hashed columns.

    Parameters
    ----------
    texts : Series of str, length n_docs
    sizes : (int, int), default (2, 3)
        Shortest and longest n-gram; n-grams with white space are left out.
    n_features : int, default 2**18
        Columns; a power of two. n-grams that fall on one column are counted together
        (Weinberger et al. 2009, "Feature hashing for large scale multitask learning").

    Returns
    -------
    csr_array of float64, shape (n_docs, n_features)

    Examples
    --------
    >>> char_ngrams(pd.Series(["退款退款"]), (2, 2)).sum()
    np.float64(3.0)
    """
    places = ngram_places(texts, sizes, n_features)
    row = np.concatenate([place.rows for place in places])
    column = np.concatenate([place.columns for place in places])
    counts = sparse.coo_array((np.ones(len(row)), (row, column)), shape=(len(texts), n_features)).tocsr()
    counts.sum_duplicates()
    return counts
