"""Positions of many integer keys, found by hashing: a search that numpy does not have."""

from __future__ import annotations

import numpy as np

__all__ = ["KeyLookup"]

_MULTIPLIER = 0x9E3779B97F4A7C15
"""Golden ratio of 64 bits (Knuth 1998, volume 3, section 6.4): spreads keys over the slots of a table."""


class KeyLookup:
    """Positions by key, found by open addressing: about one probe a key.

    Parameters
    ----------
    keys : ndarray of int64, shape (n_keys,)
        Distinct, none below 0.

    Examples
    --------
    >>> KeyLookup(np.array([70, 5, 9]))(np.array([9, 4, 70])).tolist()
    [2, 3, 0]
    """

    def __init__(self, keys: np.ndarray) -> None:
        self._slots = max(1 << (8 * len(keys) + 1).bit_length(), 64)
        self._shift = np.uint64(64 - (self._slots.bit_length() - 1))
        # Slots hold positions of four bytes and keys stand apart, so that the table is half as large.
        self._keys = np.append(keys, -1)
        self._positions = np.full(self._slots, len(keys), np.int32)
        waiting, self._probes, self._absent = np.arange(len(keys)), 0, len(keys)
        slot = self._slot(keys)
        while len(waiting):
            self._probes += 1
            free = self._positions[slot[waiting]] == self._absent
            chosen, once = np.unique(slot[waiting[free]], return_index=True)
            placed = waiting[free][once]
            self._positions[chosen] = placed
            waiting = np.setdiff1d(waiting, placed)
            slot[waiting] = (slot[waiting] + 1) & (self._slots - 1)

    def _slot(self, keys: np.ndarray) -> np.ndarray:
        return ((keys.view(np.uint64) * np.uint64(_MULTIPLIER)) >> self._shift).view(np.int64)

    def __call__(self, keys: np.ndarray) -> np.ndarray:
        """Return the position of each key, one past the last for those that are not there."""
        slot = self._slot(keys)
        found = self._positions[slot].astype(np.int64)
        other = self._keys[found] != keys
        missed = np.flatnonzero(other & (found < self._absent))
        found[missed] = self._absent
        for _ in range(self._probes):
            if not len(missed):
                break
            slot[missed] = (slot[missed] + 1) & (self._slots - 1)
            here = self._positions[slot[missed]]
            same = self._keys[here] == keys[missed]
            found[missed[same]] = here[same]
            missed = missed[~same & (here < self._absent)]
        return found
