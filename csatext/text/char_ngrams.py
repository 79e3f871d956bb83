"""Character n-grams of prepared texts, counted over the whole column at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

__all__ = ["char_ngrams"]

_MIX = np.uint64(0x9E3779B97F4A7C15)


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
    joined = "".join(texts)
    lengths = texts.str.len().fillna(0).to_numpy(np.int64)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    blank = np.isin(points, np.array([ord(c) for c in " \t\r\n\u3000"], np.uint64))
    shift = np.uint64(64 - int(n_features).bit_length() + 1)
    row_parts, column_parts = [], []
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
        row_parts.append(rows[:n_starts][usable])
        column_parts.append(((key[usable] * _MIX) >> shift).astype(np.int32))
    row, column = np.concatenate(row_parts), np.concatenate(column_parts)
    counts = sparse.coo_array((np.ones(len(row)), (row, column)), shape=(len(lengths), n_features)).tocsr()
    counts.sum_duplicates()
    return counts
