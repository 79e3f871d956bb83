"""Coherence of topics: how often their terms stand in the same documents."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["between_npmi", "c_v", "mean_npmi", "npmi_matrix"]


def npmi_matrix(dtm: sparse.sparray, columns: np.ndarray) -> np.ndarray:
    """Return the normalized pointwise mutual information of terms within documents (Bouma 2009).

    ``log(p(a, b) / (p(a) p(b))) / -log p(a, b)``; -1 where two terms share no document, 1 where both stand
    in every document.

    Parameters
    ----------
    dtm : sparse array, shape (n_docs, n_terms)
        Quick by columns (csc_array).
    columns : ndarray of int, shape (n,)
        Distinct.

    Returns
    -------
    ndarray, shape (n, n)
    """
    present = (dtm[:, columns] > 0).astype(np.float64)
    together = (present.T @ present).toarray() / max(dtm.shape[0], 1)
    alone = np.diag(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together / np.outer(alone, alone)) / -np.log(together)
    return np.where(together == 0, -1.0, np.where(together == 1, 1.0, npmi))


def mean_npmi(dtm: sparse.csr_array, best: np.ndarray) -> np.ndarray:
    """Return the mean NPMI of the pairs of the terms of each topic; 0 for topics of less than two terms.

    Parameters
    ----------
    dtm : csr_array
    best : ndarray of int, shape (n_topics, n)
        Columns of the terms; -1 fills up.
    """
    by_term = dtm.tocsc()
    return np.array([_pairs(_matrix(by_term, row)).mean() if (row >= 0).sum() > 1 else 0.0 for row in best])


def between_npmi(dtm: sparse.csr_array, best: np.ndarray) -> np.ndarray:
    """Return the mean NPMI of the terms of each topic with those of each other one; its own on the diagonal.

    Where a topic is told from another, its terms stand with each other more often than with those of the
    other.

    Parameters
    ----------
    dtm, best
        As in :func:`mean_npmi`.

    Returns
    -------
    ndarray, shape (n_topics, n_topics)
    """
    columns = np.unique(best[best >= 0])
    matrix = npmi_matrix(dtm.tocsc(), columns)
    rows = [np.searchsorted(columns, row[row >= 0]) for row in best]
    values = np.array(
        [[matrix[np.ix_(one, two)].mean() if len(one) and len(two) else -1.0 for two in rows] for one in rows]
    )
    np.fill_diagonal(values, mean_npmi(dtm, best))
    return values


def c_v(dtm: sparse.csr_array, best: np.ndarray) -> np.ndarray:
    """Return the coherence c_v of each topic (Röder, Both and Hinneburg 2015), documents as windows.

    The vector of a term holds its NPMI with every term of the topic; c_v is the mean cosine of each vector
    with their sum. The original counts in windows of 110 tokens, longer than most contacts: here a window
    is a document.

    Parameters
    ----------
    dtm, best
        As in :func:`mean_npmi`.
    """
    values, by_term = np.zeros(len(best)), dtm.tocsc()
    for at, row in enumerate(best):
        matrix = _matrix(by_term, row)
        if len(matrix) < 2:
            continue
        total = matrix.sum(axis=0)
        lengths = np.sqrt((matrix**2).sum(axis=1)) * np.sqrt((total**2).sum())
        products = (matrix * total).sum(axis=1)
        values[at] = np.divide(products, lengths, out=np.zeros(len(matrix)), where=lengths > 0).mean()
    return values


def _matrix(dtm: sparse.sparray, row: np.ndarray) -> np.ndarray:
    return npmi_matrix(dtm, row[row >= 0])


def _pairs(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix), 1)]
