"""Service signals of a contact: anger, urgency, effort, threats, praise, danger, and their words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.chunk_pass import ChunkPass, run_passes
from csatext.analysis.signals.signal_hits import SignalHits, all_signals, chunk_signals, find_signals
from csatext.analysis.signals.signal_patterns import SIGNALS
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.feelings import SERVICE_SIGNALS, SIGNAL_EVIDENCE
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import span_texts

__all__ = ["ServiceSignals", "signal_pass"]

_NAMES = np.array([signal.name for signal in SIGNALS], object)
_RISK = np.array([signal.risk for signal in SIGNALS])


class ServiceSignals(EstimatorCard, TransformerMixin, BaseEstimator):
    """Find what a service must notice in a contact: feelings, urgency, effort, threats, danger, praise.

    Signals are anger, anxiety, disappointment, urgency, effort (打了三次电话, 等了两个小时), escalation
    (12315, 曝光, 起诉, 媒体), churn (销户, 转网, 以后再也不买了), praise, suggestion, safety and legal. Ready
    without training.

    Parameters
    ----------
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Notes
    -----
    Words and patterns are data: ``lexicons/service_signals.tsv``, with a severity from 1 (mild, or said in
    passing) to 3 (rage, authorities, danger to life). A hit counts where the contact means it:

    - feelings, effort, praise and danger must be asserted by their clause: what is denied, asked, wished,
      supposed or reported of others does not count (没有生气, 会漏电吗, 听说会爆炸).
    - Threats (escalation, churn, legal) count after a condition as well, since a threat has its form:
      再不解决我就投诉到12315, 如果不处理就销户, 如果再拖我会起诉. They do not count where they are denied,
      asked (怎么销户, 可以投诉到12315吗), reported of others, or supposed themselves (如果销户要什么材料).
      To ask for the end of a contract (我要销户, 帮我退订) is churn, calm or not; to ask how is not. A
      regulator or medium that is named as what the customer turns to is escalation, done or announced.
    - Urgency and suggestions are made by wishes and questions (能不能快点, 希望增加夜间班车); they do not
      count where they are denied or what others said (客服说尽快处理).
    - Legal is law as an argument or a threat: 起诉 is escalation as well, 违反合同 is legal alone. Safety is
      danger to life, health, home, money and personal data.

    Thanks as courtesy (谢谢, 谢谢，不用了) are no praise.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["打了三次电话没人管，再不解决我就投诉到12315", "请问怎么销户"]
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> result = ct.ServiceSignals().transform(corpus)
    >>> result["signals"].tolist()
    ['effort、escalation', '']
    >>> result[["signal_escalation", "severity_escalation", "risk_severity"]].values.tolist()
    [[True, 3, 3], [False, 0, 0]]
    """

    def __init__(self, *, verbose: bool = True) -> None:
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None) -> ServiceSignals:
        """Do nothing: the patterns are there already.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        ServiceSignals
            The same object.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the signals of each contact.

        Parameters
        ----------
        corpus : Corpus
            The contacts.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema SERVICE_SIGNALS): the names of its signals, the
            gravest severity of those that are risks (all but praise and suggestion), and a flag and a
            severity for each signal. The gravest is called ``risk_severity``, because ``severity`` is that
            of the complaint categories, and facts hold both.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        return run_passes(corpus, [signal_pass(corpus)], verbose=self.verbose)[0]

    def evidence(self, corpus: Corpus) -> pd.DataFrame:
        """Return the words that each signal rests on (schema SIGNAL_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            Give the contacts to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a hit, in the order of the documents and their texts; a hit within a longer one of the
            same signal is left out.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["我要去法院起诉"])
        >>> ct.ServiceSignals().evidence(corpus)[["signal", "term", "severity"]].values.tolist()
        [['escalation', '去法院起诉', 3], ['legal', '去法院起诉', 3]]
        """
        checked_corpus(corpus)
        hits = find_signals(corpus.texts).outermost()
        hits = hits.take(np.lexsort((hits.signal, hits.end, hits.start, hits.row)))
        start, end = corpus.source_spans(hits.row, hits.start, hits.end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[hits.row],
                "signal": _NAMES[hits.signal],
                "term": span_texts(corpus.texts, hits.row, hits.start, hits.end),
                "start": start,
                "end": end,
                "severity": hits.severity,
            }
        )
        return conform(frame, SIGNAL_EVIDENCE)


def signal_pass(corpus: Corpus) -> ChunkPass:
    """Return what :meth:`ServiceSignals.transform` does, chunk by chunk.

    Raises
    ------
    ParameterError
        ``corpus`` is no Corpus.
    """
    checked_corpus(corpus)
    return ChunkPass(chunk_signals, lambda parts: _table(corpus, all_signals(parts)))


def _table(corpus: Corpus, hits: SignalHits) -> pd.DataFrame:
    severity = np.zeros((len(corpus), len(SIGNALS)), np.int64)
    np.maximum.at(severity, (hits.row, hits.signal), hits.severity)
    found = severity > 0
    frame = pd.DataFrame(index=corpus.doc_ids)
    frame["signals"] = _joined_names(found)
    frame["risk_severity"] = severity[:, _RISK].max(axis=1, initial=0)
    for at, name in enumerate(_NAMES):
        frame[f"signal_{name}"] = found[:, at]
    for at, name in enumerate(_NAMES):
        frame[f"severity_{name}"] = severity[:, at]
    return conform(frame, SERVICE_SIGNALS)


def _joined_names(found: np.ndarray) -> np.ndarray:
    """Return the names of the signals of each row, made once for each set of signals."""
    bits = found @ (1 << np.arange(found.shape[1]))
    sets, place = np.unique(bits, return_inverse=True)
    names = ["、".join(_NAMES[(one >> np.arange(found.shape[1])) & 1 == 1]) for one in sets.tolist()]
    return np.array(names, object)[place] if len(names) else np.empty(0, object)
