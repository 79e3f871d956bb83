"""SnowNLP's sentiment, as fast as a table needs it: its probabilities, for comparison."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.sentiment.character_tagging import snownlp_words
from csatext.analysis.sentiment.package_counts import word_tables
from csatext.argument_types import check_simple_parameters
from csatext.errors import ParameterError
from csatext.notebook_cards import EstimatorCard
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.feelings import SENTIMENT, SENTIMENT_EVIDENCE
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = ["SnowNLPSentiment"]

_CHUNK = 50_000
"""Characters of a chunk: the log-probabilities of one take 64 numbers a character, with what they are made of
about 100 MB."""
_NOTHING = (*[np.empty(0, np.int64)] * 3, np.empty(0))


class SnowNLPSentiment(EstimatorCard, TransformerMixin, BaseEstimator):
    """Score sentiment as the package snownlp does, for comparison with :class:`csatext.Sentiment`.

    Parameters
    ----------
    neutral : float, default 0.0
        Scores nearer to 0 than this are neutral; SnowNLP itself has no neutral, its users cut at p = .5.
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Notes
    -----
    ``sentiment = 2 p - 1`` with ``p`` the probability that ``SnowNLP(text).sentiments`` gives for the
    prepared text (``corpus.texts``), to 1e-6: its character model segments the text, its stop words are
    dropped, and its naive Bayes classifier, trained on reviews, scores the words. The computation is
    vectorised over texts, about eighty times as fast.

    ``confidence`` is the probability of the polarity, ``max(p, 1 - p)``, of a neutral one ``1 - |2 p - 1|``.
    Naive Bayes takes words for independent and is therefore far too sure. A text without any character
    but blanks is neutral with confidence 0; SnowNLP fails there.

    The two models are files in Python's ``marshal`` format inside the installed package, which loads them
    when it is imported. csatext reads no such file, since unmarshalling what others wrote can do harm: it
    imports the package, whose code is trusted by being installed, and reads the counts that the package holds
    in memory, once a process. A model that ``snownlp.sentiment.load`` or ``train`` has put there before the
    first use counts.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["东西很好，非常满意", "太差了，再也不来", ""])
    >>> ct.SnowNLPSentiment().transform(corpus)["polarity"].tolist()
    ['positive', 'negative', 'neutral']
    >>> ct.SnowNLPSentiment().evidence(corpus[[0]])["weight"].iloc[0] > 0
    np.True_
    """

    def __init__(self, *, neutral: float = 0.0, verbose: bool = True) -> None:
        self.neutral = neutral
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None) -> SnowNLPSentiment:
        """Do nothing: the model is trained already.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        SnowNLPSentiment
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
        probability = np.empty(len(corpus))
        empty = np.empty(len(corpus), bool)
        with counted("情感", len(corpus), verbose=self.verbose) as count:
            for joined in joined_chunks(corpus.texts, _CHUNK):
                rows = slice(joined.first_row, joined.first_row + len(joined))
                probability[rows], empty[rows] = _probabilities(joined)
                count.add(len(joined))
        score = np.where(empty, 0.0, 2 * probability - 1)
        near = (np.abs(score) < self.neutral) | (score == 0)
        polarity = np.where(near, "neutral", np.where(score > 0, "positive", "negative"))
        confidence = np.where(near, 1 - np.abs(score), (1 + np.abs(score)) / 2)
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
        """Return the words each score rests on, those that weigh most first (schema SENTIMENT_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a word that is no stop word, in the order of the documents; the weight is what it adds to
            the log-odds of positive, so that a word which the classifier does not know has one as well.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        texts = corpus.texts
        parts = []
        for joined in joined_chunks(texts, _CHUNK):
            found = _words(joined)
            origin = joined.offsets[found.row]
            row = joined.first_row + found.row
            parts.append((row, found.starts - origin, found.ends - origin, found.log_odds))
        row, start, end, weight = (
            (np.concatenate(part) for part in zip(*parts, strict=True)) if parts else _NOTHING
        )
        order = np.lexsort((start, -np.abs(weight), row))
        order = order[weight[order] != 0]
        row, start, end, weight = row[order], start[order], end[order], weight[order]
        values = texts.to_numpy(object)
        source_start, source_end = corpus.source_spans(row, start, end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "term": [values[r][s:e] for r, s, e in zip(row, start, end, strict=True)],
                "start": source_start,
                "end": source_end,
                "weight": weight,
            }
        )
        return conform(frame, SENTIMENT_EVIDENCE)


class _Words(NamedTuple):
    """Words of joined texts: row, span in the joined text, and what each adds to the log-odds."""

    row: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    log_odds: np.ndarray


def _words(joined: JoinedTexts) -> _Words:
    tables = word_tables()
    starts, ends = snownlp_words(joined)
    words = _pieces(joined, starts, ends).dictionary_encode()
    known = tables.words.get_indexer(pd.Index(words.dictionary.to_pylist(), dtype=object))
    log_odds = tables.log_odds[known][words.indices.to_numpy()]
    return _Words(joined.rows_of(starts), starts, ends, log_odds)


def _probabilities(joined: JoinedTexts) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability that each text is positive, and whether it has nothing but blanks."""
    words = _words(joined)
    total = np.bincount(words.row, words.log_odds, minlength=len(joined))
    return expit(total + word_tables().prior), np.bincount(words.row, minlength=len(joined)) == 0


def _pieces(joined: JoinedTexts, starts: np.ndarray, ends: np.ndarray) -> pa.StringArray:
    """Return the spans of joined texts as strings."""
    width = 1 + (joined.points > 0x7F) + (joined.points > 0x7FF) + (joined.points > 0xFFFF)
    byte = np.concatenate(([0], np.cumsum(width))).astype(np.int32)
    # Words and what stands between them follow each other without a gap; every other piece is a word.
    bounds = np.append(np.stack((byte[starts], byte[ends]), axis=1).ravel(), byte[-1]).astype(np.int32)
    pieces = pa.StringArray.from_buffers(
        len(bounds) - 1, pa.py_buffer(bounds.tobytes()), pa.py_buffer(joined.text.encode())
    )
    return pieces.take(pa.array(np.arange(len(starts)) * 2))
