"""Documents as weighted term vectors of unit length, for likeness and groups."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from csatext.analysis.term_weights import inverse_document_frequency
from csatext.text.corpus import Corpus

__all__ = ["weighted_terms"]

_MOST_FREQUENT = 0.5
"""Terms in more than this share of the documents say nothing about which of them belong together."""


def weighted_terms(corpus: Corpus) -> sparse.csr_array:
    """Return the sublinear TF-IDF weights of the terms, rows of unit length.

    Parameters
    ----------
    corpus : Corpus
        Its document-term matrix is used.

    Returns
    -------
    csr_array of float64, shape (n_docs, n_terms)
        Terms of a single document and very frequent ones have no weight (Salton and Buckley 1988).
    """
    counts = sparse.csr_array(corpus.dtm, dtype=np.float64)
    n_docs = max(len(corpus), 1)
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = inverse_document_frequency(df, n_docs)
    idf[(df < 2) | ((df > _MOST_FREQUENT * n_docs) & (df > 10))] = 0
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return sparse.csr_array(normalize(counts)) if 0 not in counts.shape else counts
