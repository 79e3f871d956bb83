"""Tokens of many documents as integer codes into one vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


def dictionary_of(text: str, lengths: np.ndarray) -> pa.DictionaryArray:
    """Return the parts of ``text`` that have these lengths, one after the other, dictionary-encoded.

    Parameters
    ----------
    text : str
        Without halves of surrogate pairs.
    lengths : ndarray of int64, shape (n,)
        In characters; they add up to the length of the text.

    Examples
    --------
    >>> dictionary_of("退款退款吧", np.array([2, 2, 1])).to_pylist()
    ['退款', '退款', '吧']
    """
    # The text's own bytes serve as the array's data: no string is made for a token.
    data = text.encode()
    character = np.flatnonzero((np.frombuffer(data, np.uint8) & 0xC0) != 0x80)
    ends = np.append(character, len(data))[np.cumsum(lengths)]
    offsets = pa.py_buffer(np.concatenate(([0], ends)))
    parts = pa.LargeStringArray.from_buffers(len(lengths), offsets, pa.py_buffer(data))
    return parts.dictionary_encode()


def from_batches(batches: Sequence[tuple[pa.DictionaryArray, np.ndarray]]) -> TokenTable:
    """Return the table of batches of (dictionary-encoded tokens, number of tokens of each document)."""
    if not batches:
        return TokenTable(np.empty(0, np.int32), np.zeros(1, np.int64), np.empty(0, object))
    chunks = pa.chunked_array([tokens for tokens, _ in batches]).unify_dictionaries()
    dictionary = chunks.chunk(0).dictionary
    # UTF-8 sorts as code points do.
    order = pc.array_sort_indices(dictionary).to_numpy()
    unsorted = dictionary.to_numpy(zero_copy_only=False)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks.chunks])
    lengths = np.concatenate([lengths for _, lengths in batches])
    return TokenTable(rank[codes], np.concatenate(([0], np.cumsum(lengths))), unsorted[order])
