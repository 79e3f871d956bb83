"""How far topics can be trusted: whether they come back, fit other documents, and should be shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse, stats

from csatext.analysis.topics.alignment import matched
from csatext.analysis.topics.coherence import mean_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.lda_engines import Learning
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_FIT
from csatext.text.corpus import Corpus

__all__ = ["bootstrap_stability", "goodness", "is_junk", "own_terms", "topic_fit"]

_LEAST_STABILITY = 0.35
"""Below it a topic does not come back (chosen by reading, benchmarks/topics.py)."""
_LEVEL = 0.05


def bootstrap_stability(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    components: np.ndarray,
    engine: str,
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
        other = replace(how, seed=how.seed + at + 1, progress=None)
        total += matched(components, learn_topics(engine, dtm[rows], terms, other))[1]
    return total / n_resamples


def own_terms(topics: pd.DataFrame, ids: np.ndarray) -> np.ndarray:
    """Return the share of each topic's terms that no other topic shows."""
    alone = ~topics["term"].duplicated(keep=False)
    return alone.groupby(topics["topic"]).mean().reindex(ids).fillna(0.0).to_numpy()


def is_junk(quality: pd.DataFrame) -> pd.Series:
    """Return which topics should not be shown: incoherent (NPMI under 0), or not coming back."""
    return (quality["npmi"] < 0) | (quality["stability"] < _LEAST_STABILITY)


def goodness(
    corpus: Corpus, topics: pd.DataFrame, ids: np.ndarray, n_terms: int, before: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coherence of topics in other documents, and the probability of one as low if they still fit.

    Parameters
    ----------
    corpus : Corpus
    topics : DataFrame
        Table ``topics``.
    ids : ndarray of int
    n_terms : int
        Terms of a topic that count.
    before : ndarray, shape (n_topics,)
        NPMI when the topics were learnt.

    Returns
    -------
    npmi : ndarray, shape (n_topics,)
        Mean over the pairs of those terms that occur.
    p : ndarray, shape (n_topics,)
        Lower tail of a Poisson count of documents with both terms of a pair, summed over the pairs.

    Notes
    -----
    In few documents most pairs never meet, and their NPMI is -1 whatever the topic is worth. What counts is
    whether pairs meet less often than at half of the earlier NPMI v: that solves
    ``p(a, b) ** (1 + v / 2) = p(a) p(b)`` for p(a, b). A document that holds several pairs is one piece of
    evidence: both numbers are divided by the mean of squares over the mean of pairs a document.
    """
    occurs = np.bincount(corpus.dtm.indices, minlength=len(corpus.terms)) > 0
    by_term = corpus.dtm.tocsc()
    best, p = np.full((len(ids), n_terms), -1), np.ones(len(ids))
    for row, topic in enumerate(ids):
        terms = topics.loc[topics["topic"] == topic, "term"].head(n_terms)
        columns = np.searchsorted(corpus.terms, terms.to_numpy(object))
        columns = columns[occurs[columns]]
        best[row, : len(columns)] = columns
        p[row] = _met_as_seldom(by_term[:, columns], max(float(before[row]), 0.0) / 2)
    return mean_npmi(corpus.dtm, best), p


def _met_as_seldom(counts: sparse.csc_array, npmi: float) -> float:
    """Return the probability that pairs of terms meet as seldom as they do, given their NPMI."""
    present = (counts > 0).astype(np.float64)
    held = np.asarray(present.sum(axis=1)).ravel()
    pairs = held * (held - 1) / 2
    share = np.asarray(present.mean(axis=0)).ravel()
    one, two = np.triu_indices(len(share), 1)
    if not len(one):
        return 1.0
    expected = len(held) * float(((share[one] * share[two]) ** (1 / (1 + npmi))).sum())
    together = float((pairs**2).sum() / pairs.sum()) if pairs.any() else 1.0
    return float(stats.poisson.cdf(np.floor(pairs.sum() / together), expected / together))


def topic_fit(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table of the fit of topics to other documents (schema TOPIC_FIT).

    Parameters
    ----------
    frame : DataFrame
        Its columns but ``fits``, which is False where p is under 0.05 over the number of topics (Bonferroni).
    """
    return conform(frame.assign(fits=frame["p"] >= _LEVEL / max(len(frame), 1)), TOPIC_FIT)
