"""The documents that topics are learnt from, and how much of each document a model knows."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csatext.analysis.topics.lda_engines import order_of_content
from csatext.text.corpus import Corpus

__all__ = ["known_lengths", "learning_sample"]


def learning_sample(
    corpus: Corpus, max_docs: int | None, content_only: bool, seed: int
) -> tuple[sparse.csr_array, np.ndarray]:
    """Return counts and columns of the documents learnt from, in an order that rests on content alone.

    Parameters
    ----------
    corpus : Corpus
    max_docs : int or None
        Documents drawn at most.
    content_only : bool
        Leave out the terms that say nothing on their own.
    seed : int

    Returns
    -------
    counts : csr_array, shape (n_sampled, n_columns)
        Each row holds a term.
    columns : ndarray of int
        Columns of the corpus that the counts stand for.
    """
    dtm = corpus.dtm
    order = order_of_content(dtm)
    order = order[np.diff(dtm.indptr)[order] > 0]
    if max_docs is not None and len(order) > max_docs:
        rng = np.random.default_rng(seed)
        order = order[np.sort(rng.choice(len(order), max_docs, replace=False))]
    shown = corpus.content if content_only else np.ones(len(corpus.terms), bool)
    sample = dtm[order]
    present = np.zeros(len(corpus.terms), bool)
    present[sample.indices] = True
    columns = np.flatnonzero(shown & present)
    sample = sample[:, columns]
    return sample[np.diff(sample.indptr) > 0], columns


def known_lengths(dtm: sparse.csr_array, components: np.ndarray) -> np.ndarray:
    """Return how many tokens of each document have a part in a topic.

    Examples
    --------
    >>> known_lengths(sparse.csr_array([[2, 1], [0, 3]]), np.array([[1.0, 0.0]])).tolist()
    [2.0, 0.0]
    """
    known = components.any(axis=0).astype(np.int64)
    return np.asarray(dtm @ known, float)
