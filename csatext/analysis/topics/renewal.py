"""Topics that are born when a model is updated with other documents."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from csatext.analysis.topics.coherence import between_npmi, mean_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.folding import fold_in
from csatext.analysis.topics.lda_engines import Learning
from csatext.analysis.topics.shown_terms import choose_terms

__all__ = ["EarlierCounts", "born_topics"]

_FREE = 5
"""Topics beside the earlier ones, of which some may be born (chosen)."""
_KEPT_COUNTS = 1.0
"""Pseudo-counts of an earlier topic, as a share of the tokens it has in the new documents (chosen)."""
_TERMS = 10
_LEAST_SHARE, _LEAST_DOCS = 0.005, 10
"""A born topic is the main one of so many of the documents, and of ten (chosen)."""
_ONE_TOPIC = 0.3
"""Free topics are one where the NPMI of their terms with each other reaches this part of the larger own
(chosen)."""
_FRESH = 0.4
"""Share of its terms that have risen (benchmarks/topics.py, simulated centre)."""
_RISEN, _CLEARLY = 1.5, 3.0
"""A term has risen that stands in so many times as many documents as before, and so many standard errors
above (benchmarks/topics.py, simulated centre)."""


@dataclass(frozen=True)
class EarlierCounts:
    """In how many documents each term stood before.

    Attributes
    ----------
    terms : ndarray of object
    doc_counts : ndarray of int64, shape (n_terms,)
    n_docs : int
    """

    terms: np.ndarray
    doc_counts: np.ndarray
    n_docs: int

    def risen(self, terms: np.ndarray, dtm: sparse.csr_array) -> np.ndarray:
        """Return which terms stand in clearly more of the new documents than in those before.

        Parameters
        ----------
        terms : ndarray of object
        dtm : csr_array
            New documents.
        """
        at = pd.Index(self.terms, dtype=object).get_indexer(pd.Index(terms, dtype=object))
        before = np.where(at >= 0, self.doc_counts[at], 0)
        now = np.bincount(dtm.indices, minlength=len(terms)) / dtm.shape[0]
        # Half a document more, so that a term never seen before has a share.
        rate = (before + 0.5) / (self.n_docs + 1)
        error = np.sqrt(rate * (1 - rate) * (1 / (self.n_docs + 1) + 1 / dtm.shape[0]))
        return (now >= _RISEN * rate) & (now - rate >= _CLEARLY * error)


def born_topics(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    old: np.ndarray,
    risen: np.ndarray,
    engine: str,
    how: Learning,
) -> np.ndarray:
    """Return the topics that are new: coherent, of weight, and of terms that have risen.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
        New documents.
    terms : ndarray of object
    old : ndarray, shape (n_topics, n_terms)
        Earlier topics; they enter as pseudo-counts beside free topics.
    risen : ndarray of bool, shape (n_terms,)
    engine, how
        Of the model.

    Returns
    -------
    ndarray, shape (n_born, n_terms)
    """
    prior, n_old = how.doc_topic_prior, len(old)
    theta = fold_in(dtm, old, prior)
    tokens = (theta * np.asarray(dtm.sum(axis=1), float)[:, None]).sum(axis=0)
    pseudo = np.zeros((n_old + _FREE, len(terms)))
    pseudo[:n_old] = old * (_KEPT_COUNTS * tokens)[:, None]
    learnt = learn_topics(engine, dtm, terms, replace(how, n_topics=len(pseudo), pseudo_counts=pseudo))
    components = np.vstack((learnt[:n_old], _joined(dtm, learnt, n_old, prior)))
    theta = fold_in(dtm, components, prior)
    main = np.bincount(theta.argmax(axis=1), minlength=len(components))[n_old:]
    best = choose_terms(dtm, components, theta.mean(axis=0), _TERMS)[0][n_old:]
    weighty = main >= max(_LEAST_DOCS, _LEAST_SHARE * dtm.shape[0])
    fresh = np.array([risen[row[row >= 0]].sum() >= max(_FRESH * (row >= 0).sum(), 1) for row in best], bool)
    return components[n_old:][weighty & (mean_npmi(dtm, best) >= 0) & fresh]


def _joined(dtm: sparse.csr_array, components: np.ndarray, n_old: int, prior: float) -> np.ndarray:
    """Return the free topics; those whose terms stand with each other as with their own are joined."""
    weight = fold_in(dtm, components, prior).mean(axis=0)
    best, _ = choose_terms(dtm, components, weight, _TERMS)
    # A free topic of which no term is its own found nothing.
    found = n_old + np.flatnonzero((best[n_old:] >= 0).any(axis=1))
    if not len(found):
        return components[:0]
    between = between_npmi(dtm, best[found])
    own = np.diag(between)
    one = (between >= _ONE_TOPIC * np.maximum(own[:, None], own)) & (between > 0)
    n_groups, group = connected_components(sparse.csr_array(one), directed=False)
    joined = np.zeros((n_groups, components.shape[1]))
    np.add.at(joined, group, components[found] * weight[found, None])
    return np.asarray(joined / joined.sum(axis=1, keepdims=True))
