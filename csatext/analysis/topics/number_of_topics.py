"""How many topics: what predicts the rest of a document best, and comes back in other documents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.analysis.topics.alignment import matched
from csatext.analysis.topics.coherence import mean_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.folding import fold_in, shares_in_documents
from csatext.analysis.topics.lda_engines import Learning
from csatext.analysis.topics.shown_terms import relevance
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_NUMBERS

__all__ = ["choose_number"]

_NUMBERS = (3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50)
_DOCS, _SWEEPS, _RUNS = 3000, 300, 3
"""Documents of a half, sweeps and runs for each number. Topics of one run predict by chance better or worse
than those of the numbers beside it, the mean of three hardly; after 80 or 160 sweeps topics are still thrown
together, and more of them predict better (benchmarks/topics.py, numbers)."""
_DOCS_A_TOPIC = 20
_TERMS = 5
_WORSE, _IN_A_ROW = 2.0, 3
"""Numbers are tried upwards until so many in a row are so many standard errors below the best (chosen)."""
_AS_GOOD = 0.5
"""Standard errors by which a number may predict worse and be as good: with 1 the smallest of them is 14 for
one of six simulated centres of 20 causes (benchmarks/topics.py, numbers)."""
_CLEARLY, _LEAST_VALUES = 2.0, 5
_LEAST_PROBABILITY = 1e-12


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
    Topics are learnt from each half of the documents. Those of one half predict documents of the other:
    shares of topics come from a random half of a document's words, and the log likelihood is that of its
    other words (document completion, Wallach et al. 2009, "Evaluation methods for topic models"). Too few
    topics throw matters together, too many are learnt from too little, and both predict worse. Of the numbers
    within half a standard error of the best (after Breiman et al. 1984, who take one) those are left out
    whose topics come back clearly less often than those of another: Cohen's kappa of the main topics that the
    two halves give all documents, topics matched one to one, by two standard errors. Of the rest the smallest
    one is taken. The standard error of the log likelihood is that over documents, and of what the halves
    differ by; that of kappa is by how much it jumps from number to number.
    """
    rng = np.random.default_rng(how.seed)
    rows = rng.permutation(dtm.shape[0])[: 2 * _DOCS]
    numbers = [n for n in _NUMBERS if n * _DOCS_A_TOPIC <= len(rows)] or [2]
    halves = [dtm[np.sort(half)] for half in np.array_split(rows, 2)]
    completions = [Completion(half, rng) for half in halves]
    quick = replace(
        how,
        n_iter=min(2 * (how.n_iter or _SWEEPS), _SWEEPS),
        n_runs=min(how.n_runs, _RUNS),
        pseudo_counts=None,
        progress=None,
    )
    found = pd.DataFrame(columns=["n_topics", "npmi", "log_likelihood", "difference", "error", "stability"])
    by_half: list[list[np.ndarray]] = []
    described: list[tuple[int, float, float]] = []
    with counted("选主题数", len(numbers), unit="个", verbose=verbose) as count:
        for n in numbers:
            learnt = [
                learn_topics(engine, half, terms, replace(quick, n_topics=n, seed=2 * how.seed + at))
                for at, half in enumerate(halves)
            ]
            by_half.append([one.of(two, how) for one, two in zip(completions, learnt[::-1], strict=True)])
            npmi = float(np.mean([_coherence(*pair) for pair in zip(halves, learnt, strict=True)]))
            described.append((n, npmi, _agreement(learnt, halves, how.doc_topic_prior)))
            found = _compared(described, by_half, [one.n_words for one in completions])
            count.add(1)
            if (found["difference"] > _WORSE * found["error"]).tail(_IN_A_ROW).sum() == _IN_A_ROW:
                break
    close = found[found["difference"] <= _AS_GOOD * found["error"]]
    stable = close[close["stability"].max() - close["stability"] <= _CLEARLY * _roughness(found["stability"])]
    chosen = int(stable["n_topics"].min())
    return chosen, conform(found.assign(chosen=found["n_topics"] == chosen), TOPIC_NUMBERS)


class Completion:
    """Documents of which half of the words are known, and the others are predicted.

    Parameters
    ----------
    dtm : csr_array, shape (n_docs, n_terms)
    rng : numpy.random.Generator

    Attributes
    ----------
    n_words : ndarray, shape (n_docs,)
        Words predicted.
    """

    def __init__(self, dtm: sparse.csr_array, rng: np.random.Generator) -> None:
        self._known, unseen = dtm.copy(), dtm.copy()
        self._known.data = rng.binomial(dtm.data, 0.5)
        unseen.data = dtm.data - self._known.data
        self._unseen = unseen.tocoo()
        self.n_words = np.asarray(unseen.sum(axis=1), float).ravel()

    def of(self, components: np.ndarray, how: Learning) -> np.ndarray:
        """Return the log likelihood of the other words of each document."""
        theta = fold_in(self._known, components, how.doc_topic_prior)
        row, column = self._unseen.coords
        likelihood = (theta[row] * components.T[column]).sum(axis=1)
        logs = self._unseen.data * np.log(np.maximum(likelihood, _LEAST_PROBABILITY))
        return np.bincount(row, logs, minlength=len(theta))


def _compared(
    described: list[tuple[int, float, float]], by_half: list[list[np.ndarray]], n_words: list[np.ndarray]
) -> pd.DataFrame:
    """Return the numbers tried, the log likelihood of a word, how far it is below the best, and the error."""
    frame = pd.DataFrame(described, columns=["n_topics", "npmi", "stability"])
    words = np.concatenate(n_words)
    total = max(float(words.sum()), 1.0)
    logs = np.array([np.concatenate(pair) for pair in by_half])
    mean = logs.sum(axis=1) / total
    below = logs[mean.argmax()] - logs
    difference = below.sum(axis=1) / total
    of_documents = np.sqrt(((below - difference[:, None] * words) ** 2).sum(axis=1)) / total
    # What the two halves disagree on beside what they do at the other numbers.
    halves = np.array(
        [[one.sum() / max(n.sum(), 1.0) for one, n in zip(pair, n_words, strict=True)] for pair in by_half]
    )
    apart = halves[:, 0] - halves[:, 1]
    of_learning = apart.std(ddof=1) / 2 if len(apart) > 1 else 0.0
    error = np.sqrt(of_documents**2 + np.where(difference > 0, of_learning, 0.0) ** 2)
    return frame.assign(log_likelihood=mean, difference=difference, error=error)


def _roughness(curve: pd.Series) -> float:
    """Return the standard error of a difference of two values of a curve that is smooth but for chance.

    By the median distance of a value from the mean of those beside it, whose variance is 3/2 of that of a
    value; 1.48 makes a standard deviation of it.
    """
    values = curve.to_numpy()
    if len(values) < _LEAST_VALUES:
        return 0.0
    apart = np.median(np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2))
    return float(1.4826 * apart / np.sqrt(1.5) * np.sqrt(2))


def _coherence(dtm: sparse.csr_array, components: np.ndarray) -> float:
    """Return the mean NPMI of the most relevant terms: terms chosen for coherence would hide bad topics."""
    values = relevance(components, np.asarray(dtm.sum(axis=0), float))
    return float(mean_npmi(dtm, np.argsort(-values, axis=1, kind="stable")[:, :_TERMS]).mean())


def _agreement(learnt: list[np.ndarray], halves: list[sparse.csr_array], prior: float) -> float:
    """Return Cohen's kappa of the main topics that two models give documents, matched one to one."""
    one, two = learnt
    partner, _ = matched(one, two)
    first, second = (
        np.concatenate([shares_in_documents(half, topics, prior).argmax(axis=1) for half in halves])
        for topics in (one, two[partner])
    )
    shares = [np.bincount(main, minlength=len(one)) / max(len(main), 1) for main in (first, second)]
    by_chance = float((shares[0] * shares[1]).sum())
    return float(((first == second).mean() - by_chance) / max(1 - by_chance, np.finfo(float).tiny))
