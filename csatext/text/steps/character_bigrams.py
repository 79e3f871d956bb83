"""The likelihood of Chinese text under a character bigram model of the segmenter's dictionary."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from csatext.text.conversion import simplify_characters

__all__ = ["are_neighbours", "log_likelihoods"]

_WITHIN = 0.6
"""Weight of the bigram estimate against the unigram one (Jelinek-Mercer smoothing): about as many neighbours
stand in one word as do not, since words have two characters on average."""


_TWO = 2
_COUNTS = "character_bigrams.npz"
"""Counts of characters and pairs in the words of jieba 0.42.1's dictionary (MIT), written by
``benchmarks/character_counts.py``: reading the dictionary itself takes over a second of each process."""


class _Counts(NamedTuple):
    """Counts of characters, and of their pairs within a word, in the dictionary.

    ``single`` int64 by code point, its last for all that are higher; ``pairs`` uint64 in order (the left code
    point above 32 bits of the right one) and ``together`` int64, their counts; ``total`` of ``single``.
    """

    single: NDArray[np.int64]
    pairs: NDArray[np.uint64]
    together: NDArray[np.int64]
    total: int

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the count of each character in the dictionary, shape (n,)."""
        return self.single.take(codes, mode="clip")

    def of_pairs(self, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the count of each pair within the words of the dictionary, shape (n,)."""
        wanted = left.astype(np.uint64) << np.uint64(32) | right
        at = np.minimum(np.searchsorted(self.pairs, wanted), self.pairs.size - 1)
        return np.where(self.pairs[at] == wanted, self.together[at], 0)


@cache
def _counts() -> _Counts:
    with np.load(Path(__file__).with_name(_COUNTS), allow_pickle=False) as kept:
        characters, pairs = kept["characters"], kept["pairs"].astype(np.uint64)
        single = np.zeros(int(characters.max()) + 2, dtype=np.int64)
        single[characters] = kept["counts"]
        # Steps between neighbours are small and pack well.
        place = np.cumsum(pairs)
        size = np.uint64(characters.size)
        left, right = characters[place // size].astype(np.uint64), characters[place % size]
        together = kept["together"].astype(np.int64)
    return _Counts(single, left << np.uint64(32) | right, together, int(single.sum()))


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(simplify_characters(text).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def log_likelihoods(text: str, before: str = "") -> list[float]:
    """Return the natural logarithm of each character's probability after the one before it.

    Jelinek-Mercer smoothed bigrams (Chen and Goodman 1999, section 2.3) over the words of jieba's dictionary
    with their counts. Traditional characters count as their Simplified ones; a character that the dictionary
    lacks as one seen half a time.

    Parameters
    ----------
    text : str
        Characters to judge.
    before : str
        The character before ``text``, if any.

    Returns
    -------
    list of float, one for each character

    Examples
    --------
    >>> common, rare = sum(log_likelihoods("客户满意")), sum(log_likelihoods("蛻袅孔兓"))
    >>> common > rare + 10
    True
    """
    counts = _counts()
    codes = _codes(before[-1:] + text)
    single = counts.of(codes)
    within = np.zeros(codes.size)
    if codes.size > 1:
        # A character that the dictionary lacks begins no pair in it.
        within[1:] = counts.of_pairs(codes[:-1], codes[1:]) / np.maximum(single[:-1], 1)
    probabilities = _WITHIN * within + (1 - _WITHIN) * (single + 0.5) / counts.total
    return [
        math.log(probability) for probability in (probabilities[1:] if before else probabilities).tolist()
    ]


def are_neighbours(left: str, right: str) -> bool:
    """Whether two characters stand side by side in a word of jieba's dictionary.

    Examples
    --------
    >>> are_neighbours("反", "饋"), are_neighbours("反", "太")
    (True, False)
    """
    codes = _codes(left + right)
    return codes.size == _TWO and bool(_counts().of_pairs(codes[:1], codes[1:])[0])
