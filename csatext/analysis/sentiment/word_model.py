"""The shipped linear models of words: of reviews, of sentences of customers, and which of both a text is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.csv

from csatext.analysis.sentiment.character_runs import Letters, run_key
from csatext.lexicon import lexicon_path
from csatext.text.joined_texts import JoinedTexts
from csatext.text.key_lookup import KeyLookup

__all__ = ["MODELS", "WordModel", "word_model"]

MODELS = ("review", "positive", "neutral", "service")
"""Log-odds that a review is positive; what words add to those that a sentence is positive, and neutral;
log-odds that a text is said to the service and not written as a review."""


@dataclass(frozen=True, eq=False)
class WordModel:
    """Weights of runs of one to three characters for all models.

    Attributes
    ----------
    keys : ndarray of int64, shape (n_runs,)
    weights : ndarray of float64, shape (n_runs, n_models)
    intercepts : ndarray of float64, shape (n_models,)
    """

    keys: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray

    def numbers(self, joined: JoinedTexts, bounds: np.ndarray) -> np.ndarray:
        """Return what the words of each segment say, shape (n_segments, n_models).

        Parameters
        ----------
        joined : JoinedTexts
            The texts.
        bounds : ndarray of int64, shape (n_segments + 1,)
            First character of each segment; the last is one past the end.
        """
        letters = joined.once(Letters)
        columns = [
            letters.log_odds(weights, bounds, intercept)
            for weights, intercept in zip(joined.once(_run_weights, self), self.intercepts, strict=True)
        ]
        return np.column_stack(columns)

    @property
    def _lookup(self) -> KeyLookup:
        made = self.__dict__.get("_made")
        if made is None:
            # A frozen dataclass keeps what is worked out from it beside its fields.
            made = self.__dict__["_made"] = KeyLookup(self.keys)
        return made


def _run_weights(joined: JoinedTexts, model: WordModel) -> np.ndarray:
    """Return the weights of the runs that begin at each character, shape (n_models, n_characters)."""
    found = np.zeros((len(MODELS), len(joined.points)))
    for at, key in joined.once(Letters).runs:
        known, position = model._lookup.found(key)
        here = at[known]
        for sums, weights in zip(found, model.weights.T, strict=True):
            sums[here] += weights.take(position, mode="clip")
    return found


@cache
def word_model() -> WordModel:
    """Return the weights of ``lexicons/sentiment.tsv``; the line without a term has the intercepts.

    Examples
    --------
    >>> import pandas as pd
    >>> joined = JoinedTexts(pd.Series(["很好，非常满意", "太差了", ""]))
    >>> (word_model().numbers(joined, joined.offsets)[:, MODELS.index("review")] > 0).tolist()
    [True, False, False]
    """
    options = pa.csv.ParseOptions(delimiter="\t", quote_char=False)
    types = pa.csv.ConvertOptions(
        column_types={"term": pa.string(), **{name: pa.float64() for name in MODELS}}
    )
    table = pa.csv.read_csv(lexicon_path("sentiment.tsv"), parse_options=options, convert_options=types)
    keys = np.array([run_key(term) for term in table["term"].to_pylist()], np.int64)
    weights = np.column_stack([table[name].to_numpy() for name in MODELS])
    runs = keys > 0
    return WordModel(keys[runs], weights[runs], weights[~runs].sum(axis=0))
