"""How far topics can be trusted: whether they come back, fit other documents, and should be shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.analysis.topics.alignment import matched
from csatext.analysis.topics.coherence import mean_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.lda_engines import Learning
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_FIT
from csatext.text.corpus import Corpus

__all__ = ["bootstrap_stability", "coherence_in", "is_junk", "own_terms", "topic_fit"]

_LEAST_STABILITY = 0.35
"""Below it a topic does not come back (chosen by reading, benchmarks/topics.py)."""


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


def coherence_in(corpus: Corpus, topics: pd.DataFrame, ids: np.ndarray, n_terms: int) -> np.ndarray:
    """Return the mean NPMI, in a corpus, of those terms of each topic that occur there.

    Parameters
    ----------
    corpus : Corpus
    topics : DataFrame
        Table ``topics``.
    ids : ndarray of int
    n_terms : int
        Terms of a topic that count.
    """
    occurs = np.bincount(corpus.dtm.indices, minlength=len(corpus.terms)) > 0
    best = np.full((len(ids), n_terms), -1)
    for row, topic in enumerate(ids):
        terms = topics.loc[topics["topic"] == topic, "term"].head(n_terms)
        columns = np.searchsorted(corpus.terms, terms.to_numpy(object))
        columns = columns[occurs[columns]]
        best[row, : len(columns)] = columns
    return mean_npmi(corpus.dtm, best)


def topic_fit(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table of the fit of topics to other documents (schema TOPIC_FIT).

    Parameters
    ----------
    frame : DataFrame
        Its columns but ``fits``: NPMI of 0 and more, and half of what it was.
    """
    fits = (frame["npmi"] >= 0) & (frame["npmi"] >= frame["npmi_before"] / 2)
    return conform(frame.assign(fits=fits), TOPIC_FIT)
