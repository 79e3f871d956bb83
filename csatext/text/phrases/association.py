"""How well n-grams hold together inside, and how free they are outside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.inference import wilson
from csatext.text.phrases.ngram_counts import Atoms, Grams

__all__ = ["NO_TIME", "measured"]

NO_TIME = np.iinfo(np.int64).max


def measured(
    atoms: Atoms,
    levels: list[Grams],
    length: int,
    min_pmi: float,
    flags: tuple[np.ndarray, np.ndarray],
    seen: np.ndarray,
) -> pd.DataFrame:
    """Measure the n-grams of one length that hold together.

    Parameters
    ----------
    atoms : Atoms
    levels : list of Grams
        Of the lengths 1, 2, ...
    length : int
        In atoms.
    min_pmi : float
        In bits; the others are left out.
    flags : (ndarray, ndarray), shape (n + 1,)
        Running totals of atoms that belong to stop words and to broken words.
    seen : ndarray of int64, shape (n_docs,)
        Microseconds; the largest integer stands for no time.

    Returns
    -------
    DataFrame
        A row an n-gram: ``length``, ``id`` in its level, ``first`` place, and the measures.
    """
    grams = levels[length - 1]
    pmi = _weakest_joint(atoms, levels, length)
    held = np.flatnonzero(pmi >= min_pmi)
    number = np.full(len(grams.counts) + 1, -1)
    number[held] = np.arange(len(held))
    gram = number[grams.ids]
    places = np.flatnonzero(gram >= 0)
    gram, counts = gram[places], grams.counts[held]
    left, left_top = _neighbours(atoms, gram, places, places - 1, len(held))
    right, right_top = _neighbours(atoms, gram, places, places + length, len(held))
    pairs, _ = pd.factorize(gram * len(seen) + atoms.rows[places])
    new = np.flatnonzero(np.diff(np.maximum.accumulate(pairs), prepend=-1))
    earliest = np.full(len(held), NO_TIME)
    np.minimum.at(earliest, gram, seen[atoms.rows[places]])
    stop, broken = (
        np.bincount(gram, total[places + length] - total[places], minlength=len(held)) for total in flags
    )
    return pd.DataFrame(
        {
            "length": length,
            "id": held,
            "first": grams.first[held],
            "n": counts,
            "n_docs": np.bincount(gram[new], minlength=len(held)),
            "pmi": pmi[held],
            "left_entropy": left,
            "right_entropy": right,
            "boundary": wilson(counts - np.maximum(left_top, right_top), counts)[0],
            "stop": stop / counts / length,
            "broken": broken / counts / length,
            "first_seen": pd.to_datetime(pd.Series(earliest).where(earliest < NO_TIME), unit="us").astype(
                "datetime64[us]"
            ),
        }
    )


def _weakest_joint(atoms: Atoms, levels: list[Grams], length: int) -> np.ndarray:
    grams = levels[length - 1]
    total = int((atoms.codes >= 0).sum())
    together = np.log2(wilson(grams.counts, np.full(len(grams.counts), total))[0])
    weakest = np.full(len(grams.counts), np.inf)
    for cut in range(1, length):
        before, after = levels[cut - 1], levels[length - cut - 1]
        apart = before.counts[before.ids[grams.first]] * after.counts[after.ids[grams.first + cut]]
        weakest = np.minimum(weakest, together - np.log2(apart / total**2))
    return weakest


def _neighbours(
    atoms: Atoms, gram: np.ndarray, places: np.ndarray, beside: np.ndarray, n_grams: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the entropy of the neighbours of each n-gram, in bits, and the count of the commonest."""
    neighbour = np.where(beside < 0, -1, atoms.codes[beside])
    neighbour = np.where(neighbour < 0, atoms.n_kinds + places, neighbour)
    pairs, distinct = pd.factorize(gram * (atoms.n_kinds + len(atoms.codes)) + neighbour)
    counts = np.bincount(pairs, minlength=len(distinct))
    owner = distinct // (atoms.n_kinds + len(atoms.codes))
    share = counts / np.bincount(gram, minlength=n_grams)[owner]
    top = np.zeros(n_grams, np.int64)
    np.maximum.at(top, owner, counts)
    return np.bincount(owner, -share * np.log2(share), minlength=n_grams), top
