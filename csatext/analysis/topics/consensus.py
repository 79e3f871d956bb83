"""Topics that many runs agree on: the mean of several runs of an engine, topic by topic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from csatext.analysis.topics.alignment import affinities, matched
from csatext.analysis.topics.lda_engines import LDA_ENGINES, Learning

__all__ = ["consensus", "learn_topics"]

_ROUNDS = 6
"""Rounds of matching and averaging (chosen)."""
_POWER = 8
"""Power of the affinity by which a run counts: a run that lacks a topic hardly adds to it (shop reviews,
three seeds: NPMI of the terms shown .195 with 4, .257 with 8; mutual information with kind .556 and .550)."""
_COVERED = 4
"""Power of the affinity by which a topic stands for another (benchmarks/topics.py, halves)."""


def learn_topics(engine: str, dtm: sparse.csr_array, terms: np.ndarray, how: Learning) -> np.ndarray:
    """Return the probability of each term in each topic, the consensus of ``how.n_runs`` runs.

    Runs have seeds of their own, which no other ``how.seed`` shares. Where learning is stopped, the complete
    runs are used, or the incomplete first one.

    Parameters
    ----------
    engine : str
        Key of LDA_ENGINES.
    dtm : csr_array, shape (n_docs, n_terms)
    terms : ndarray of object, shape (n_terms,)
    how : Learning

    Returns
    -------
    ndarray, shape (n_topics, n_terms)
    """
    runs: list[np.ndarray] = []
    stopped = False
    for at in range(how.n_runs):

        def progress(done: int, total: int, at: int = at) -> bool:
            nonlocal stopped
            if how.progress is not None:
                stopped = how.progress(at * total + done, how.n_runs * total) is False
            return not stopped

        one = replace(how, seed=how.seed * how.n_runs + at, progress=progress)
        learnt = LDA_ENGINES[engine](dtm, terms, one)
        if not stopped or not runs:
            runs.append(learnt)
        if stopped:
            break
    steered = None if how.pseudo_counts is None else np.asarray((how.pseudo_counts > 0).any(axis=1))
    return consensus(runs, steered)


def consensus(runs: list[np.ndarray], steered: np.ndarray | None = None) -> np.ndarray:
    """Return the topics that stand best for those of all runs, each the mean of its matches.

    Parameters
    ----------
    runs : list of ndarray, each of shape (n_topics, n_terms)
        Rows sum to 1.
    steered : ndarray of bool, shape (n_topics,), optional
        Topics that are the same row in each run, and stay that row.

    Returns
    -------
    ndarray, shape (n_topics, n_terms)

    Notes
    -----
    First topics of all runs are taken one by one that raise most what all topics have in common with the
    nearest one taken (greedy facility location, Cornuéjols, Fisher and Nemhauser 1977): what many runs found
    is taken, what one run found is not, and nothing is taken twice. Then the topics of each run are matched
    one to one with them by the Bhattacharyya coefficient (Hungarian method, Kuhn 1955) and averaged, and
    again with the mean; ensembles of topic models follow Belford, Mac Namee and Greene (2018), "Stability of
    topic modeling via matrix factorization".

    Examples
    --------
    >>> one = np.array([[0.8, 0.2], [0.0, 1.0]])
    >>> sorted(consensus([one, one[::-1]]).round(6).tolist())
    [[0.0, 1.0], [0.8, 0.2]]
    """
    if len(runs) == 1:
        return runs[0]
    if steered is None:
        steered = np.zeros(len(runs[0]), bool)
    mean = np.empty_like(runs[0])
    mean[steered] = np.mean([run[steered] for run in runs], axis=0)
    mean[~steered] = _covering(np.concatenate([run[~steered] for run in runs]), int((~steered).sum()))
    for _ in range(_ROUNDS):
        total = np.zeros_like(mean)
        for run in runs:
            partner, affinity = _matches(mean, run, steered)
            # Runs without anything in common with a topic leave it as it is.
            total += run[partner] * np.maximum(affinity, np.finfo(float).eps)[:, None] ** _POWER
        mean = total / total.sum(axis=1, keepdims=True)
    return mean


def _covering(pool: np.ndarray, n_topics: int) -> np.ndarray:
    """Return topics of a pool that stand for all of it, those that stand for most first."""
    similar = affinities(pool, pool) ** _COVERED
    covered, taken = np.zeros(len(pool)), np.zeros(len(pool), bool)
    chosen = []
    for _ in range(n_topics):
        gain = np.where(taken, -1.0, np.maximum(similar, covered).sum(axis=1))
        chosen.append(int(np.argmax(gain)))
        taken[chosen[-1]] = True
        covered = np.maximum(covered, similar[chosen[-1]])
    return pool[chosen]


def _matches(mean: np.ndarray, run: np.ndarray, steered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which topic of a run each of the mean is, and the affinity; steered ones stay what they are."""
    partner, affinity = np.arange(len(mean)), np.empty(len(mean))
    affinity[steered] = np.sqrt(mean[steered] * run[steered]).sum(axis=1)
    free = np.flatnonzero(~steered)
    if len(free):
        found, affinity[free] = matched(mean[free], run[free])
        partner[free] = free[found]
    return partner, affinity
