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
    >>> lookup = KeyLookup(np.array([70, 5, 9]))
    >>> lookup(np.array([9, 4, 70])).tolist()
    [2, 3, 0]
    >>> [found.tolist() for found in lookup.found(np.array([9, 4, 70]))]
    [[0, 2], [2, 0]]
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
        self._filled = self._positions < self._absent

    def _slot(self, keys: np.ndarray) -> np.ndarray:
        return ((keys.view(np.uint64) * np.uint64(_MULTIPLIER)) >> self._shift).view(np.int64)

    def __call__(self, keys: np.ndarray) -> np.ndarray:
        """Return the position of each key, one past the last for those that are not there."""
        result = np.full(len(keys), self._absent, np.int64)
        at, position = self.found(keys)
        result[at] = position
        return result

    def found(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which keys are there, as indices in order, and the position of each of these."""
        slot = self._slot(keys)
        # Most keys that are not there meet an empty slot, which a table of a byte a slot tells.
        at = np.flatnonzero(self._filled[slot])
        slot = slot[at]
        position = self._positions[slot]
        right = self._keys[position] == keys[at]
        waiting = np.flatnonzero(~right)
        for _ in range(self._probes - 1):
            if not len(waiting):
                break
            slot[waiting] = (slot[waiting] + 1) & (self._slots - 1)
            here = self._positions[slot[waiting]]
            same = self._keys[here] == keys[at[waiting]]
            position[waiting[same]], right[waiting[same]] = here[same], True
            waiting = waiting[~same & (here < self._absent)]
        return at[right], position[right].astype(np.int64)
