"""Shares of topics in documents, with the topics held fixed."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["fold_in", "refreshed", "shares_in_documents", "topic_shares"]

_ROUNDS = 8
_CELLS = 4_000_000
_REFRESHING, _FORMER = 2, 6.0
"""Rounds, and weight of a topic as it was against the new documents: with 3, 6 and 10 .944, .963 and .975 of
1,500 contacts keep their topic when 100 are added, on the worst of three sets (benchmarks/topics.py)."""
_POWER, _SHARPER = 0.4, 1.5
"""Powers of a term's probability, and of the shares. Mutual information of main topic and kind of product
in shop reviews: .52 by a first power of 1, .55 by 0.5, .555 by 0.35 and 0.25. With the second as many topics
have a fifth of a document as by the plain likelihood; terms are told from those of other topics by these
shares, and their NPMI is .25 to .27, for .15 to .25 without it."""
_LEAST = np.float32(1e-30)
"""Stands for 0 in quotients: a term that no topic has gives no share."""


def shares_in_documents(dtm: sparse.csr_array, components: np.ndarray, prior: float) -> np.ndarray:
    """Return the share of each topic in each document, by a tempered likelihood; rows sum to 1.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    components : ndarray, shape (n_topics, n_terms)
    prior : float
        Dirichlet prior of the shares.

    Notes
    -----
    The words of a contact say one thing several times, and the probability of a rare term rests on a few
    documents: taken at its word, one rare term decides on its own. A likelihood to a power under 1 is a
    remedy (Grünwald 2012, "The safe Bayesian"). It makes shares flatter; a power of the shares, which leaves
    their order, makes up for it.

    Examples
    --------
    >>> documents = sparse.csr_array([[2, 0], [0, 0]])
    >>> shares_in_documents(documents, np.array([[1.0, 0.0], [0.0, 1.0]]), 0.1).round(3).tolist()
    [[0.99, 0.01], [0.5, 0.5]]
    """
    powers = components**_POWER
    powers /= np.maximum(powers.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    theta = fold_in(dtm, powers, prior) ** _SHARPER
    return np.asarray(theta / theta.sum(axis=1, keepdims=True))


def fold_in(dtm: sparse.csr_array, components: np.ndarray, prior: float) -> np.ndarray:
    """Return the maximum a posteriori share of each topic in each document, by expectation maximisation.

    The result for a document depends on no other document and on no random number. Rows sum to 1; documents
    without a known word have equal shares.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    components : ndarray, shape (n_topics, n_terms)
    prior : float
        Dirichlet prior of the shares.
    """
    n_topics = len(components)
    theta = np.full((dtm.shape[0], n_topics), 1 / n_topics)
    step = max(1, _CELLS // n_topics)
    by_term = np.ascontiguousarray(components.T, np.float32)
    row = 0
    while row < dtm.shape[0]:
        stop = int(np.searchsorted(dtm.indptr, dtm.indptr[row] + step, side="right")) - 1
        stop = min(max(stop, row + 1), dtm.shape[0])
        theta[row:stop] = _expectation_maximisation(dtm[row:stop], by_term, prior)
        row = stop
    return theta


def _expectation_maximisation(dtm: sparse.csr_array, by_term: np.ndarray, prior: float) -> np.ndarray:
    n_docs, n_topics = dtm.shape[0], by_term.shape[1]
    rows = np.repeat(np.arange(n_docs), np.diff(dtm.indptr))
    filled = np.flatnonzero(np.diff(dtm.indptr))
    phi, weight = by_term[dtm.indices], dtm.data.astype(np.float32)
    theta = np.full((n_docs, n_topics), 1 / n_topics, np.float32)
    if not len(filled):
        return theta
    # A product with ones sums the tokens of each document, several times as fast as numpy's reduceat.
    ones = np.ones(len(dtm.indices), np.float32)
    by_document = sparse.csr_array((ones, np.arange(len(ones)), dtm.indptr), shape=(n_docs, len(ones)))
    for _ in range(_ROUNDS):
        share = theta[rows] * phi
        share *= (weight / np.maximum(share.sum(axis=1), _LEAST))[:, None]
        theta[filled] = (by_document @ share)[filled] + np.float32(prior)
        theta /= theta.sum(axis=1, keepdims=True)
    return theta


def refreshed(dtm: sparse.csr_array, components: np.ndarray, prior: float, term_prior: float) -> np.ndarray:
    """Return topics as other documents have them, close to what they were; nothing is drawn at random.

    Two rounds of expectation maximisation; beside the counts of the new documents stand six times as many
    pseudo-counts of the topic as it was.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    components : ndarray, shape (n_topics, n_terms)
    prior, term_prior : float
        Dirichlet priors alpha and eta.
    """
    learnt = components
    by_document = np.repeat(np.arange(dtm.shape[0]), np.diff(dtm.indptr))
    for _ in range(_REFRESHING):
        theta = fold_in(dtm, learnt, prior)
        counts = np.empty_like(learnt)
        part = theta[by_document] * learnt.T[dtm.indices]
        part *= (dtm.data / np.maximum(part.sum(axis=1), _LEAST))[:, None]
        for topic in range(len(learnt)):
            counts[topic] = np.bincount(dtm.indices, part[:, topic], minlength=learnt.shape[1])
        counts += _FORMER * components * counts.sum(axis=1, keepdims=True) + term_prior
        learnt = counts / counts.sum(axis=1, keepdims=True)
    return learnt


def topic_shares(theta: np.ndarray, lengths: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the share of the tokens that each topic has.

    Parameters
    ----------
    theta : ndarray, shape (n_docs, n_topics)
    lengths : ndarray, shape (n_docs,)
        Known tokens.
    order : ndarray of int
        Order of summation, by content: the last digits do not depend on the order of the contacts.
    """
    # Sums of numpy, not of BLAS, whose last digits depend on the number of threads.
    weighted = (theta * lengths[:, None])[order].sum(axis=0)
    return np.asarray(weighted / max(float(lengths.sum()), 1.0))
