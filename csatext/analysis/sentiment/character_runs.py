"""Linear models over runs of one to three characters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.key_lookup import KeyLookup

__all__ = [
    "LONGEST",
    "_SMOOTHING",
    "Letters",
    "NgramWeights",
    "letter_counts",
    "ngram_log_odds",
    "ngram_matrix",
    "run_key",
]

LONGEST = 3
"""Characters of the longest run."""
_BITS = 16
_FULL_WIDTH, _FULL_QUESTION, _FULL_EXCLAMATION = 0xFEE0, ord("？"), ord("！")
_FIRST_CHINESE, _PAST_CHINESE, _CASE = 0x33FF, 0xA000, 32
_SMOOTHING = 2.0
"""Letters added to the length of a text, so that one character alone is no certain review."""


class Letters:
    """Letters of joined texts: Han characters, a to z and the marks ? and !, and the runs of them."""

    def __init__(self, joined: JoinedTexts) -> None:
        points = joined.points.astype(np.int64)
        points = np.where((points >= ord("A")) & (points <= ord("Z")), points + 32, points)
        marks = (points == _FULL_QUESTION) | (points == _FULL_EXCLAMATION)
        self.points = np.where(marks, points - _FULL_WIDTH, points)
        self.is_letter = ((self.points >= 0x4E00) & (self.points <= 0x9FFF)) | (
            (self.points >= ord("a")) & (self.points <= ord("z"))
        )
        self.is_letter |= (self.points == ord("?")) | (self.points == ord("!"))
        self._counts = np.concatenate(([0], np.cumsum(self.is_letter)))

    def within(self, bounds: np.ndarray) -> np.ndarray:
        """Return the number of letters of each segment that consecutive bounds part."""
        return np.diff(self._counts[bounds])

    @cached_property
    def runs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each length, where runs begin and their keys: 16 bits a character."""
        found = []
        key, whole = self.points, self.is_letter
        for length in range(1, LONGEST + 1):
            if length > 1:
                key = (key[:-1] << _BITS) | self.points[length - 1 :]
                whole = whole[:-1] & self.is_letter[length - 1 :]
            at = np.flatnonzero(whole)
            found.append((at, key[at]))
        return found

    def log_odds(self, weights: np.ndarray, bounds: np.ndarray, intercept: float) -> np.ndarray:
        """Return the log-odds of each segment; 0 without letters.

        ``sum of weights / sqrt(letters + 2) + intercept``: the root keeps a long text from being certain by
        its length alone, as the Euclidean norm of its counts would.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_characters,)
            Sum of the weights of the runs that begin at each character.
        bounds : ndarray of int64, shape (n_segments + 1,)
            First character of each segment; the last is one past the end.
        intercept : float
        """
        filled = np.flatnonzero(np.diff(bounds))
        sums = np.zeros(len(bounds) - 1)
        if len(filled):
            # Each segment by itself: differences of running sums would depend on the texts before it.
            sums[filled] = np.add.reduceat(weights[: bounds[-1]], bounds[filled])
        n_letters = self.within(bounds)
        total = sums / np.sqrt(n_letters + _SMOOTHING)
        return np.where(n_letters > 0, total + intercept, 0.0)


@dataclass(frozen=True, eq=False)
class NgramWeights:
    """A linear model over runs of letters.

    Attributes
    ----------
    keys : ndarray of int64, shape (n_runs,)
        Code points of each run, 16 bits each; leading zeros of shorter ones.
    weights : ndarray of float64, shape (n_runs,)
    intercept : float
    """

    keys: np.ndarray
    weights: np.ndarray
    intercept: float

    def log_odds(self, joined: JoinedTexts) -> np.ndarray:
        """Return the log-odds of each text; 0 without letters."""
        letters = joined.once(Letters)
        found = np.zeros(len(joined.points))
        for at, key in letters.runs:
            known, position = self._lookup.found(key)
            found[at[known]] += self.weights[position]
        return letters.log_odds(found, joined.offsets, self.intercept)

    @property
    def _lookup(self) -> KeyLookup:
        made = self.__dict__.get("_made")
        if made is None:
            # A frozen dataclass keeps what is worked out from it beside its fields.
            made = self.__dict__["_made"] = KeyLookup(self.keys)
        return made


def ngram_log_odds(model: NgramWeights, texts: pd.Series) -> np.ndarray:
    """Return the log-odds of each text by a model, chunk by chunk."""
    return np.concatenate([np.empty(0), *(model.log_odds(joined) for joined in joined_chunks(texts))])


def ngram_matrix(texts: pd.Series, min_df: int) -> tuple[sparse.csr_array, np.ndarray]:
    """Return the runs of each text, counted and divided by the root of its letters, and the keys of the
    columns.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    min_df : int
        Texts that a run must stand in.
    """
    keys, rows, roots = [], [], []
    for joined in joined_chunks(texts):
        letters = Letters(joined)
        roots.append(np.sqrt(letters.within(joined.offsets) + _SMOOTHING))
        for at, key in letters.runs:
            keys.append(key)
            rows.append((joined.first_row + joined.rows_of(at)).astype(np.int32))
    if not keys:
        return sparse.csr_array((len(texts), 0)), np.empty(0, np.int64)
    columns, column = np.unique(np.concatenate(keys), return_inverse=True)
    row = np.concatenate(rows)
    counts = sparse.coo_array((np.ones(len(row)), (row, column)), shape=(len(texts), len(columns))).tocsr()
    frequent = np.flatnonzero(np.bincount(counts.indices, minlength=len(columns)) >= min_df)
    matrix = sparse.diags_array(1 / np.concatenate(roots)) @ counts[:, frequent]
    matrix = matrix.tocsr()
    # liblinear takes indices of 32 bits only.
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix, columns[frequent]


def letter_counts(texts: pd.Series) -> np.ndarray:
    """Return the Chinese characters and the Latin letters of each text, shape (n_texts, 2)."""
    counts = np.zeros((len(texts), 2))
    for joined in joined_chunks(texts):
        points = joined.points
        chinese = (points > _FIRST_CHINESE) & (points < _PAST_CHINESE)
        letter = points | _CASE
        latin = (letter >= ord("a")) & (letter <= ord("z"))
        rows = slice(joined.first_row, joined.first_row + len(joined))
        for at, kind in enumerate((chinese, latin)):
            counts[rows, at] = np.add.reduceat(kind.astype(np.int64), joined.offsets[:-1])
    return counts


def run_key(run: str) -> int:
    """Return the key of a run: 16 bits a character."""
    key = 0
    for character in run:
        key = key << _BITS | ord(character)
    return key
