"""Why a document has its category: the words whose characters weigh most, with offsets into the text."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.analysis.classification.features import NGRAM_SIZES, Features, FeatureSpace
from csatext.analysis.classification.linear_scores import LinearScores
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.taxonomy import Taxonomy
from csatext.text.char_ngrams import ngram_places
from csatext.text.corpus import Corpus

__all__ = ["heavy_words", "with_rule_hits"]

_NOTHING = 1e-9
"""Weight that rounding leaves."""


def heavy_words(
    corpus: Corpus,
    features: Features,
    space: FeatureSpace,
    linear: LinearScores,
    given: np.ndarray,
    classes: np.ndarray,
    n: int,
) -> pd.DataFrame:
    """Return the words that raise the score of a document's categories most.

    The weight of a word or n-gram is spread over its characters, and a token has that of its characters:
    what a document says is shown in its own words, whichever feature knew them.

    Parameters
    ----------
    corpus, features
        The documents.
    space : FeatureSpace
    linear : LinearScores
    given : ndarray of bool, shape (n_docs, n_classes)
        Categories to be explained.
    classes : ndarray, shape (n_classes,)
    n : int
        Most words a document and category.
    """
    places = _Places(corpus, space)
    frames = []
    for column in np.flatnonzero(given.any(axis=0)):
        rows = np.flatnonzero(given[:, column])
        share = _shares(features, space, linear, int(column))
        frames.append(places.heaviest(share, rows, n).assign(complaint=classes.tolist()[column]))
    found = pd.concat(frames, ignore_index=True) if frames else _NO_WORDS
    at = found["row"].to_numpy(np.int64)
    starts, ends = corpus.source_spans(at, found["start"].to_numpy(), found["end"].to_numpy())
    table = found.assign(doc_id=corpus.doc_ids[at], source="model", start=starts, end=ends)
    order = np.lexsort((-table["weight"].to_numpy(), table["complaint"].astype(str), at))
    return table.iloc[order].reset_index(drop=True)


_NO_WORDS = pd.DataFrame(
    {
        "row": pd.Series(dtype="int64"),
        "term": pd.Series(dtype="str"),
        "start": pd.Series(dtype="int64"),
        "end": pd.Series(dtype="int64"),
        "weight": pd.Series(dtype="float64"),
        "complaint": pd.Series(dtype=object),
    }
)


def with_rule_hits(corpus: Corpus, words: pd.DataFrame, taxonomy: Taxonomy | None) -> pd.DataFrame:
    """Return the words of the model and, after them, the hits of a taxonomy's rules."""
    if taxonomy is None:
        return words
    hits = RuleClassifier(taxonomy).matches(corpus)
    hits = hits.assign(complaint=hits["category"], source="rule", weight=np.nan)
    return pd.concat([words, hits[[*_EVIDENCE]]], ignore_index=True) if len(hits) else words


_EVIDENCE = ("doc_id", "complaint", "source", "term", "start", "end", "weight")


class _Places:
    """Where the features of documents stand in their texts."""

    def __init__(self, corpus: Corpus, space: FeatureSpace) -> None:
        table = corpus.token_table
        self._vocabulary = table.vocabulary
        self._codes = table.codes
        self._spoken = np.array([any(map(str.isalnum, token)) for token in table.vocabulary.tolist()], bool)
        self._token_rows = np.repeat(np.arange(len(corpus)), np.diff(table.offsets))
        lengths = np.array([len(token) for token in table.vocabulary.tolist()], np.int64)[table.codes]
        ends = np.cumsum(lengths)
        # Tokens cover a text without a gap: characters of all texts are numbered on.
        self._token_starts, self._token_lengths = ends - lengths, lengths
        n_each = np.bincount(self._token_rows, lengths, minlength=len(corpus)).astype(np.int64)
        self._text_starts = np.cumsum(n_each) - n_each
        self._n_characters = int(n_each.sum())
        term_of = pd.Index(corpus.terms, dtype=object).get_indexer(pd.Index(table.vocabulary, dtype=object))
        column = term_of[table.codes] if len(table.codes) else np.empty(0, np.int64)
        known = column >= 0
        rows, starts = [self._token_rows[known]], [self._token_starts[known]]
        sizes, columns = [lengths[known]], [column[known]]
        for size, place in enumerate(ngram_places(corpus.texts, NGRAM_SIZES), NGRAM_SIZES[0]):
            at = np.minimum(
                np.searchsorted(space.ngram_columns, place.columns), max(len(space.ngram_columns) - 1, 0)
            )
            fits = space.ngram_columns[at] == place.columns if len(space.ngram_columns) else at.astype(bool)
            rows.append(place.rows[fits])
            starts.append(self._text_starts[place.rows[fits]] + place.starts[fits])
            sizes.append(np.full(int(fits.sum()), size))
            columns.append(len(space.word_idf) + at[fits])
        self._rows, self._starts = np.concatenate(rows), np.concatenate(starts)
        self._sizes, self._columns = np.concatenate(sizes), np.concatenate(columns)

    def heaviest(self, share: sparse.csr_array, rows: np.ndarray, n: int) -> pd.DataFrame:
        """Return the heaviest tokens of documents.

        Parameters
        ----------
        share : csr_array, shape (n_docs, n_words + n_ngrams)
            What each feature adds to the score of a document.
        rows : ndarray of int
            Documents to be explained.
        n : int
            Most tokens a document.
        """
        width = share.shape[1]
        held = np.repeat(np.arange(share.shape[0]), np.diff(share.indptr)) * width + share.indices
        order = np.argsort(held)
        keys = self._rows * width + self._columns
        at = np.minimum(np.searchsorted(held[order], keys), max(len(held) - 1, 0))
        known = held[order][at] == keys if len(held) else np.zeros(len(keys), bool)
        at = order[at[known]]
        each = share.data[at] / np.bincount(at, minlength=len(held))[at] / self._sizes[known]
        change = np.zeros(self._n_characters + 1)
        np.add.at(change, self._starts[known], each)
        np.add.at(change, self._starts[known] + self._sizes[known], -each)
        before = np.concatenate(([0.0], np.cumsum(np.cumsum(change))))
        weight = before[self._token_starts + self._token_lengths] - before[self._token_starts]
        wanted = np.isin(self._token_rows, rows) & (weight > _NOTHING) & self._spoken[self._codes]
        tokens = np.flatnonzero(wanted)
        tokens = tokens[np.lexsort((-weight[tokens], self._token_rows[tokens]))]
        of_row = self._token_rows[tokens]
        first = np.searchsorted(of_row, of_row)
        tokens = tokens[np.arange(len(tokens)) - first < n]
        starts = self._token_starts[tokens] - self._text_starts[self._token_rows[tokens]]
        return pd.DataFrame(
            {
                "row": self._token_rows[tokens],
                "term": self._vocabulary[self._codes[tokens]],
                "start": starts,
                "end": starts + self._token_lengths[tokens],
                "weight": weight[tokens],
            }
        )


def _shares(features: Features, space: FeatureSpace, linear: LinearScores, column: int) -> sparse.csr_array:
    """Return what each word and n-gram adds to the score of a category, by itself and by the latent block."""
    share = features.sparse.copy()
    weights = linear.weights[column][share.indices]
    n_latent = space.latent_axes.shape[1]
    if n_latent:
        folded, lengths = space.folded(linear.dense_weights[column, :n_latent], features)
        of_row = np.repeat(np.arange(len(features)), np.diff(share.indptr))
        weights = weights + folded[share.indices] / lengths[of_row]
    share.data = share.data * weights
    return share
