"""Abstention: answer only where a promised precision holds with high probability, by learn-then-test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

__all__ = ["ERROR_RATE", "Promise", "keep_promise", "labels_needed_at_least"]

ERROR_RATE = 0.1
"""Probability that the promised precision is missed (Angelopoulos et al. 2021 take .1 too)."""
_STEPS = 100
"""Thresholds tested, at equal steps of documents answered (chosen)."""


@dataclass(frozen=True)
class Promise:
    """Least confidence of an answer, and what it rests on.

    Attributes
    ----------
    precision : float
        Promised share of answers that are right.
    threshold : float
        Least confidence of an answer; infinite where the promise cannot be made.
    n_documents, n_answered, n_right : int
        Documents for calibration, those at the threshold or above, and the right ones of them.
    n_needed : int
        Annotated documents that would do: 0 where the promise is made.
    """

    precision: float
    threshold: float
    n_documents: int
    n_answered: int
    n_right: int
    n_needed: int


def labels_needed_at_least(precision: float) -> int:
    """Return the fewest annotated documents that can show a precision, all of them right.

    Examples
    --------
    >>> labels_needed_at_least(0.95)
    45
    """
    return math.ceil(math.log(ERROR_RATE) / math.log(precision))


def keep_promise(precision: float, confidence: np.ndarray, correct: np.ndarray) -> Promise:
    """Return the lowest threshold at which a precision holds with probability ``1 - ERROR_RATE``.

    Parameters
    ----------
    precision : float
    confidence : ndarray, shape (n_docs,)
        Calibrated, of documents that the model did not learn from; an answer is given from 0 on.
    correct : ndarray of bool, shape (n_docs,)
        Whether the answer is right.

    Returns
    -------
    Promise

    Notes
    -----
    Learn-then-test (Angelopoulos et al. 2021): the hypothesis that precision at a threshold is below the
    promise is tested by the tail of the binomial distribution, and thresholds are tested in a fixed order
    until one is not rejected, so that no correction for their number is due. The order is fixed without
    the answers: from the threshold at which the calibrated confidences expect the most decisive test, down.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, right = confidence[order], np.cumsum(correct[order])
    least = labels_needed_at_least(precision)
    # Documents of equal confidence are answered together.
    ends = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True)) + 1 if len(ranked) else np.empty(0, int)
    ends = ends[(ends >= least) & (ranked[ends - 1] > 0)]
    none = Promise(precision, math.inf, len(confidence), 0, 0, 0)
    if not len(ends):
        return Promise(precision, math.inf, len(confidence), 0, 0, max(least, 2 * len(confidence)))
    wanted = np.linspace(ends[0], ends[-1], _STEPS)
    ends = np.unique(ends[np.minimum(np.searchsorted(ends, wanted), len(ends) - 1)])
    expected = np.cumsum(ranked)[ends - 1] / ends
    decisive = (expected - precision) * np.sqrt(ends)
    tested = ends[int(decisive.argmax()) :]
    p_values = stats.binom.sf(right[tested - 1] - 1, tested, precision)
    failed = np.flatnonzero(p_values > ERROR_RATE)
    n_passed = int(failed[0]) if len(failed) else len(tested)
    if not n_passed:
        return Promise(
            precision,
            math.inf,
            len(confidence),
            0,
            0,
            _needed(precision, float(expected.max()), len(confidence), int(tested[0])),
        )
    end = int(tested[n_passed - 1])
    return Promise(precision, float(ranked[end - 1]), none.n_documents, end, int(right[end - 1]), 0)


def _needed(precision: float, expected: float, n_documents: int, n_answered: int) -> int:
    """Return how many annotated documents would show the precision, if answers are as right as expected."""
    z = stats.norm.isf(ERROR_RATE)
    gain = max(expected - precision, (1 - precision) / 10)
    answered = max(z**2 * precision * (1 - precision) / gain**2, labels_needed_at_least(precision))
    return max(math.ceil(answered * n_documents / n_answered), n_documents + 1)
