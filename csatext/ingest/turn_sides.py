"""Which side says each turn where turns bear no label: the likeliest path of two states."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["likely_sides"]

_SWITCH = 0.8
"""Chance that the other side speaks next."""
_SCALE = 0.5
"""Log-odds of the service side for one point of score."""
_WORDLESS = -0.4
"""Log-odds of the service side for a turn without any cue: the desk rarely speaks without one."""


def likely_sides(
    dialogue: NDArray[np.int64], scores: NDArray[np.float64], known: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which turns are the service side's, by the Viterbi path through each dialogue.

    Two states (customer, service) that change places with a chance of 0.8 from turn to turn; the words of
    a turn give its odds. Viterbi 1967, IEEE Transactions on Information Theory 13(2), over all dialogues
    at once, a step a turn.

    Parameters
    ----------
    dialogue : ndarray of int64, shape (n,)
        Dialogue of each turn; turns of a dialogue stand together, in order.
    scores : ndarray of float64, shape (n,)
        From :func:`csatext.ingest.dialogues.role_inference.service_scores`.
    known : ndarray of int64, shape (n,)
        1 for a turn known to be the service side's, -1 for a customer's, 0 for the others.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> turns = np.zeros(3, dtype=np.int64)
    >>> likely_sides(turns, np.array([6.0, 0.0, 4.0]), turns).tolist()
    [True, False, True]
    """
    n = len(dialogue)
    if not n:
        return np.zeros(0, dtype=np.bool_)
    odds = np.where(scores == 0, _WORDLESS, _SCALE * scores)
    odds = np.where(known != 0, np.sign(known) * 1e6, odds)
    first = np.flatnonzero(np.concatenate([[True], dialogue[1:] != dialogue[:-1]]))
    length = np.diff(np.append(first, n))
    order = np.argsort(-length, kind="stable")
    first, length = first[order], length[order]
    stay, change = np.log(1 - _SWITCH), np.log(_SWITCH)
    # best[:, s] is the log-chance of the best path that ends in state s (0 customer, 1 service).
    best = np.zeros((len(first), 2))
    came = np.zeros((n, 2), dtype=np.int8)
    steps = np.arange(length[0])
    alive = np.searchsorted(-length, -steps, side="left")
    for step in steps:
        live = slice(0, alive[step])
        at = first[live] + step
        if step:
            before = best[live]
            for state in (0, 1):
                kept, switched = before[:, state] + stay, before[:, 1 - state] + change
                came[at, state] = np.where(switched > kept, 1 - state, state)
            best[live] = np.column_stack(
                [np.maximum(before[:, s] + stay, before[:, 1 - s] + change) for s in (0, 1)]
            )
        best[live, 1] += odds[at]
    path = np.zeros(n, dtype=np.int8)
    last = (best[:, 1] > best[:, 0]).astype(np.int8)
    for step in steps[::-1]:
        live = slice(0, alive[step])
        at = first[live] + step
        path[at] = last[live]
        last[live] = came[at, last[live]]
    return path == 1
