"""Association measures of n-grams: pointwise mutual information and branching entropy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.inference import wilson
from csatext.text.phrases.ngram_counts import Atoms, Grams

__all__ = ["NO_TIME", "association_measures"]

NO_TIME = np.iinfo(np.int64).max


def association_measures(
    atoms: Atoms,
    levels: list[Grams],
    length: int,
    min_pmi: float,
    flags: tuple[np.ndarray, np.ndarray],
    seen: np.ndarray,
) -> pd.DataFrame:
    """Return the association measures of the n-grams of one length whose mutual information is high enough.

    Parameters
    ----------
    atoms : Atoms
    levels : list of Grams
        Of the lengths 1, 2, ...
    length : int
        In atoms.
    min_pmi : float
        Least pointwise mutual information, in bits; n-grams below it are left out.
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
    pmi = _pointwise_mutual_information(atoms, levels, length)
    kept = np.flatnonzero(pmi >= min_pmi)
    number = np.full(len(grams.counts) + 1, -1)
    number[kept] = np.arange(len(kept))
    gram = number[grams.ids]
    places = np.flatnonzero(gram >= 0)
    gram, counts = gram[places], grams.counts[kept]
    left, left_top = _branching_entropy(atoms, gram, places, places - 1, len(kept))
    right, right_top = _branching_entropy(atoms, gram, places, places + length, len(kept))
    pairs, _ = pd.factorize(gram * len(seen) + atoms.rows[places])
    new = np.flatnonzero(np.diff(np.maximum.accumulate(pairs), prepend=-1))
    earliest = np.full(len(kept), NO_TIME)
    np.minimum.at(earliest, gram, seen[atoms.rows[places]])
    stop, broken = (
        np.bincount(gram, total[places + length] - total[places], minlength=len(kept)) for total in flags
    )
    return pd.DataFrame(
        {
            "length": length,
            "id": kept,
            "first": grams.first[kept],
            "n": counts,
            "n_docs": np.bincount(gram[new], minlength=len(kept)),
            "pmi": pmi[kept],
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


def _pointwise_mutual_information(atoms: Atoms, levels: list[Grams], length: int) -> np.ndarray:
    """Return the pointwise mutual information of each n-gram at its weakest split, in bits."""
    grams = levels[length - 1]
    total = int((atoms.codes >= 0).sum())
    together = np.log2(wilson(grams.counts, np.full(len(grams.counts), total))[0])
    weakest = np.full(len(grams.counts), np.inf)
    for cut in range(1, length):
        before, after = levels[cut - 1], levels[length - cut - 1]
        apart = before.counts[before.ids[grams.first]] * after.counts[after.ids[grams.first + cut]]
        weakest = np.minimum(weakest, together - np.log2(apart / total**2))
    return weakest


def _branching_entropy(
    atoms: Atoms, gram: np.ndarray, places: np.ndarray, at: np.ndarray, n_grams: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the branching entropy of each n-gram, in bits, and the count of its commonest neighbour."""
    neighbour = np.where(at < 0, -1, atoms.codes[at])
    neighbour = np.where(neighbour < 0, atoms.n_kinds + places, neighbour)
    pairs, distinct = pd.factorize(gram * (atoms.n_kinds + len(atoms.codes)) + neighbour)
    counts = np.bincount(pairs, minlength=len(distinct))
    owner = distinct // (atoms.n_kinds + len(atoms.codes))
    share = counts / np.bincount(gram, minlength=n_grams)[owner]
    top = np.zeros(n_grams, np.int64)
    np.maximum.at(top, owner, counts)
    return np.bincount(owner, -share * np.log2(share), minlength=n_grams), top
