"""Whether topics come back when documents are drawn afresh, and which should not be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from csatext.analysis.topics.lda_engines import Learning

__all__ = ["affinities", "bootstrap_stability", "is_junk", "own_terms"]

_LEAST_STABILITY = 0.35
"""Below it a topic does not come back (chosen by reading, benchmarks/topics.py)."""


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


def bootstrap_stability(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    components: np.ndarray,
    engine: Callable[[sparse.csr_array, np.ndarray, Learning], np.ndarray],
    how: Learning,
    n_resamples: int,
) -> np.ndarray:
    """Return, by topic, the mean affinity with its match in topics learnt from documents drawn afresh.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    terms : ndarray of object
    components : ndarray, shape (n_topics, n_terms)
    engine, how
        Of the model; the seed changes with the sample.
    n_resamples : int

    Notes
    -----
    Bootstrap of documents (Efron 1979); topics are matched one to one by affinity (Hungarian method, Kuhn
    1955), as for the stability of topic models of Greene, O'Callaghan and Cunningham (2014).
    """
    rng = np.random.default_rng(how.seed)
    total = np.zeros(len(components))
    for at in range(n_resamples):
        rows = np.sort(rng.integers(0, dtm.shape[0], dtm.shape[0]))
        again = engine(dtm[rows], terms, replace(how, seed=how.seed + at + 1, progress=None))
        similar = affinities(components, again)
        row, column = linear_sum_assignment(-similar)
        total[row] += similar[row, column]
    return total / n_resamples


def own_terms(topics: pd.DataFrame, ids: np.ndarray) -> np.ndarray:
    """Return the share of each topic's terms that no other topic shows."""
    alone = ~topics["term"].duplicated(keep=False)
    return alone.groupby(topics["topic"]).mean().reindex(ids).fillna(0.0).to_numpy()


def is_junk(quality: pd.DataFrame) -> pd.Series:
    """Return which topics should not be shown: incoherent (NPMI under 0), or not coming back."""
    return (quality["npmi"] < 0) | (quality["stability"] < _LEAST_STABILITY)
