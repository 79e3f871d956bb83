"""Topics that are new, or far more frequent, in the last period: alerts with a promised false-alarm rate."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
from scipy import stats

from csatext.analysis.topic_changes.onset import onset
from csatext.analysis.topics.topic_model import TopicModel, checked_topic_model
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.inference import check_alpha
from csatext.schema import conform
from csatext.schema.analysis import EMERGING_TOPICS
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.phrases.find_phrases import find_phrases

__all__ = ["emerging_topics"]

_LEAST_RATIO = 2.0
"""A topic emerges where its share has doubled at least (chosen)."""
_LEAST_DOCS = 5
_DATES = ["first_seen", "onset", "onset_low", "onset_high"]
_LEAST_PMI = 1.0
"""Bits by which a phrase holds together: less than in texts of all matters, for many of a topic hold it."""
_PHRASE = ["phrase", "phrase_first_seen"]
_FREQUENCIES = ("D", "W", "M", "Q", "Y")


@check_simple_types
def emerging_topics(
    model: TopicModel,
    corpus: Corpus,
    times: pd.Series,
    *,
    freq: str = "W",
    alpha: float = 0.05,
    find_new: bool = False,
) -> pd.DataFrame:
    """Return the topics that emerged in the last period (schema EMERGING_TOPICS).

    Parameters
    ----------
    model : TopicModel
        Fitted, on documents of all the time, or updated with those of the last period. It stays as it is.
    corpus : Corpus
        Documents before and in the last period, counted on the model's terms; with ``find_new`` on any terms.
    times : Series of datetime by doc_id
        Of every document; those without one are left out.
    freq : {"D", "W", "M", "Q", "Y"}, default "W"
        Length of a period; the last one holds the latest time.
    alpha : float, default 0.05
        Probability of one false alarm or more in a call in which no topic emerged.
    find_new : bool, default False
        Also look for topics that the model does not know: a copy is updated with the last period
        (:meth:`csatext.TopicModel.update`). Count the documents afresh for it, by
        ``Vectorizer(phrases="auto").fit_transform(contacts)``, so that words are there which the model has
        never seen.

    Returns
    -------
    DataFrame
        One row a topic that emerged, clearest first. ``since`` is the time of the first document of the last
        period whose main topic it is, ``first_seen`` that of the first one of all; ``is_new`` that the model
        does not know the topic, whose number is one that the model has not given; from the day ``onset`` on
        its share is higher, between ``onset_low`` and ``onset_high`` with 95 % confidence. ``phrase`` came
        with it: the one of :func:`csatext.find_phrases` that most of its documents hold, and none before
        ``onset_low``.

    Raises
    ------
    ParameterError
        ``model`` is no topic model, ``alpha`` no error rate, ``freq`` is not known, or ``times`` no Series.
    NotFittedError
        The model is not fitted.
    SchemaError
        ``times`` lacks documents, or there is no earlier period.

    Notes
    -----
    The documents of a topic in the last period are compared with its share before. The variance of that share
    from period to period, beyond chance, is estimated over all topics and periods together (Pearson's
    statistic over its degrees of freedom, at least 1) and widens a binomial tail; p values are corrected over
    the topics (Holm 1979). Topics must have doubled at least. The onset is the change of a binomial rate by
    maximum likelihood, see :func:`csatext.analysis.topic_changes.onset.onset`.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["退款审核太慢", "快递破损丢失"] * 40 + ["快递破损丢失"] * 40)
    >>> model = ct.TopicModel(2).fit(corpus)
    >>> times = pd.Series(pd.date_range("2026-01-01", periods=120, freq="8h"))
    >>> ct.emerging_topics(model, corpus, times, freq="M")["n_docs"].tolist()
    []
    """
    check_alpha(alpha)
    checked_corpus(corpus)
    if freq not in _FREQUENCIES:
        raise ParameterError.not_allowed("freq", freq, _FREQUENCIES)
    if not isinstance(times, pd.Series):
        raise ParameterError.wrong_type("times", times, "以 doc_id 为索引的 Series")
    missing = int((~corpus.doc_ids.isin(times.index)).sum())
    if missing:
        raise SchemaError.foreign_index("times", missing)
    when = read_times(times.reindex(corpus.doc_ids), "times")
    number = np.full(len(when), -1)
    number[when.notna()] = when.dropna().dt.to_period(freq).astype("int64")
    last = number == number.max(initial=-1)
    if not (~last & when.notna()).any():
        raise SchemaError("最后一期以前没有联络，无法判断哪些主题是新的；请把 freq 改短，或加入更早的联络。")
    known = checked_topic_model(model).topic_ids_
    if find_new:
        # An update replaces what it changes: the model given stays as it is.
        model = copy.copy(model).update(corpus[last])
    main = model.transform(corpus)["topic"]
    dated = (when.notna() & main.notna()).to_numpy()
    back = number[last].max() - number[dated]
    when, main = when[dated], main[dated].astype(int)
    ids = model.topic_ids_
    counts = pd.crosstab(back, main.to_numpy()).reindex(columns=ids, fill_value=0)
    now, before = (
        counts.loc[0].to_numpy() if 0 in counts.index else np.zeros(len(ids), int),
        counts.drop(0, errors="ignore"),
    )
    n_now, n_before = now.sum(), before.to_numpy().sum()
    # Half a document more, so that a topic never seen before has a share.
    rate = (before.sum(axis=0).to_numpy() + 0.5) / (n_before + 1)
    p = _tail(now, n_now, rate, n_before, _dispersion(before.to_numpy(), rate))
    adjusted = _holm(p)
    ratio = now / max(n_now, 1) / rate
    chosen = np.flatnonzero((adjusted < alpha) & (ratio >= _LEAST_RATIO) & (now >= _LEAST_DOCS))
    chosen = chosen[np.lexsort((ids[chosen], p[chosen]))]
    latest = when[back == 0]
    frame = pd.DataFrame(
        {
            "topic": ids[chosen],
            "label": model.names()[chosen],
            "n_docs": now[chosen],
            "share": now[chosen] / max(n_now, 1),
            "share_before": before.sum(axis=0).to_numpy()[chosen] / max(n_before, 1),
            "ratio": ratio[chosen],
            "p": p[chosen],
            "p_adjusted": adjusted[chosen],
            "is_new": ~np.isin(ids[chosen], known),
            "since": [latest[(main[back == 0] == topic).to_numpy()].min() for topic in ids[chosen]],
        }
    )
    # Documents without a date or a topic are left out, in which positions ``when`` and ``main`` count.
    kept = corpus[np.flatnonzero(dated)]
    dates = [_dates(when, (main == topic).to_numpy()) for topic in ids[chosen]]
    frame[_DATES] = pd.DataFrame(dates, columns=_DATES, index=frame.index)
    phrases = [
        _new_phrase(kept[np.flatnonzero(main == topic)], when, low)
        for topic, low in zip(ids[chosen], frame["onset_low"], strict=True)
    ]
    frame[_PHRASE] = pd.DataFrame(phrases, columns=_PHRASE, index=frame.index)
    for name in ("since", *_DATES, "phrase_first_seen"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return conform(frame, EMERGING_TOPICS)


def _dates(when: pd.Series, hit: np.ndarray) -> list[pd.Timestamp]:
    """Return the time of the first document, and the onset with its interval, of the documents of a topic."""
    day = when.dt.normalize()
    first = day.min()
    at = onset((day - first).dt.days.to_numpy(), hit)
    return [when[hit].min(), *(first + pd.Timedelta(days=days) for days in at)]


def _new_phrase(corpus: Corpus, when: pd.Series, low: pd.Timestamp) -> tuple[str | None, pd.Timestamp]:
    """Return the phrase of most documents of those that first stood there on a day or later, and when."""
    found = find_phrases(corpus, min_pmi=_LEAST_PMI, times=when)
    new = found[found["first_seen"] >= low].sort_values("n_docs", ascending=False, kind="stable")
    if new.empty:
        return None, pd.NaT
    return new["term"].iloc[0], new["first_seen"].iloc[0]


def _dispersion(counts: np.ndarray, rate: np.ndarray) -> float:
    """Return Pearson's statistic of counts by period and topic over its degrees of freedom, at least 1."""
    totals = counts.sum(axis=1, keepdims=True)
    expected = totals * rate
    usable = expected >= 1
    if len(counts) < 2 or not usable.any():
        return 1.0
    pearson = ((counts - expected) ** 2 / np.maximum(expected * (1 - rate), 1e-12))[usable].sum()
    return max(float(pearson / max(usable.sum() - usable.any(axis=0).sum(), 1)), 1.0)


def _tail(now: np.ndarray, n_now: int, rate: np.ndarray, n_before: int, dispersion: float) -> np.ndarray:
    """Return the probability of as many documents of each topic or more (beta-binomial tail).

    The beta distribution has the mean ``rate`` and the weight of the documents before; overdispersion makes
    both samples smaller.
    """
    smaller, size = np.floor(now / dispersion).astype(int), max(int(n_now / dispersion), 1)
    weight = n_before / dispersion
    return np.asarray(stats.betabinom.sf(smaller - 1, size, rate * weight + 0.5, (1 - rate) * weight + 0.5))


def _holm(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order]), 1.0)
    return adjusted
