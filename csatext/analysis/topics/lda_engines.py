"""Engines of latent Dirichlet allocation: from counts to the probability of each term in each topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

__all__ = ["LDA_ENGINES", "Learning", "order_of_content", "sweeps_for"]

Progress = Callable[[int, int], object]

_SWEEPS_A_STEP = 10
"""Sweeps between two reports of progress."""
_LATE = 0.8
"""Topics are the mean of what they are from this part of the sweeps on: after the last sweep alone, chance
decides on one word more or less (benchmarks/topics.py, halves)."""
_WORDS, _LEAST_SWEEPS, _MOST_SWEEPS = 10_000_000, 200, 500
"""Words that a run draws where the sweeps are not given, and bounds of the sweeps. A word of few documents is
drawn more often: of halves of 3,000 simulated contacts mutual information of topic and cause is .50 by 200
sweeps, .55 by 500 and .58 by 1,000; of 6,000 reviews 200 and 400 are the same (benchmarks/topics.py)."""
_SWEEPS_A_PASS = 20
"""A pass of online variational Bayes does about the work of so many sweeps."""


@dataclass(frozen=True)
class Learning:
    """How topics are learnt.

    Attributes
    ----------
    n_topics : int
    n_iter : int or None
        Sweeps; None takes those of :func:`sweeps_for`.
    doc_topic_prior, topic_word_prior : float
        Dirichlet priors alpha and eta.
    seed : int
    n_runs : int
        Runs of the engine that :func:`csatext.analysis.topics.consensus.learn_topics` joins.
    sweeps_a_prior : int
        Sweeps between two estimates of the prior of each topic's share: with 10 a run takes twice as long,
        and more topics are hardly of any document.
    pseudo_counts : ndarray or None, shape (n_topics, n_terms)
        Added to eta: terms that seeds, or an earlier model, say belong to a topic.
    progress : callable or None
        Called with sweeps done and sweeps in all; learning stops where it returns False.
    """

    n_topics: int
    n_iter: int | None
    doc_topic_prior: float
    topic_word_prior: float
    seed: int
    n_runs: int = 1
    sweeps_a_prior: int = 80
    pseudo_counts: np.ndarray | None = None
    progress: Progress | None = None


def sweeps_for(dtm: sparse.csr_array) -> int:
    """Return how many sweeps documents need: the fewer words they have, the more, from 200 to 500.

    Examples
    --------
    >>> sweeps_for(sparse.csr_array([[30_000]])), sweeps_for(sparse.csr_array([[2]]))
    (333, 500)
    """
    return int(np.clip(_WORDS // max(int(dtm.sum()), 1), _LEAST_SWEEPS, _MOST_SWEEPS))


def order_of_content(dtm: sparse.csr_array) -> np.ndarray:
    """Return the rows sorted by what they hold, so that topics do not depend on the order of contacts.

    Rows are sorted by length and a 64-bit hash of their terms and counts (Fibonacci hashing, Knuth 1998,
    6.4); rows alike in both hold the same terms.
    """
    mixed = (dtm.indices.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * (2 * dtm.data.astype(np.uint64) + np.uint64(1))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed ^ (mixed >> np.uint64(32)))))
    return np.lexsort((sums[dtm.indptr[1:]] - sums[dtm.indptr[:-1]], np.diff(dtm.indptr)))


def _tomotopy(dtm: sparse.csr_array, terms: np.ndarray, how: Learning) -> np.ndarray:
    import tomotopy

    model = tomotopy.LDAModel(
        k=how.n_topics, alpha=how.doc_topic_prior, eta=how.topic_word_prior, seed=how.seed
    )
    model.optim_interval = how.sweeps_a_prior
    words = np.repeat(terms[dtm.indices], dtm.data).tolist()
    ends = np.concatenate(([0], np.cumsum(dtm.data)))[dtm.indptr].tolist()
    for row in np.flatnonzero(np.diff(dtm.indptr)):
        model.add_doc(words[ends[row] : ends[row + 1]])
    if how.pseudo_counts is not None:
        present = np.zeros(len(terms), bool)
        present[dtm.indices] = True
        for column in np.flatnonzero(present & how.pseudo_counts.any(axis=0)):
            prior = how.topic_word_prior + how.pseudo_counts[:, column]
            model.set_word_prior(terms[column], prior.tolist())
    model.train(0, workers=1)
    order = np.searchsorted(terms, np.array(list(model.used_vocabs), object))
    components = np.zeros((how.n_topics, len(terms)))
    n_iter, done, stopped = how.n_iter or sweeps_for(dtm), 0, False
    while done < n_iter and not stopped:
        step = min(_SWEEPS_A_STEP, n_iter - done)
        model.train(step, workers=1)
        done += step
        stopped = how.progress is not None and how.progress(done, n_iter) is False
        if done >= _LATE * n_iter or stopped:
            for topic in range(how.n_topics):
                components[topic, order] += model.get_topic_word_dist(topic)
    return components / components.sum(axis=1, keepdims=True)


def _gensim(dtm: sparse.csr_array, terms: np.ndarray, how: Learning) -> np.ndarray:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    eta = np.full((how.n_topics, len(terms)), how.topic_word_prior)
    if how.pseudo_counts is not None:
        eta += how.pseudo_counts
    n_iter = how.n_iter or _LEAST_SWEEPS
    passes = max(1, n_iter // _SWEEPS_A_PASS)
    documents = Sparse2Corpus(sparse.csc_matrix(dtm.T), documents_columns=True)
    model = LdaModel(
        documents,
        num_topics=how.n_topics,
        id2word=dict(enumerate(terms)),
        passes=passes,
        alpha=[how.doc_topic_prior] * how.n_topics,
        eta=eta,
        random_state=how.seed,
    )
    if how.progress is not None:
        how.progress(n_iter, n_iter)
    return model.get_topics().astype(np.float64)


LDA_ENGINES: dict[str, Callable[[sparse.csr_array, np.ndarray, Learning], np.ndarray]] = {
    "tomotopy": _tomotopy,
    "gensim": _gensim,
}
