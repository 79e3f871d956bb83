"""Tokens of many documents as integer codes into one vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

__all__ = ["TokenTable"]


class TokenTable(NamedTuple):
    """Tokens of ``n`` documents: four bytes a token, whatever its length.

    Attributes
    ----------
    codes : ndarray of int32, shape (n_tokens,)
        Positions in ``vocabulary``, document after document.
    offsets : ndarray of int64, shape (n + 1,)
        Document ``i`` has ``codes[offsets[i]:offsets[i + 1]]``.
    vocabulary : ndarray of object, shape (n_types,)
        Distinct tokens, in order of code points.
    """

    codes: np.ndarray
    offsets: np.ndarray
    vocabulary: np.ndarray

    def take(self, rows: np.ndarray) -> TokenTable:
        """Return the documents at positions ``rows``, with the same vocabulary."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        shift = np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths)
        return TokenTable(self.codes[np.arange(offsets[-1]) + shift], offsets, self.vocabulary)

    def lists(self) -> list[list[str]]:
        """Return one list of tokens a document."""
        flat = self.vocabulary[self.codes].tolist()
        bounds = self.offsets.tolist()
        return [flat[start:end] for start, end in pairwise(bounds)]


def from_batches(batches: Sequence[tuple[pa.DictionaryArray, np.ndarray]]) -> TokenTable:
    """Join batches of (dictionary-encoded tokens, number of tokens of each document)."""
    if not batches:
        return TokenTable(np.empty(0, np.int32), np.zeros(1, np.int64), np.empty(0, object))
    chunks = pa.chunked_array([tokens for tokens, _ in batches]).unify_dictionaries()
    unsorted = chunks.chunk(0).dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(unsorted)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks.chunks])
    lengths = np.concatenate([lengths for _, lengths in batches])
    return TokenTable(rank[codes], np.concatenate(([0], np.cumsum(lengths))), unsorted[order])
