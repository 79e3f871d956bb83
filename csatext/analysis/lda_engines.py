"""Engines of latent Dirichlet allocation: counts in, topic-term probabilities out."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["LDA_ENGINES"]


def _tomotopy(
    dtm: sparse.csr_array, terms: np.ndarray, n_topics: int, n_iter: int, alpha: float, eta: float, seed: int
) -> np.ndarray:
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, alpha=alpha, eta=eta, seed=seed)
    words = np.repeat(terms[dtm.indices], dtm.data).tolist()
    ends = np.concatenate(([0], np.cumsum(dtm.data)))[dtm.indptr].tolist()
    for row in np.flatnonzero(np.diff(dtm.indptr)):
        model.add_doc(words[ends[row] : ends[row + 1]])
    model.train(n_iter, workers=1)
    order = np.searchsorted(terms, np.array(list(model.used_vocabs), object))
    components = np.zeros((n_topics, len(terms)))
    for topic in range(n_topics):
        components[topic, order] = model.get_topic_word_dist(topic)
    return components / components.sum(axis=1, keepdims=True)


def _gensim(
    dtm: sparse.csr_array, terms: np.ndarray, n_topics: int, n_iter: int, alpha: float, eta: float, seed: int
) -> np.ndarray:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    model = LdaModel(
        Sparse2Corpus(sparse.csc_matrix(dtm.T), documents_columns=True),
        num_topics=n_topics,
        id2word=dict(enumerate(terms)),
        passes=max(1, n_iter // 12),
        alpha=[alpha] * n_topics,
        eta=eta,
        random_state=seed,
    )
    return model.get_topics().astype(np.float64)


LDA_ENGINES = {"tomotopy": _tomotopy, "gensim": _gensim}
