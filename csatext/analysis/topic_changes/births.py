"""Topics that are born when a model is updated with other documents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from csatext.analysis.topic_changes.owned_terms import owned_terms
from csatext.analysis.topics.coherence import between_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.folding import fold_in
from csatext.analysis.topics.lda_engines import Learning
from csatext.analysis.topics.shown_terms import choose_terms

__all__ = ["EarlierPeriod", "born_topics"]

_FREE = 5
"""Topics beside the earlier ones, of which some may be born (chosen)."""
_KEPT_COUNTS = 1.0
"""Pseudo-counts of an earlier topic, as a share of the tokens it has in the new documents (chosen)."""
_STEERED = 0.5
"""Pseudo-counts of the free topics, as a share of the occurrences that are in excess
(benchmarks/topics.py, changes)."""
_TERMS = 10
_LEAST_SHARE, _LEAST_DOCS = 0.005, 10
"""A born topic is the main one of so many of the documents, and of ten (chosen)."""
_ONE_TOPIC = 0.3
"""Free topics are one where the NPMI of their terms with each other reaches this part of the larger own
(chosen)."""
_CLEARLY = 2.25
"""Standard errors by which the own terms of a born topic are in excess in the other half of the documents:
with 2, 2.25 and 2.5 a topic is born by chance in 9, 2 and 1 of 60 pairs of random halves, and the F measure
of births planted is .93, .92 and .86 (benchmarks/topics.py, changes)."""
_SWEEPS_A_PRIOR = 10
"""Sweeps between two estimates of the priors: free topics that nothing needs soon have no documents."""
_UNSEEN = 4
"""Documents in which a term stood at most that was not counted before: counting leaves out rarer ones."""


@dataclass(frozen=True)
class EarlierPeriod:
    """In how many documents each term stood before, by halves of the documents.

    Attributes
    ----------
    terms : ndarray of object
    doc_counts : ndarray of int64, shape (2, n_terms)
    n_docs : ndarray of int64, shape (2,)
    """

    terms: np.ndarray
    doc_counts: np.ndarray
    n_docs: np.ndarray

    def documents_with(self, terms: np.ndarray, now: np.ndarray, n_new: int) -> np.ndarray:
        """Return in how many documents of each half a term stood, at most where it was not counted.

        Parameters
        ----------
        terms : ndarray of object
        now : ndarray of int, shape (n_terms,)
            New documents that hold it.
        n_new : int
            New documents in all.

        Returns
        -------
        ndarray of float64, shape (2, n_terms)

        Examples
        --------
        >>> counts = np.array([[5, 1], [4, 1]])
        >>> before = EarlierPeriod(np.array(["退款", "快递"], object), counts, np.array([50, 50]))
        >>> terms = np.array(["退款", "碎屏", "不退款"], object)
        >>> before.documents_with(terms, np.array([5, 4, 4]), 100).tolist()
        [[5.0, 0.5, 2.0], [4.0, 0.5, 2.0]]
        """
        known = pd.Index(self.terms, dtype=object)
        at = known.get_indexer(pd.Index(terms, dtype=object))
        together = self.doc_counts.sum(axis=0)
        counted = together[together > 0]
        unseen = min(int(counted.min()) - 1, _UNSEEN) / 2 if len(counted) else 0.0
        before = np.where(at >= 0, self.doc_counts[:, at], unseen)
        for row in np.flatnonzero(at < 0):
            # An expression of known words may have stood there word by word: that it is new cannot be told.
            if (known.get_indexer(_parts(terms[row])) >= 0).any():
                before[:, row] = np.maximum(before[:, row], now[row] * self.n_docs / max(n_new, 1))
        return before


def _parts(term: str) -> list[str]:
    """Return the sequences of two characters or more that a term holds beside itself."""
    ends = range(2, len(term) + 1)
    return [term[start:end] for end in ends for start in range(end - 1) if end - start < len(term)]


class _Candidate(NamedTuple):
    """A free topic that may be born."""

    component: np.ndarray
    own: np.ndarray
    n_docs: int


def born_topics(
    counts: sparse.csr_array,
    sample: sparse.csr_array,
    terms: np.ndarray,
    old: np.ndarray,
    earlier: EarlierPeriod,
    engine: str,
    how: Learning,
) -> np.ndarray:
    """Return the topics that are new: of weight, their terms in clearly more documents than before.

    Parameters
    ----------
    counts : csr_array, shape (n_docs, n_terms)
        All new documents.
    sample : csr_array, shape (n_sampled, n_terms)
        Those learnt from.
    terms : ndarray of object
    old : ndarray, shape (n_topics, n_terms)
        Earlier topics; they enter as pseudo-counts beside free topics, which are steered to the terms in
        excess.
    earlier : EarlierPeriod
    engine, how
        Of the model.

    Returns
    -------
    ndarray, shape (n_born, n_terms)

    Notes
    -----
    Topics found in half of the documents are tested on the other half, and the other way round (data
    splitting, Cox 1975), each against a half of the earlier period: the terms of a topic are frequent in the
    documents that it was found in, and rare in those it was compared with, by chance too. The own terms of a
    topic are tested together: documents that hold them less those expected of the earlier period, over the
    standard error of the difference of two Poisson counts. A document that holds several of them counts them
    all, and the variance is that of a compound Poisson count: sentences that come back word for word are one
    piece of evidence and not ten.
    """
    now = np.bincount(counts.indices, minlength=len(terms))
    before = earlier.documents_with(terms, now, counts.shape[0])
    halves = sample[::2], sample[1::2]
    # New documents that each half stands for, for each document of the earlier half it is compared with.
    stands_for = np.array([half.shape[0] for half in halves]) * counts.shape[0] / max(sample.shape[0], 1)
    ratio = stands_for / np.maximum(earlier.n_docs, 1)
    found = [
        candidate
        for here, there in ((0, 1), (1, 0))
        for candidate in _candidates(halves[here], terms, old, before[here] * ratio[here], engine, how)
        if _excess(halves[there], candidate.own, before[there], ratio[there]) >= _CLEARLY
    ]
    best = np.full((len(found), _TERMS), -1)
    for row, candidate in enumerate(found):
        best[row, : len(candidate.own)] = candidate.own[:_TERMS]
    free = np.array([candidate.component for candidate in found]).reshape(len(found), len(terms))
    weights = np.array([candidate.n_docs for candidate in found], float)
    components = np.vstack((old, _joined(sample, best, free, weights)))
    theta = fold_in(counts, components, how.doc_topic_prior)
    main = np.bincount(theta[np.diff(counts.indptr) > 0].argmax(axis=1), minlength=len(components))
    weighty = main >= max(_LEAST_DOCS, _LEAST_SHARE * counts.shape[0])
    return components[len(old) :][weighty[len(old) :]]


def _candidates(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    old: np.ndarray,
    expected: np.ndarray,
    engine: str,
    how: Learning,
) -> list[_Candidate]:
    """Return the free topics of documents that have terms of their own and are the main topic of enough.

    ``expected`` are the documents that would hold each term if nothing had changed.
    """
    if not dtm.nnz:
        return []
    prior, n_old = how.doc_topic_prior, len(old)
    now = np.bincount(dtm.indices, minlength=len(terms))
    theta = fold_in(dtm, old, prior)
    tokens = (theta * np.asarray(dtm.sum(axis=1), float)[:, None]).sum(axis=0)
    pseudo = np.zeros((n_old + _FREE, len(terms)))
    pseudo[:n_old] = old * (_KEPT_COUNTS * tokens)[:, None]
    surely = np.clip(1 - (expected + np.sqrt(expected + 1)) / np.maximum(now, 1), 0, 1)
    pseudo[n_old:] = _STEERED / _FREE * surely * np.asarray(dtm.sum(axis=0), float)
    how = replace(how, n_topics=len(pseudo), sweeps_a_prior=_SWEEPS_A_PRIOR, pseudo_counts=pseudo)
    learnt = learn_topics(engine, dtm, terms, how)
    components = np.vstack((learnt[:n_old], _free_topics(dtm, terms, learnt, n_old, prior)))
    theta = fold_in(dtm, components, prior)
    main = np.bincount(theta[np.diff(dtm.indptr) > 0].argmax(axis=1), minlength=len(components))
    own = owned_terms(components, theta.mean(axis=0))
    enough = main >= max(_LEAST_DOCS / 2, _LEAST_SHARE * dtm.shape[0])
    return [
        _Candidate(components[topic], own[topic], int(main[topic]))
        for topic in range(n_old, len(components))
        if len(own[topic]) and enough[topic]
    ]


def _excess(counts: sparse.csr_array, own: np.ndarray, before: np.ndarray, ratio: float) -> float:
    """Return by how many standard errors terms stand in more of the new documents than expected."""
    held = np.asarray((counts[:, own] > 0).sum(axis=1), float).ravel()
    now, then = held.sum(), before[own].sum()
    if not now:
        return 0.0
    # Mean of squares over mean: how many of the terms a document adds that holds any.
    together = (held**2).sum() / now
    return float((now - ratio * then) / np.sqrt(together * (now + then) * ratio))


def _free_topics(
    dtm: sparse.csr_array, terms: np.ndarray, components: np.ndarray, n_old: int, prior: float
) -> np.ndarray:
    """Return the free topics that have terms of their own, joined where several are of one matter."""
    weight = fold_in(dtm, components, prior).mean(axis=0)
    best, _ = choose_terms(dtm, terms, components, weight, _TERMS, own_only=True)
    # A free topic of which no term is its own found nothing.
    found = n_old + np.flatnonzero((best[n_old:] >= 0).any(axis=1))
    return _joined(dtm, best[found], components[found], weight[found])


def _joined(
    dtm: sparse.csr_array, best: np.ndarray, components: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return topics; those are joined whose best terms stand with each other as with their own."""
    if not len(best):
        return components
    between = between_npmi(dtm, best)
    own = np.diag(between)
    one = (between >= _ONE_TOPIC * np.maximum(own[:, None], own)) & (between > 0)
    n_groups, group = connected_components(sparse.csr_array(one), directed=False)
    joined = np.zeros((n_groups, components.shape[1]))
    np.add.at(joined, group, components * weights[:, None])
    return np.asarray(joined / joined.sum(axis=1, keepdims=True))
