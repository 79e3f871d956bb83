"""Satisfaction of the customer with a dialogue: signals with plain weights, or learnt from ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg, sparse
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.classification.features import NGRAM_SIZES, FeatureSpace
from csatext.analysis.conversations.satisfaction_signals import SIGNALS, satisfaction_signals, sides
from csatext.analysis.conversations.talk import Talk, talk_of
from csatext.analysis.conversations.talk_cues import find_cues
from csatext.analysis.sentiment.score import Sentiment
from csatext.errors import ParameterError, SchemaError
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.feelings import SATISFACTION, SATISFACTION_SIGNALS
from csatext.text.char_ngrams import char_ngrams
from csatext.text.vectorization import Vectorizer

__all__ = ["SatisfactionModel", "predicted"]

_INTERCEPT = 0.7
_WEIGHTS = {
    "score_first": 0.1,
    "score_last": 0.2,
    "score_after_reply": 0.4,
    "thanks": 0.6,
    "solved": 0.3,
    "consents": 0.2,
    "complains": -0.2,
    "asks_at_end": -0.15,
    "denies_at_end": -0.1,
    "agent_apologises": -0.2,
    "has_reply": 0.2,
    "customer_last": -0.1,
    "log_turns": 0.1,
    "log_length": -0.2,
}
"""Coefficients of a ridge regression on the 1,850 dialogues, rounded to plain numbers; that of a reply is
chosen: nearly all of them have one."""
_SIGNAL_WEIGHT = 0.2
"""Length of a signal of one standard deviation beside a block of words, whose length is 1 (measured: .1 to .4
give the same correlation within .003)."""
_PENALTIES = 2.0 ** np.arange(0, 13)
_LEARNT_FROM = 3000
"""Dialogues of which the penalty and the weights are worked out exactly; of more, a random part chooses the
penalty and conjugate gradients find the weights."""
_LEAST = 10


class SatisfactionModel(EstimatorCard, TransformerMixin, BaseEstimator):
    """Predict how satisfied a customer is with a dialogue, from what both sides say.

    Ready without training: signals such as thanks after a reply, a question left open, the score of the last
    words, with plain weights. :meth:`fit` learns from ratings of dialogues (surveys, annotators).

    Parameters
    ----------
    sentiment : Sentiment or None
        Scores the turns; None is ``Sentiment()``.

    Attributes
    ----------
    n_dialogues_ : int
        Dialogues learnt from.
    penalty_ : float
        Weight of the ridge penalty, chosen by leave-one-out errors.
    correlation_ : float
        Spearman's correlation of the leave-one-out predictions with the ratings; what to expect of new
        dialogues of the same centre.
    scale_ : tuple of float
        Least and greatest rating, between which predictions lie.

    Notes
    -----
    Without training, a prediction lies in [-2, 2], the scale of the annotators of Sakai et al. (see below):
    0.7 plus the sum of signals (:meth:`signals`) times the weights .1 score of the customer's first turn, .2
    of the last, .4 mean after the first reply, .6 thanks, .3 solved, .2 consents, -.2 complains, -.15 asks at
    the end, -.1 denies at the end, -.2 the agent apologises, .2 a reply came, -.1 the customer speaks last,
    .1 log turns, -.2 log characters of the customer. They are coefficients of a ridge regression on 1,850
    dialogues of public help desks with the mean of 19 votes each, rounded once; that of a reply is chosen,
    because nearly all have one. A dialogue in which the customer says nothing has no prediction.

    ``fit`` is ridge regression (Hoerl and Kennard 1970) on words and characters by TF-IDF of six parts of the
    dialogue (the customer, the customer's first and last passage, the customer after the first reply, the
    service side, its last passage), beside the signals. It learns what the plain weights leave over, so that
    few ratings cost nothing: the penalty, chosen by leave-one-out errors, is high then.

    References
    ----------
    Zeng, Luo, Shang, Li and Sakai (2018), "Towards automatic evaluation of customer-helpdesk dialogues",
    Journal of Information Processing 26, 768-778.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": ["1", "1", "1", "2", "2", "2"], "turn_id": [0, 1, 2] * 2,
    ...     "role": ["customer", "agent", "customer"] * 2,
    ...     "text": ["退款没到", "已经为您处理", "收到了，谢谢", "退款没到", "请稍等", "骗子，要等多久？"]})
    >>> predicted = SatisfactionModel().predict(turns)
    >>> bool(predicted[0] > predicted[1])
    True
    >>> SatisfactionModel().signals(turns)["thanks"].tolist()
    [1.0, 0.0]
    >>> many = pd.concat([turns.assign(doc_id=turns["doc_id"] + str(n)) for n in range(5)])
    >>> model = SatisfactionModel().fit(many, [5, 1] * 5)
    >>> model.transform(turns)["predicted_satisfaction"].round().tolist()
    [5.0, 1.0]
    """

    def __init__(self, *, sentiment: Sentiment | None = None) -> None:
        self.sentiment = sentiment

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, turns: pd.DataFrame, y: Any) -> SatisfactionModel:
        """Learn from ratings.

        Parameters
        ----------
        turns : DataFrame
            Schema TURNS; dialogues that have no rating are not learnt from.
        y : Series by doc_id, or sequence of float
            A rating each, on any scale, the greater the better; a sequence is in the order in which the
            dialogues first appear.

        Returns
        -------
        SatisfactionModel
            The same object.

        Raises
        ------
        ParameterError
            ``turns`` is no DataFrame, or ``y`` holds no numbers, all the same one, or fewer than ten.
        SchemaError
            A column is missing, or there are not as many ratings as dialogues.
        """
        talk = talk_of(turns, self.sentiment)
        ratings = _ratings(talk, y)
        rated = np.flatnonzero(~np.isnan(ratings))
        known = ratings[rated]
        if len(known) < _LEAST or np.ptp(known) == 0:
            raise ParameterError(
                f"参数 y 有 {len(known)} 个评分，其中 {len(np.unique(known))} 种取值；"
                f"至少要 {_LEAST} 个，且不能都一样。"
            )
        self.vectorizer_ = Vectorizer(stop_words=None, min_df=2)
        signals = _signals(talk).to_numpy()
        plain = signals @ np.array([_WEIGHTS[name] for name in SIGNALS])
        self.mean_, self.deviation_ = signals[rated].mean(axis=0), signals[rated].std(axis=0)
        self.slope_ = _slope(plain[rated], known)
        rest = known - self.slope_ * plain[rated]
        self.intercept_ = float(rest.mean())
        rest = rest - self.intercept_
        counts = _counts(talk, self.vectorizer_, learn=True)
        self.spaces_ = [
            FeatureSpace.learn((words[rated], ngrams[rated])) for words, ngrams in _by_part(talk, counts)
        ]
        matrix = _matrix(self, talk, counts, signals)[rated]
        self.penalty_, fitted = _chosen_penalty(matrix, rest)
        self.weights_ = _ridge(matrix, rest, self.penalty_)
        at, residual = fitted
        expected = known[at] - residual
        self.correlation_ = float(pd.Series(expected).corr(pd.Series(known[at]), method="spearman"))
        self.n_dialogues_ = len(rated)
        self.scale_ = (float(known.min()), float(known.max()))
        return self

    def predict(self, turns: pd.DataFrame) -> np.ndarray:
        """Return the satisfaction of each dialogue, in the order in which they first appear.

        Parameters
        ----------
        turns : DataFrame
            Schema TURNS, rows in any order.

        Returns
        -------
        ndarray of float, shape (n_dialogues,)
            In [-2, 2], or on the scale of the ratings that were learnt from; NaN where the customer says
            nothing.

        Raises
        ------
        ParameterError, SchemaError
            ``turns`` is no DataFrame, or has no such columns.
        """
        return predicted(self, talk_of(turns, self.sentiment))

    def transform(self, turns: pd.DataFrame) -> pd.DataFrame:
        """Return the satisfaction of each dialogue as a column for :func:`csatext.build_facts`.

        Parameters
        ----------
        turns : DataFrame
            As for :meth:`predict`.

        Returns
        -------
        DataFrame
            Column ``predicted_satisfaction``, indexed by doc_id (schema SATISFACTION).

        Raises
        ------
        ParameterError, SchemaError
            As :meth:`predict`.
        """
        talk = talk_of(turns, self.sentiment)
        frame = pd.DataFrame({"predicted_satisfaction": predicted(self, talk)}, index=talk.documents)
        return conform(frame, SATISFACTION)

    def signals(self, turns: pd.DataFrame) -> pd.DataFrame:
        """Return the signals of each dialogue: why a prediction is what it is.

        Parameters
        ----------
        turns : DataFrame
            As for :meth:`predict`.

        Returns
        -------
        DataFrame
            One row a dialogue, indexed by doc_id (schema SATISFACTION_SIGNALS).

        Raises
        ------
        ParameterError, SchemaError
            As :meth:`predict`.
        """
        return conform(_signals(talk_of(turns, self.sentiment)), SATISFACTION_SIGNALS)


def predicted(model: SatisfactionModel, talk: Talk, cues: np.ndarray | None = None) -> np.ndarray:
    """Return the satisfaction of each dialogue of a talk.

    Parameters
    ----------
    model : SatisfactionModel
        Fitted or not.
    talk : Talk
        The turns with their scores.
    cues : ndarray of bool, optional
        Those of the turns (:func:`csatext.analysis.conversations.talk_cues.find_cues`) where they are known.

    Returns
    -------
    ndarray of float, shape (n_dialogues,)
        NaN where the customer says nothing.
    """
    signals = _signals(talk, cues).to_numpy()
    plain = signals @ np.array([_WEIGHTS[name] for name in SIGNALS])
    if hasattr(model, "weights_"):
        learnt = _matrix(model, talk, _counts(talk, model.vectorizer_), signals) @ model.weights_
        found = np.clip(model.intercept_ + model.slope_ * plain + learnt, *model.scale_)
    else:
        found = np.clip(_INTERCEPT + plain, -2, 2)
    heard = np.bincount(talk.row[talk.customer & talk.said], minlength=len(talk)) > 0
    return np.where(heard, found, np.nan)


def _signals(talk: Talk, cues: np.ndarray | None = None) -> pd.DataFrame:
    return satisfaction_signals(talk, find_cues(talk.prepared) if cues is None else cues)


def _matrix(
    model: SatisfactionModel,
    talk: Talk,
    counts: tuple[sparse.csr_array, sparse.csr_array],
    signals: np.ndarray,
) -> sparse.csr_array:
    """Return the features of all dialogues: words and characters part by part, then the signals."""
    parts = [
        space.features(given).matrix(1.0)
        for space, given in zip(model.spaces_, _by_part(talk, counts), strict=True)
    ]
    scaled = (signals - model.mean_) / np.where(model.deviation_ > 0, model.deviation_, np.inf)
    parts.append(sparse.csr_array(_SIGNAL_WEIGHT * scaled))
    return sparse.csr_array(sparse.hstack(parts, format="csr"))


def _ratings(talk: Talk, y: Any) -> np.ndarray:
    """Return the rating of each dialogue, NaN where there is none."""
    if isinstance(y, pd.Series):
        given = y.set_axis(y.index.astype("str"))
        if given.index.has_duplicates:
            raise SchemaError.duplicate_key("y", ["doc_id"], int(given.index.duplicated().sum()))
        y = given.reindex(talk.documents)
    elif isinstance(y, str) or not isinstance(y, (Sequence, np.ndarray)):
        raise ParameterError.wrong_type("y", y, "以 doc_id 为索引的评分，或与对话一样多的评分列表")
    elif len(y) != len(talk):
        raise SchemaError(f"y 有 {len(y)} 个评分，turns 有 {len(talk)} 个对话；两者必须一样多。")
    ratings = pd.to_numeric(pd.Series(np.asarray(y, dtype=object)), errors="coerce").to_numpy(np.float64)
    return np.where(np.isfinite(ratings), ratings, np.nan)


def _slope(plain: np.ndarray, ratings: np.ndarray) -> float:
    """Return the least-squares slope of ratings on the plain sum, not below 0."""
    spread = plain - plain.mean()
    total = float(spread @ spread)
    return max(float(spread @ ratings) / total, 0.0) if total > 0 else 0.0


def _counts(
    talk: Talk, vectorizer: Vectorizer, *, learn: bool = False
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the counts of words and of character n-grams of each turn."""
    texts = talk.texts.reset_index(drop=True)
    corpus = vectorizer.fit_transform(texts) if learn else vectorizer.transform(texts)
    return sparse.csr_array(corpus.dtm, dtype=np.float64), char_ngrams(corpus.texts, NGRAM_SIZES)


def _by_part(
    talk: Talk, counts: tuple[sparse.csr_array, sparse.csr_array]
) -> list[tuple[sparse.csr_array, sparse.csr_array]]:
    """Return the counts of each part of each dialogue."""
    summed = []
    for mask in sides(talk).values():
        at = np.flatnonzero(mask)
        place = (talk.row[at], at)
        chosen = sparse.csr_array((np.ones(len(at)), place), shape=(len(talk), len(talk.row)))
        summed.append(tuple(sparse.csr_array(chosen @ one) for one in counts))
    return [(words, ngrams) for words, ngrams in summed]


def _chosen_penalty(matrix: sparse.csr_array, y: np.ndarray) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    """Return the penalty of least leave-one-out error, with the rows looked at and their errors.

    With ``K = X X'`` the error of the prediction for ``i`` without ``i`` is ``a_i / C_ii``, where
    ``C = (K + penalty I)^-1`` and ``a = C y`` (Golub, Heath and Wahba 1979).
    """
    at = np.arange(len(y))
    if len(y) > _LEARNT_FROM:
        at = np.sort(np.random.default_rng(0).choice(len(y), _LEARNT_FROM, replace=False))
    kernel = (matrix[at] @ matrix[at].T).toarray()
    values, vectors = linalg.eigh(kernel)
    turned = vectors.T @ y[at]
    errors = []
    for penalty in _PENALTIES:
        inverse = 1 / (np.maximum(values, 0) + penalty)
        errors.append((vectors @ (inverse * turned)) / (vectors**2 @ inverse))
    best = int(np.argmin([float(error @ error) for error in errors]))
    return float(_PENALTIES[best]), (at, errors[best])


def _ridge(matrix: sparse.csr_array, y: np.ndarray, penalty: float) -> np.ndarray:
    if len(y) <= _LEARNT_FROM:
        kernel = (matrix @ matrix.T).toarray()
        kernel[np.diag_indices_from(kernel)] += penalty
        return np.asarray(matrix.T @ linalg.solve(kernel, y, assume_a="pos"))
    found: np.ndarray = sparse.linalg.lsqr(matrix, y, damp=np.sqrt(penalty), iter_lim=300)[0]
    return found
