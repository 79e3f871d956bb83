"""Which topic of a new model is which of an old one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment

__all__ = ["Alignment", "affinities", "aligned", "matched", "on_terms"]

_SAME = 0.5
"""Similarity from which two topics are one. Of 120 pairs of topics of two halves of six simulated centres,
those that are the same by the causes of their documents reach it in 73 of 74 cases; of pairs between .45 and
.5 one of five has the same main cause (benchmarks/topics.py, halves)."""
_PART, _TAKEN = 0.15, 0.35
"""Shares of a topic's documents from which another is a part of it, and from which that one is its source. Of
pairs of topics made one 25 of 36 are told in shop reviews and 19 of 36 in the simulated centre
(benchmarks/topics.py, splits)."""


def on_terms(components: np.ndarray, terms: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return topics on other terms: terms they do not know have probability 0; rows sum to 1 again.

    Parameters
    ----------
    components : ndarray, shape (n_topics, n_terms)
    terms, wanted : ndarray of object

    Examples
    --------
    >>> terms, wanted = np.array(["慢", "贵"], object), np.array(["破", "贵"], object)
    >>> on_terms(np.array([[0.4, 0.6]]), terms, wanted).tolist()
    [[0.0, 1.0]]
    """
    at = pd.Index(terms, dtype=object).get_indexer(pd.Index(wanted, dtype=object))
    moved = np.where(at >= 0, components[:, at], 0.0)
    return moved / np.maximum(moved.sum(axis=1, keepdims=True), np.finfo(float).tiny)


def affinities(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the Bhattacharyya coefficient of each topic of one model with each of another, 0 to 1.

    ``sum(sqrt(p(w) q(w)))`` (Bhattacharyya 1943): 1 where two topics have the same terms with the same
    probabilities, 0 where they have none in common.

    Parameters
    ----------
    one, two : ndarray, shapes (n, n_terms) and (m, n_terms)
        Rows sum to 1.

    Examples
    --------
    >>> affinities(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])).tolist()
    [[1.0, 0.0]]
    """
    first, second = sparse.csr_array(np.sqrt(one)), sparse.csr_array(np.sqrt(two))
    # A sparse product sums in one order whatever the number of threads.
    return np.asarray((first @ second.T).toarray())


def matched(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the topics of two models matched one to one by affinity (Hungarian method, Kuhn 1955).

    Parameters
    ----------
    one, two : ndarray, shape (n_topics, n_terms)
        As many topics, on the same terms.

    Returns
    -------
    partner : ndarray of int, shape (n_topics,)
        Topic of ``two`` that each of ``one`` is.
    affinity : ndarray, shape (n_topics,)

    Examples
    --------
    >>> one = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> [values.tolist() for values in matched(one, one[::-1])]
    [[1, 0], [1.0, 1.0]]
    """
    similar = affinities(one, two)
    row, partner = linear_sum_assignment(-similar)
    return partner, similar[row, partner]


class Alignment:
    """Topics of two models, matched one to one.

    Parameters
    ----------
    old, new : ndarray, shapes (n, n_terms) and (m, n_terms)
        On the same terms.
    old_shares, new_shares : ndarray, shapes (n_docs, n) and (n_docs, m)
        Of the same documents, rows of NaN where none is known.

    Attributes
    ----------
    by_terms, by_documents, similarity : ndarray, shape (n, m)
        Bhattacharyya coefficient of the terms, correlation of the shares over the documents that both give
        topics to (0 where it is negative), and the root of their product. Shares of unlike topics have a
        large cosine where documents have a little of each; their correlation is 0. Where a topic has the same
        share of all documents, terms alone decide.
    partner : ndarray of int, shape (m,)
        Old topic that each new one is, -1 for none: Hungarian method (Kuhn 1955) on the similarity, pairs of
        0.5 and more.
    p : ndarray, shape (n, m)
        Share of the pairs that were not matched and are at least as similar; one more is counted above and
        below (Phipson and Smyth 2010).
    parts, sources : ndarray of bool, shape (n, m)
        Whether a part of an old topic's documents goes to a new one which takes more documents from it than
        from any other, and the other way round, by the main topics of documents.
    """

    def __init__(
        self, old: np.ndarray, new: np.ndarray, old_shares: np.ndarray, new_shares: np.ndarray
    ) -> None:
        one, two = np.nan_to_num(old_shares), np.nan_to_num(new_shares)
        known = (one.sum(axis=1) > 0) & (two.sum(axis=1) > 0)
        self.by_terms = np.minimum(affinities(old, new), 1.0)
        correlation, told = _correlations(one[known], two[known])
        self.by_documents = np.clip(correlation, 0.0, 1.0)
        self.similarity = np.where(told, np.sqrt(self.by_terms * self.by_documents), self.by_terms)
        # Pairs that are not the same whatever else is matched count for nothing.
        row, column = linear_sum_assignment(-np.where(self.similarity >= _SAME, self.similarity, 0.0))
        same = self.similarity[row, column] >= _SAME
        self.partner = np.full(len(new), -1)
        self.partner[column[same]] = row[same]
        matched = np.zeros(self.similarity.shape, bool)
        matched[row[same], column[same]] = True
        others = np.sort(self.similarity[~matched])
        above = len(others) - np.searchsorted(others, self.similarity, side="left")
        self.p = (above + 1) / (len(others) + 1)
        # By main topics: shares of many topics in a short document add up to what looks like an exchange.
        both = np.zeros(self.similarity.shape)
        np.add.at(both, (one[known].argmax(axis=1), two[known].argmax(axis=1)), 1)
        goes = both / np.maximum(both.sum(axis=1, keepdims=True), 1)
        comes = both / np.maximum(both.sum(axis=0), 1)
        self.parts = (goes >= _PART) & (comes >= _TAKEN) & (comes == comes.max(axis=0))
        self.sources = (comes >= _PART) & (goes >= _TAKEN) & (goes == goes.max(axis=1, keepdims=True))


def _correlations(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the correlations of the columns of two matrices, and of which pairs both vary."""
    if not len(one):
        none = np.zeros((one.shape[1], two.shape[1]))
        return none, none.astype(bool)
    first, second = one - one.mean(axis=0), two - two.mean(axis=0)
    together = np.einsum("di,dj->ij", first, second)
    spread = np.outer(*(np.sqrt(np.einsum("di,di->i", side, side)) for side in (first, second)))
    told = spread > len(one) * np.finfo(float).eps
    return np.divide(together, spread, out=np.zeros_like(together), where=told), told


def aligned(
    alignment: Alignment,
    old_ids: np.ndarray,
    old_labels: np.ndarray,
    new_ids: np.ndarray,
    new_labels: np.ndarray,
) -> pd.DataFrame:
    """Return the table of an alignment (schema ALIGNED_TOPICS without its types).

    Parameters
    ----------
    alignment : Alignment
    old_ids, new_ids : ndarray of int
    old_labels, new_labels : ndarray of object
    """
    partner = alignment.partner
    splits = alignment.parts.sum(axis=1) > 1
    merges = alignment.sources.sum(axis=0) > 1
    fresh = int(max(old_ids.max(initial=-1), 0)) + 1
    rows = []
    for at, old_at in enumerate(partner.tolist()):
        pairs = [old_at] if old_at >= 0 else []
        split = np.flatnonzero(splits & alignment.parts[:, at]).tolist()
        merged = np.flatnonzero(alignment.sources[:, at]).tolist() if merges[at] else []
        change = "split" if split else "merged" if merged else "kept" if pairs else "born"
        topic = int(old_ids[old_at]) if pairs else fresh
        fresh += not pairs
        rows += [(topic, change, one, at) for one in dict.fromkeys([*pairs, *split, *merged]) or [-1]]
    gone = set(range(len(old_ids))) - {one for _, _, one, _ in rows}
    rows += [(int(old_ids[one]), "died", one, -1) for one in sorted(gone)]
    frame = pd.DataFrame(rows, columns=["topic", "change", "old", "new"])
    one, two = frame["old"].to_numpy(), frame["new"].to_numpy()
    both = (one >= 0) & (two >= 0)

    def values(matrix: np.ndarray) -> np.ndarray:
        found = np.full(len(frame), np.nan)
        found[both] = matrix[one[both], two[both]]
        return found

    return pd.DataFrame(
        {
            "topic": frame["topic"],
            "change": frame["change"],
            "old_topic": _picked(old_ids, one),
            "old_label": _picked(old_labels, one),
            "new_topic": _picked(new_ids, two),
            "new_label": _picked(new_labels, two),
            "similarity": values(alignment.similarity),
            "terms_similarity": values(alignment.by_terms),
            "documents_similarity": values(alignment.by_documents),
            "p": values(alignment.p),
        }
    )


def _picked(values: np.ndarray, at: np.ndarray) -> pd.Series:
    return pd.Series(pd.Series(values, dtype=object).reindex(at).to_numpy()).where(at >= 0, None)
