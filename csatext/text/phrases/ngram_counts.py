"""Counts of n-grams over a corpus: characters and Latin runs in sequence, none across a mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.text.corpus import Corpus
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["Atoms", "Grams", "atoms_of", "count_grams"]

_HAN = r"^[\x{3400}-\x{9fff}\x{20000}-\x{3ffff}]+$"
_WORD = r"^[\p{L}\p{N}]"
_LATIN = r"^[A-Za-z0-9]"
_JOINERS = (" ", "-", "_", "&", "+", "·", "•")
_BREAK, _JOIN = -1, -2


@dataclass(frozen=True)
class Atoms:
    """The characters of a corpus in a row, Latin runs and quantities whole.

    Attributes
    ----------
    codes : ndarray of int64, shape (n,)
        Number of the atom, -1 for a mark or the end of a document. A blank or dash next to a Latin
        run is no atom and no mark: ``X3 Pro`` and ``小白·Air`` are sequences.
    starts, ends : ndarray of int64, shape (n,)
        Where it stands in the prepared text of its document.
    rows : ndarray of int64, shape (n,)
        Position of the document.
    tokens : ndarray of int64, shape (n,)
        Position, in the corpus's vocabulary, of the token it is part of; -1 for the end of a document.
    n_kinds : int
        Different atoms.
    """

    codes: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    rows: np.ndarray
    tokens: np.ndarray
    n_kinds: int


@dataclass(frozen=True)
class Grams:
    """The frequent n-grams of one length.

    Attributes
    ----------
    ids : ndarray of int32, shape (n_positions,)
        Number of the n-gram that starts at each atom, -1 where none is frequent.
    counts : ndarray of int64, shape (n_grams,)
    first : ndarray of int64, shape (n_grams,)
        Where each occurs first.
    """

    ids: np.ndarray
    counts: np.ndarray
    first: np.ndarray


def atoms_of(corpus: Corpus) -> Atoms:
    """Return the atoms of the tokens of a corpus.

    Examples
    --------
    >>> import csatext as ct
    >>> atoms_of(ct.Vectorizer().fit_transform(["买了X3 Pro，好"])).codes.tolist()
    [1, 2, 0, -1, 3, -1]
    """
    table = corpus.token_table
    entry_atoms, counts, strings = _atoms_by_entry(table)
    per_token = counts[table.codes]
    tokens = np.repeat(table.codes.astype(np.int64), per_token)
    rows = np.repeat(np.repeat(np.arange(len(corpus)), np.diff(table.offsets)), per_token)
    within = np.arange(len(tokens)) - np.repeat(np.cumsum(per_token) - per_token, per_token)
    atoms = entry_atoms[(np.cumsum(counts) - counts)[tokens] + within]
    ends = np.cumsum(pc.utf8_length(strings).to_numpy()[atoms])
    starts = np.concatenate(([0], ends))[:-1]
    bounds = np.searchsorted(rows, np.arange(len(corpus) + 1))
    origin = np.append(starts, 0)[bounds[:-1]]
    kind = np.where(_matches(strings, _WORD), np.arange(len(strings)), _BREAK)
    kind[pc.is_in(strings, pa.array(_JOINERS, strings.type)).to_numpy(zero_copy_only=False)] = _JOIN
    # A break after every document keeps n-grams apart.
    codes, tokens = (np.insert(values, bounds[1:], _BREAK) for values in (kind[atoms], tokens))
    starts, ends = (np.insert(values - origin[rows], bounds[1:], 0) for values in (starts, ends))
    rows = np.insert(rows, bounds[1:], np.arange(len(corpus)))
    kept = ~_joins(codes, _matches(strings, _LATIN))
    codes = np.where(codes == _JOIN, _BREAK, codes)
    return Atoms(codes[kept], starts[kept], ends[kept], rows[kept], tokens[kept], len(strings))


def _atoms_by_entry(table: TokenTable) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Return the atoms of each vocabulary entry, one after the other, their number, and their strings."""
    vocabulary = pa.array(table.vocabulary, pa.large_string())
    han = _matches(vocabulary, _HAN)
    parts = [list(word) if split else [word] for word, split in zip(table.vocabulary, han, strict=True)]
    counts = np.fromiter(map(len, parts), np.int64, len(parts))
    codes, strings = pd.factorize(np.array([piece for part in parts for piece in part], object), sort=True)
    return codes, counts, pa.array(strings, pa.large_string())


def _matches(strings: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(strings, pattern).to_numpy(zero_copy_only=False)


def _joins(codes: np.ndarray, latin: np.ndarray) -> np.ndarray:
    """Return which atoms are joining characters between two atoms of which one is a Latin run."""
    is_latin = np.append(latin, [False, False])[codes]
    is_word = codes >= 0
    joins = np.zeros(len(codes), bool)
    either = is_latin[:-2] | is_latin[2:]
    joins[1:-1] = (codes[1:-1] == _JOIN) & is_word[:-2] & is_word[2:] & either
    return joins


def count_grams(atoms: Atoms, max_length: int, min_count: int) -> list[Grams]:
    """Return the n-grams of 1 to ``max_length`` atoms that occur ``min_count`` times; none crosses a mark.

    Notes
    -----
    An n-gram can be frequent only if both its (n-1)-grams are (Agrawal and Srikant 1994, "Fast
    algorithms for mining association rules").
    """
    ids, counts, first = _factorized(atoms.codes, atoms.codes >= 0, 1)
    levels = [Grams(ids, counts, first)]
    for _ in range(1, max_length):
        last = levels[-1]
        follower = np.append(last.ids[1:], np.int32(-1))
        frequent = (last.ids >= 0) & (follower >= 0)
        key = last.ids.astype(np.int64) * len(last.counts) + follower
        levels.append(Grams(*_factorized(key, frequent, min_count)))
        if not len(levels[-1].counts):
            break
    return levels


def _factorized(
    keys: np.ndarray, usable: np.ndarray, min_count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = np.flatnonzero(usable)
    codes, distinct = pd.factorize(keys[places])
    counts = np.bincount(codes, minlength=len(distinct))
    kept = counts >= min_count
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    ids = np.full(len(keys), -1, np.int32)
    ids[places] = renumbered[codes]
    first = np.full(len(distinct), len(keys))
    np.minimum.at(first, codes, places)
    return ids, counts[kept], first[kept]
