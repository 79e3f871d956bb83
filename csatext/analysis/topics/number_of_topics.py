"""How many topics: coherence and stability over a range of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.analysis.topics.alignment import matched
from csatext.analysis.topics.coherence import between_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.lda_engines import Learning
from csatext.analysis.topics.shown_terms import relevance
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_NUMBERS

__all__ = ["choose_number"]

_NUMBERS = (3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42)
_DOCS, _SWEEPS = 3000, 60
"""Documents and sweeps for each number: the order of the numbers needs no more (chosen)."""
_DOCS_A_TOPIC = 20
_SPLITS, _TERMS = 2, 5
"""Pairs of halves, and terms of a topic that are compared (chosen)."""
_CLOSE = 0.9
"""The smallest number whose score reaches this part of the best is taken: past it more topics say little more
(chosen; as the one-standard-error rule of Breiman et al. 1984 prefers the smaller model)."""


def choose_number(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    engine: str,
    how: Learning,
    *,
    verbose: bool = True,
) -> tuple[int, pd.DataFrame]:
    """Return a number of topics, and the curve it was chosen by (schema TOPIC_NUMBERS).

    Parameters
    ----------
    dtm : csr_array
    terms : ndarray of object
    engine, how
        Of the model.
    verbose : bool, default True
        Show progress.

    Notes
    -----
    Documents are split in halves, twice; topics are learnt from each half and matched one to one. The score
    of a number is the mean affinity of matched topics times the mean, over topics, of the NPMI of its terms
    with each other less that with the terms of the nearest other topic: with too few topics terms do not
    belong together, with too many topics are alike. The smallest number within a
    tenth of the best score is taken.
    """
    rng = np.random.default_rng(how.seed)
    rows = rng.permutation(dtm.shape[0])[: 2 * _DOCS]
    numbers = [n for n in _NUMBERS if n * _DOCS_A_TOPIC <= len(rows)] or [2]
    halves = [np.array_split(rng.permutation(rows), 2) for _ in range(_SPLITS)]
    found = []
    with counted("选主题数", len(numbers), unit="个", verbose=verbose) as count:
        for n in numbers:
            scores = [_halves(dtm, terms, engine, replace(how, n_topics=n), pair) for pair in halves]
            found.append((n, *np.mean(scores, axis=0)))
            count.add(1)
    curve = pd.DataFrame(found, columns=["n_topics", "npmi", "separation", "stability"])
    curve["score"] = curve["separation"].clip(lower=0) * curve["stability"]
    chosen = int(curve.loc[curve["score"] >= _CLOSE * curve["score"].max(), "n_topics"].min())
    return chosen, conform(curve.assign(chosen=curve["n_topics"] == chosen), TOPIC_NUMBERS)


def _halves(
    dtm: sparse.csr_array,
    terms: np.ndarray,
    engine: str,
    how: Learning,
    pair: list[np.ndarray],
) -> tuple[float, float, float]:
    """Return the mean coherence and separation of the topics of two halves, and how far they agree."""
    quick = replace(how, n_iter=min(how.n_iter, _SWEEPS), n_runs=1, pseudo_counts=None, progress=None)
    learnt, coherence, separation = [], [], []
    for half in pair:
        part = dtm[np.sort(half)]
        components = learn_topics(engine, part, terms, quick)
        # By relevance alone: terms chosen for coherence would make a topic of two matters look like one.
        values = relevance(components, np.asarray(part.sum(axis=0), float))
        best = np.argsort(-values, axis=1, kind="stable")[:, :_TERMS]
        between = between_npmi(part, best)
        own = np.diag(between).copy()
        np.fill_diagonal(between, -1.0)
        coherence.append(own.mean())
        separation.append((own - between.max(axis=1)).mean())
        learnt.append(components)
    return float(np.mean(coherence)), float(np.mean(separation)), float(matched(*learnt)[1].mean())
