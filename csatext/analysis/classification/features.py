"""Features of documents: words and characters by TF-IDF, latent semantics of the corpus, an embedding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from csatext.analysis.term_weights import inverse_document_frequency
from csatext.errors import ParameterError
from csatext.text.char_ngrams import char_ngrams
from csatext.text.corpus import Corpus

__all__ = ["NGRAM_SIZES", "FeatureSpace", "Features", "document_counts", "embedded"]

NGRAM_SIZES = (1, 2)
"""Character n-grams (measured, benchmarks/classifier.py: three characters add nothing to words)."""
_LATENT_SIZE = 100
"""Dimensions of the latent block (measured on 200 labels, ten kinds of goods: .69 for 50, .72 for 100)."""
_LATENT_WEIGHT = 2.0
_LATENT_TERMS = 30_000
"""Most frequent features that the decomposition sees: they bound its size, 12 MB."""
_LATENT_DOCS = 20_000
_LATENT_LEAST = 2
"""Documents that must hold a feature of the decomposition."""


@dataclass(frozen=True)
class Features:
    """Features of some documents, each block at unit Euclidean length.

    Attributes
    ----------
    sparse : csr_array, shape (n_docs, n_words + n_ngrams)
        Words first.
    n_words : int
    dense : ndarray, shape (n_docs, d)
        Latent and embedded blocks; no columns where there are none.
    """

    sparse: sparse.csr_array
    n_words: int
    dense: np.ndarray

    def __len__(self) -> int:
        return self.sparse.shape[0]

    def __getitem__(self, rows: np.ndarray) -> Features:
        return replace(self, sparse=self.sparse[rows], dense=self.dense[rows])

    def matrix(self, char_weight: float) -> sparse.csr_array:
        """Return all blocks as one sparse matrix; n-grams count ``char_weight`` times as much as words."""
        scaled = self.sparse.copy()
        scaled.data[scaled.indices >= self.n_words] *= char_weight
        if self.dense.shape[1]:
            scaled = sparse.csr_array(sparse.hstack([scaled, sparse.csr_array(self.dense)], format="csr"))
        return _narrow(scaled)

    def without_unseen(self, rows: np.ndarray) -> Features:
        """Return features in which what none of ``rows`` holds is absent, as it is in a new document."""
        seen = np.bincount(self.sparse[rows].indices, minlength=self.sparse.shape[1]) > 0
        kept = self.sparse.copy()
        kept.data = kept.data * seen[kept.indices]
        for block in (kept.indices < self.n_words, kept.indices >= self.n_words):
            kept.data[block] /= _row_norms(kept, block)[block]
        return replace(self, sparse=kept)

    def stacked(self, other: Features) -> Features:
        """Return these documents and then the others."""
        rows = sparse.csr_array(sparse.vstack([self.sparse, other.sparse], format="csr"))
        return replace(self, sparse=_narrow(rows), dense=np.vstack([self.dense, other.dense]))

    def has_any(self) -> np.ndarray:
        """Return which documents hold a known feature; an empty text holds none."""
        return np.diff(self.sparse.indptr) > np.bincount(
            np.repeat(np.arange(len(self)), np.diff(self.sparse.indptr))[self.sparse.data == 0],
            minlength=len(self),
        )


@dataclass(frozen=True)
class FeatureSpace:
    """Weights of words and n-grams, learnt from a corpus.

    Attributes
    ----------
    word_idf : ndarray, shape (n_terms,)
    ngram_columns : ndarray of int32, shape (n_ngrams,)
        Hashed columns that the corpus holds, ascending.
    ngram_idf : ndarray, shape (n_ngrams,)
    latent_columns : ndarray of int32, shape (m,)
        Features that the decomposition saw.
    latent_axes : ndarray of float32, shape (m, d)
        Its right singular vectors; empty without a latent block.
    embedding_size : int
        Columns of the embedding; 0 without one.

    Notes
    -----
    TF-IDF is ``1 + log(n)`` times ``log((1 + N) / (1 + df)) + 1`` (Salton and Buckley 1988); the latent
    block is the truncated singular value decomposition of it (Deerwester et al. 1990).
    """

    word_idf: np.ndarray
    ngram_columns: np.ndarray
    ngram_idf: np.ndarray
    latent_columns: np.ndarray
    latent_axes: np.ndarray
    embedding_size: int = 0

    @classmethod
    def learn(cls, counts: tuple[sparse.csr_array, sparse.csr_array]) -> FeatureSpace:
        """Return the space of all words and n-grams that some documents hold."""
        words, ngrams = counts
        word_df = np.bincount(words.indices, minlength=words.shape[1])
        ngram_df = np.bincount(ngrams.indices, minlength=ngrams.shape[1])
        columns = np.flatnonzero(ngram_df).astype(np.int32)
        # A word that no document holds can have no weight.
        word_idf = np.where(word_df > 0, inverse_document_frequency(word_df, words.shape[0]), 0.0)
        empty = np.empty((0, 0), np.float32)
        return cls(
            word_idf,
            columns,
            inverse_document_frequency(ngram_df[columns], words.shape[0]),
            np.empty(0, np.int32),
            empty,
        )

    def with_latent(self, features: Features) -> FeatureSpace:
        """Return the space with a latent block, decomposed from the words and n-grams of documents."""
        matrix = features.sparse
        if len(features) > _LATENT_DOCS:
            rows = np.random.default_rng(0).choice(len(features), _LATENT_DOCS, replace=False)
            matrix = matrix[np.sort(rows)]
        df = np.bincount(matrix.indices, minlength=matrix.shape[1])
        usable = np.flatnonzero(df >= _LATENT_LEAST)
        columns = np.sort(usable[np.argsort(-df[usable], kind="stable")[:_LATENT_TERMS]])
        size = min(_LATENT_SIZE, len(columns) - 1, matrix.shape[0] - 1)
        if size < 1:
            return self
        _, _, axes = randomized_svd(
            _narrow(matrix[:, columns]).astype(np.float32), size, n_iter=3, random_state=0
        )
        return replace(self, latent_columns=columns.astype(np.int32), latent_axes=axes.T.astype(np.float32))

    @property
    def n_sparse(self) -> int:
        """Number of words and n-grams."""
        return len(self.word_idf) + len(self.ngram_columns)

    def features(
        self, counts: tuple[sparse.csr_array, sparse.csr_array], embedding: np.ndarray | None = None
    ) -> Features:
        """Return the features of documents, given their counts and, where the space has one, an embedding."""
        words, ngrams = counts
        at = np.searchsorted(self.ngram_columns, ngrams.indices)
        at = np.minimum(at, max(len(self.ngram_columns) - 1, 0))
        known = (
            self.ngram_columns[at] == ngrams.indices if len(self.ngram_columns) else np.zeros(len(at), bool)
        )
        parts = [
            _unit(words, self.word_idf[words.indices], words.indices, len(self.word_idf)),
            _unit(
                ngrams,
                np.where(known, self.ngram_idf[at], 0.0) if len(self.ngram_idf) else np.zeros(len(at)),
                at,
                len(self.ngram_columns),
            ),
        ]
        joined = _narrow(sparse.csr_array(sparse.hstack(parts, format="csr")))
        joined.eliminate_zeros()
        blocks = [np.empty((words.shape[0], 0))]
        if self.latent_axes.size:
            latent = self._latent(joined)
            blocks.append(_LATENT_WEIGHT * latent / _lengths(latent))
        if embedding is not None and self.embedding_size:
            blocks.append(embedding / _lengths(embedding))
        return Features(joined, len(self.word_idf), np.hstack(blocks))

    def _latent(self, matrix: sparse.csr_array) -> np.ndarray:
        """Return the documents on the axes of the decomposition, row by row alike for any set of rows."""
        place = np.full(self.n_sparse, -1, np.int64)
        place[self.latent_columns] = np.arange(len(self.latent_columns))
        at = place[matrix.indices]
        used = at >= 0
        before = np.concatenate(([0], np.cumsum(used)))
        picked = sparse.csr_array(
            (matrix.data[used], at[used], before[matrix.indptr]),
            shape=(matrix.shape[0], len(self.latent_columns)),
        )
        return np.asarray(picked @ self.latent_axes.astype(np.float64))

    def folded(self, coefficients: np.ndarray, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Return latent weights as weights of words and n-grams, and the length that divides each document.

        Parameters
        ----------
        coefficients : ndarray, shape (d,)
            Weights of the latent block.
        features : Features
            Of the documents.
        """
        weights = np.zeros(self.n_sparse)
        weights[self.latent_columns] = _LATENT_WEIGHT * (self.latent_axes @ coefficients)
        return weights, _lengths(self._latent(features.sparse))[:, 0]


def document_counts(
    corpus: Corpus, texts: pd.Series | None = None
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the counts of words and of n-grams; ``texts`` stand for the corpus's own where given."""
    words = sparse.csr_array(corpus.dtm, dtype=np.float64)
    return words, char_ngrams(corpus.texts if texts is None else texts, NGRAM_SIZES)


def embedded(embedding: Callable[[list[str]], Any], corpus: Corpus, size: int | None = None) -> np.ndarray:
    """Return the vectors that an embedding gives the texts of a corpus, shape (n_docs, d).

    Raises
    ------
    ParameterError
        It returns something else than a finite array of that shape.
    """
    wanted = "形状为 (文档数, 维数) 的有限数组" + (f"，维数 {size}" if size else "")
    try:
        given = np.asarray(embedding(corpus.texts.tolist()), float)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"embedding 处理文本时出错：{error}；它应接受文本列表，返回{wanted}。"
        ) from error
    fits = given.ndim == 2 and len(given) == len(corpus) and (size is None or given.shape[1] == size)
    if not fits or not np.isfinite(given).all():
        raise ParameterError(f"embedding 返回了形状 {given.shape} 的结果；要求：{wanted}。")
    return given


def _unit(counts: sparse.csr_array, idf: np.ndarray, columns: np.ndarray, width: int) -> sparse.csr_array:
    """Return TF-IDF weights at unit length, in given columns."""
    weighted = sparse.csr_array(
        ((1 + np.log(counts.data)) * idf, columns, counts.indptr), shape=(counts.shape[0], max(width, 1))
    )
    weighted.data = weighted.data / _row_norms(weighted, np.ones(len(weighted.data), bool))
    return weighted if width else sparse.csr_array((counts.shape[0], 0))


def _row_norms(matrix: sparse.csr_array, part: np.ndarray) -> np.ndarray:
    """Return, for each stored value, the length of its row over the values in ``part``; 1 for none."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = np.bincount(rows[part], matrix.data[part] ** 2, minlength=matrix.shape[0])
    norms = np.sqrt(squares)
    norms[norms == 0] = 1
    return np.asarray(norms[rows])


def _lengths(block: np.ndarray) -> np.ndarray:
    """Return the Euclidean length of each row as a column; 1 for a row of zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", block, block))[:, None]
    return np.where(lengths > 0, lengths, 1.0)


def _narrow(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a matrix with 32-bit indices: scikit-learn's solvers take no others."""
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix
