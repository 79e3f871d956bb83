"""Texts that stand more than once, word for word or nearly: MinHash, linear in the number of texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.strings import code_points, string_array

__all__ = ["near_duplicates"]

_SHINGLE = 3
_BANDS, _ROWS = 8, 3
_AGREE = 0.75
_SHORTEST = 8
_SEED = 20_240_601


def _normal(texts: pd.Series) -> pd.Series:
    """Return texts without what copies differ in: case, width, blanks, punctuation, which digits."""
    cells = pc.utf8_lower(pc.utf8_normalize(string_array(texts), form="NFKC"))
    cells = pc.replace_substring_regex(cells, pattern=r"[^\pL\pN]+", replacement="")
    return pd.Series(pc.replace_substring_regex(cells, pattern=r"\pN", replacement="0").to_pandas())


def _signatures(texts: pd.Series) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the MinHash signatures, shape (n, bands * rows), and the normal lengths, shape (n,)."""
    k = _BANDS * _ROWS
    rng = np.random.default_rng(_SEED)
    odd = rng.integers(1, 2**63, size=k, dtype=np.uint64) | np.uint64(1)
    signatures = np.zeros((len(texts), k), dtype=np.uint32)
    lengths = np.zeros(len(texts), dtype=np.int64)
    for piece in code_points(texts):
        n = piece.lengths.size
        lengths[piece.first : piece.first + n] = piece.lengths
        codes = np.concatenate([piece.codes, np.zeros(_SHINGLE - 1, dtype=np.uint32)]).astype(np.uint64)
        shingles = codes[: piece.codes.size].copy()
        for j in range(1, _SHINGLE):
            shingles = shingles * np.uint64(0x9E3779B97F4A7C15) + codes[j : j + piece.codes.size]
        shingles ^= shingles >> np.uint64(29)
        # A shingle must not extend into the next text; a text shorter than one keeps its first.
        row = np.repeat(np.arange(n), piece.lengths)
        place = np.arange(piece.codes.size) - np.repeat(
            np.cumsum(piece.lengths) - piece.lengths, piece.lengths
        )
        whole = (place + _SHINGLE <= piece.lengths[row]) | (place == 0)
        shingles, row = shingles[whole], row[whole]
        if not shingles.size:
            continue
        filled, starts = np.unique(row, return_index=True)
        for i in range(k):
            hashed = (shingles * odd[i]) >> np.uint64(32)
            signatures[piece.first + filled, i] = np.minimum.reduceat(hashed, starts).astype(np.uint32)
    return signatures, lengths


def near_duplicates(texts: pd.Series) -> NDArray[np.int64]:
    """Return for each text the position of an earlier one that is the same or nearly so, else -1.

    Texts are compared without case, width, punctuation and the values of digits, by MinHash over runs of
    three characters (Broder 1997) in 8 bands of 3 rows (Leskovec, Rajaraman, Ullman, Mining of Massive
    Datasets, ch. 3): two texts count as near when they share a band and three quarters of the 24 hashes,
    about a Jaccard similarity of .75. Time and memory are linear in the number of characters.

    Parameters
    ----------
    texts : Series of str, shape (n,)
        Texts of fewer than eight letters count only when equal after that normalisation.

    Returns
    -------
    ndarray of int64, shape (n,)

    Examples
    --------
    >>> texts = ["退款一直没有到账，请尽快处理", "物流太慢", "退款一直没有到账!请尽快处理!!"]
    >>> near_duplicates(pd.Series(texts)).tolist()
    [-1, -1, 0]
    """
    normal = _normal(texts.reset_index(drop=True))
    signatures, lengths = _signatures(normal)
    n = len(texts)
    earlier = np.full(n, -1, dtype=np.int64)
    codes, _ = pd.factorize(normal)
    first = np.unique(codes, return_index=True)[1][codes]
    same = (first < np.arange(n)) & (lengths > 0)
    earlier[same] = first[same]
    at = np.flatnonzero((lengths >= _SHORTEST) & ~same)
    for band in range(_BANDS):
        if not at.size:
            break
        bucket, _ = pd.factorize(_packed(signatures[at, band * _ROWS : (band + 1) * _ROWS]))
        head = at[np.unique(bucket, return_index=True)[1][bucket]]
        agree = (signatures[at] == signatures[head]).mean(axis=1)
        near = (head < at) & (agree >= _AGREE) & (earlier[at] < 0)
        earlier[at[near]] = head[near]
    return earlier


def _packed(keys: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return one number for each row of three hashes."""
    mixed = np.zeros(len(keys), dtype=np.uint64)
    for column in keys.T:
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + column
    return mixed
