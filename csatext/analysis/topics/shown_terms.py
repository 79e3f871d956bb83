"""Terms by which a topic is shown, and the name made of them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csatext.analysis.topics.coherence import npmi_matrix

__all__ = ["choose_terms", "labels_of", "relevance"]

_LAMBDA = 0.8
"""Weight of a term's probability against its lift (Sievert and Shirley 2014)."""
_POOL = 5
"""Candidates for each term shown: terms that belong to the topic, or that no topic shows."""
_COHERENCE = 4.0
"""Weight of the mean NPMI with the terms chosen before, against the relevance scaled to 0..1
(benchmarks/topics.py)."""
_OWN = 0.25
"""Share of its occurrences that a term has in the topic at least, if none has more. In shop reviews .93 of
the terms shown are distinct, with 0.2 .87 (benchmarks/topics.py)."""
_LEAST_EXPECTED = 3.0
"""Occurrences of a term in a topic: fewer are no evidence. In shop reviews the mean NPMI of the terms shown
is .18 without this bound and with own terms only, .24 with both (six models, benchmarks/topics.py)."""
_LEAST_PART = 2
"""Characters of a term that is a part of another: 水 is no part of 水果."""
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
    dtm: sparse.csr_array,
    terms: np.ndarray,
    components: np.ndarray,
    share: np.ndarray,
    n_terms: int,
    *,
    own_only: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of the terms shown of each topic, most relevant first, and all relevances.

    The candidates are the most relevant terms that belong to the topic; of these terms are taken one by one
    that are relevant and stand in the same documents as those taken before. Of a term and another that holds
    it (分辨率, 屏幕分辨率) one is shown. A topic to which few terms belong is also shown by relevant terms
    that no other topic shows.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    terms : ndarray of object, shape (n_terms,)
    components : ndarray, shape (n_topics, n_terms)
    share : ndarray, shape (n_topics,)
        Shares of the tokens.
    n_terms : int
    own_only : bool, default False
        Leave out terms that do not belong to a topic where few do.

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
    counts = np.asarray(dtm.sum(axis=0), float)
    values = relevance(components, counts)
    expected = components * share[:, None] * counts.sum()
    part = expected / np.maximum(expected.sum(axis=0), np.finfo(float).tiny)
    own = (part >= _OWN) | (part == part.max(axis=0))
    # In few documents all terms are rare.
    backed = expected >= np.minimum(_LEAST_EXPECTED, expected.max(axis=1, initial=0, keepdims=True) / 4)
    candidates = np.where(backed, values, -np.inf)
    best = np.full((len(components), min(n_terms, components.shape[1])), -1)
    by_term = dtm.tocsc()
    shown = np.zeros(len(terms), bool)
    belongs = own & np.isfinite(candidates)
    for topic in np.argsort(-belongs.sum(axis=1), kind="stable"):
        row = candidates[topic]
        pool = _most_relevant(np.where(own[topic], row, -np.inf), _POOL * n_terms)
        if not own_only:
            others = _most_relevant(np.where(own[topic] | shown, -np.inf, row), _POOL * n_terms - len(pool))
            pool = _most_relevant(row, among=np.concatenate((pool, others)))
        if len(pool):
            chosen = pool[_coherent(row[pool], npmi_matrix(by_term, pool), _parts(terms[pool]), n_terms)]
            best[topic, : len(chosen)] = chosen
            shown[chosen] = True
    return best, values


def _most_relevant(values: np.ndarray, n: int | None = None, among: np.ndarray | None = None) -> np.ndarray:
    """Return the columns of the largest finite values, largest first."""
    columns = np.arange(len(values)) if among is None else np.sort(among)
    columns = columns[np.isfinite(values[columns])]
    return columns[np.argsort(-values[columns], kind="stable")][:n]


def _parts(terms: np.ndarray) -> np.ndarray:
    """Return which pairs of terms are one and a part of it, or differ in capitals (app, APP).

    Examples
    --------
    >>> _parts(np.array(["分辨率", "屏幕分辨率", "屏"], object)).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    """
    words = [term.lower() for term in terms]
    holds = np.array([[len(one) >= _LEAST_PART and one in two for two in words] for one in words])
    np.fill_diagonal(holds, False)
    return holds | holds.T


def _coherent(relevant: np.ndarray, npmi: np.ndarray, parts: np.ndarray, n_terms: int) -> np.ndarray:
    """Return the positions of the terms taken, ascending: candidates come by falling relevance."""
    spread = relevant[0] - relevant[-1]
    scaled = (relevant - relevant[-1]) / spread if spread > 0 else np.ones(len(relevant))
    score = scaled + _COHERENCE * (npmi * scaled).sum(axis=1) / scaled.sum()
    open_, together = np.ones(len(relevant), bool), np.zeros(len(relevant))
    taken: list[int] = []
    while len(taken) < n_terms and open_.any():
        taken.append(int(np.argmax(np.where(open_, score, -np.inf))))
        open_ &= ~parts[taken[-1]]
        open_[taken[-1]] = False
        together += npmi[taken[-1]]
        score = scaled + _COHERENCE * together / len(taken)
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
