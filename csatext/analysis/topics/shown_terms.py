"""Terms by which a topic is shown, and the name made of them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csatext.analysis.topics.coherence import npmi_matrix

__all__ = ["choose_terms", "labels_of", "relevance"]

_LAMBDA = 0.8
"""Weight of a term's probability against its lift (Sievert and Shirley 2014)."""
_POOL = 5
"""Candidates for each term shown."""
_COHERENCE = 4.0
"""Weight of the mean NPMI with the terms chosen before, against the relevance scaled to 0..1
(benchmarks/topics.py)."""
_OWN = 0.2
"""Share of its occurrences that a term has in the topic at least, if none has more (benchmarks/topics.py)."""
_LABEL_TERMS = 3


def relevance(components: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the relevance of each term to each topic, minus infinity where it has no part in it.

    ``lambda log p(w|t) + (1 - lambda) log(p(w|t) / p(w))`` (Sievert and Shirley 2014).

    Parameters
    ----------
    components : ndarray, shape (n_topics, n_terms)
    counts : ndarray, shape (n_terms,)
        Occurrences in the corpus.
    """
    overall = counts / max(counts.sum(), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(components)
        values = _LAMBDA * logs + (1 - _LAMBDA) * (logs - np.log(overall))
    return np.where((components > 0) & (overall > 0), values, -np.inf)


def choose_terms(
    dtm: sparse.csr_array, components: np.ndarray, share: np.ndarray, n_terms: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of the terms shown of each topic, most relevant first, and all relevances.

    The candidates are the most relevant terms that belong to the topic; of these terms are taken one by one
    that are relevant and stand in the same documents as those taken before.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    components : ndarray, shape (n_topics, n_terms)
    share : ndarray, shape (n_topics,)
        Shares of the tokens.
    n_terms : int

    Returns
    -------
    best : ndarray of int, shape (n_topics, n)
        -1 where a topic has fewer terms.
    values : ndarray, shape (n_topics, n_terms)

    Notes
    -----
    Re-ranking of topic words for coherence follows Alokaili, Aletras and Stevenson (2019), "Re-ranking words
    to improve interpretability of automatically generated topics".
    """
    values = relevance(components, np.asarray(dtm.sum(axis=0), float))
    part = components * share[:, None]
    part = part / np.maximum(part.sum(axis=0), np.finfo(float).tiny)
    own = (part >= _OWN) | (part == part.max(axis=0))
    scores = np.where(own, values, -np.inf)
    best = np.full((len(components), min(n_terms, components.shape[1])), -1)
    by_term = dtm.tocsc()
    for topic, row in enumerate(scores):
        pool = np.argsort(-row, kind="stable")[: _POOL * n_terms]
        pool = pool[np.isfinite(row[pool])]
        chosen = pool[_coherent(row[pool], npmi_matrix(by_term, pool), n_terms)]
        best[topic, : len(chosen)] = chosen
    return best, values


def _coherent(relevant: np.ndarray, npmi: np.ndarray, n_terms: int) -> np.ndarray:
    """Return the positions of the terms taken, ascending: candidates come by falling relevance."""
    if len(relevant) <= n_terms:
        return np.arange(len(relevant))
    spread = relevant[0] - relevant[-1]
    scaled = (relevant - relevant[-1]) / spread if spread > 0 else np.ones(len(relevant))
    first = int(np.argmax(scaled + _COHERENCE * (npmi * scaled).sum(axis=1) / scaled.sum()))
    taken, together = [first], npmi[first].copy()
    for n in range(1, n_terms):
        score = scaled + _COHERENCE * together / n
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        together += npmi[taken[-1]]
    return np.sort(np.array(taken))


def labels_of(terms: np.ndarray, best: np.ndarray) -> list[str]:
    """Return a name for each topic: its first three terms of which none holds another; all differ.

    Parameters
    ----------
    terms : ndarray of object
    best : ndarray of int, shape (n_topics, n)
        As :func:`choose_terms` returns it.

    Examples
    --------
    >>> terms = np.array(["退款", "不退款", "到账", "审核", "金额"], object)
    >>> labels_of(terms, np.array([[0, 1, 2, 3], [0, 2, 3, 4], [-1, -1, -1, -1]]))
    ['不退款·到账·审核', '退款·到账·审核', '（无词）']
    """
    labels: list[str] = []
    for row in best:
        words = [terms[column] for column in row if column >= 0]
        first = words[: _LABEL_TERMS + 1]
        # A longer term says more: 不退款 stands for 退款.
        distinct = [word for word in words if not any(word != other and word in other for other in first)]
        size = min(_LABEL_TERMS, len(distinct))
        label = "·".join(distinct[:size]) or "（无词）"
        while label in labels and size < len(distinct):
            size += 1
            label = "·".join(distinct[:size])
        n = 2
        while label in labels:
            label, n = f"{label.split('#')[0]}#{n}", n + 1
        labels.append(label)
    return labels
