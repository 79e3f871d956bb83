"""Where values can begin in long lists of digits: one vectorised pass over all runs of a text."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np

from csatext.privacy.context import TriggerWords
from csatext.privacy.recognizers.checksums import PROVINCES
from csatext.privacy.recognizers.digit_runs import Run

__all__ = ["LONGEST", "starts"]

LONGEST = 30
"""Digits of the longest value."""

_CARD_SIZES = range(16, 20)
_UNNAMED = 10
"""Digits of the shortest order number that needs no trigger word."""


def _luhn(digits: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Return whether the ``size`` digits from each position pass the Luhn test (ISO/IEC 7812-1, annex B)."""
    doubled = 2 * digits - 9 * (digits > 4)
    odd = np.arange(len(digits)) % 2 == 1
    last = at + size - 1
    sums = []
    for plain in (~odd, odd):
        total = np.concatenate(([0], np.cumsum(np.where(plain, digits, doubled))))
        sums.append(total[last + 1] - total[at])
    return np.where(last % 2 == 1, sums[1], sums[0]) % 10 == 0


def _shaped(digits: np.ndarray, sizes: np.ndarray, limits: np.ndarray, barred: np.ndarray) -> np.ndarray:
    """Return which chunks begin digits that have the shape of a value without a trigger word.

    Parameters
    ----------
    digits : ndarray of int64, shape (n + LONGEST,)
        Digits of all chunks.
    sizes : ndarray of int64, shape (m,)
        Digits of each chunk.
    limits : ndarray of int64, shape (m,)
        Where the digits of the chunk's run end.
    barred : ndarray of bool, shape (m,)
        Chunks right after a mark that only a mobile number in one piece may follow.
    """
    after = np.cumsum(sizes)
    at = after - sizes
    ending = np.zeros(len(digits) + 1, bool)
    ending[after] = True

    def ends(*lengths: int) -> np.ndarray:
        return np.logical_or.reduce([ending[at + n] & (at + n <= limits) for n in lengths])

    def digit(place: int) -> np.ndarray:
        return digits[at + place]

    def pair(place: int) -> np.ndarray:
        return 10 * digit(place) + digit(place + 1)

    def area(place: int) -> np.ndarray:
        city = ((pair(place) == 10) | (digit(place) == 2)) & (digit(place + 2) >= 1)
        return city | ((digit(place) >= 3) & (digit(place + 3) >= 1))

    def mobile(place: int) -> np.ndarray:
        return (digit(place) == 1) & (digit(place + 1) >= 3)

    def born(place: int) -> np.ndarray:
        month, day = pair(place), pair(place + 2)
        return PROVINCES[pair(0)] & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)

    zero = digit(0) == 0
    dialled = zero & (digit(1) == 0) & (pair(2) == 86)
    card = np.isin(digit(0), (3, 4, 5, 6, 9)) & np.logical_or.reduce(
        [ends(size) & _luhn(digits, at, size) for size in _CARD_SIZES]
    )
    away = (pair(0) == 85) & ((digit(2) == 2) | (digit(2) == 3)) | (pair(0) == 88) & (digit(2) == 6)
    twice_zero = zero & (digit(1) == 0) & (digit(2) == 8)
    shaped = (
        (ends(9, 10) & zero & (digit(1) >= 2))
        | (ends(8) & np.isin(digit(0), (5, 6, 7, 9)))
        | (ends(11, 12, 13) & away)
        | (ends(13, 14, 15) & twice_zero)
        | (sizes >= _UNNAMED)
        | (ends(11) & (mobile(0) | (pair(0) == 85)))
        | (ends(12) & ((zero & mobile(1)) | ((pair(0) == 88) & (digit(2) == 6))))
        | (ends(11, 12) & zero & area(1))
        | (ends(13) & (pair(0) == 86) & mobile(2))
        | (ends(15) & dialled & mobile(4))
        | (ends(11, 12, 13, 14) & (pair(0) == 86) & (area(2) | ((digit(2) == 0) & area(3))))
        | (ends(13, 14, 15, 16) & dialled & (area(4) | ((digit(4) == 0) & area(5))))
        | (ends(17, 18) & ((pair(6) == 19) | (pair(6) == 20)) & born(10))
        | (ends(15) & born(8))
        | card
    )
    return (shaped & ~barred) | ((sizes == 11) & mobile(0))


def starts(normalized: str, runs: list[Run], triggers: TriggerWords) -> list[list[int]]:
    """Return, for each run, the chunks at which a value can begin.

    A value needs its shape there or a trigger word in its window: anywhere else the search finds nothing.

    Examples
    --------
    >>> from csatext.privacy.recognizers.digit_runs import runs
    >>> text = "5 5 5 13800138000 5"
    >>> starts(text, list(runs(text)), TriggerWords(text))
    [[3]]
    """
    chunks = list(chain.from_iterable(run.chunks for run in runs))
    counts = np.array([len(run.chunks) for run in runs])
    sizes = np.array([len(chunk.digits) for chunk in chunks])
    written = "".join(chunk.digits for chunk in chunks).encode() + b"0" * LONGEST
    digits = np.frombuffer(written, np.uint8).astype(np.int64) - ord("0")
    last = np.cumsum(counts) - 1
    limits = np.repeat(np.cumsum(sizes)[last], counts)
    # a chunk has a digit at least: none that is further away belongs to a value that begins here
    furthest = np.minimum(np.arange(len(chunks)) + LONGEST, np.repeat(last, counts))
    begins = np.array([chunk.start for chunk in chunks])
    ends = np.array([chunk.end for chunk in chunks])
    barred = np.zeros(len(chunks), bool)
    if "_" in normalized:
        barred[:] = [normalized[chunk.start - 1 : chunk.start] == "_" for chunk in chunks]
    possible = _shaped(digits, sizes, limits, barred) | triggers.any_near(begins, ends[furthest])
    at = np.flatnonzero(possible)
    firsts = last + 1 - counts
    cuts = np.searchsorted(at, [*firsts, len(chunks)]).tolist()
    within = (at - np.repeat(firsts, counts)[at]).tolist()
    return [within[left:right] for left, right in pairwise(cuts)]
