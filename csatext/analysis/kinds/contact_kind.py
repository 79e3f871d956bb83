"""Kind of contact: complaint, inquiry, request, suggestion, praise or other, with the words that say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression

from csatext.analysis.chunk_pass import ChunkPass, run_passes
from csatext.analysis.classification.annotation import read_annotation
from csatext.analysis.kinds.kind_cues import KINDS, find_kind_cues
from csatext.analysis.kinds.kind_probability import (
    N_EVIDENCE,
    kind_evidence,
    kind_probability,
    with_categories,
)
from csatext.analysis.kinds.said_sentences import POINTS, said_sentences
from csatext.analysis.rules.asserted_hits import chunk_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.errors import ParameterError
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.analysis import CONTACT_KINDS, CUSTOMER_POINTS, KIND_EVIDENCE
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import JoinedTexts, span_texts

__all__ = ["ContactKind", "kind_pass"]

_PSEUDO_COUNT = 20.0
"""Documents of each kind that stand for the even prior: chosen so that a set of some hundred contacts of one
kind moves its share to about .8, and a dozen contacts hardly move it."""
_ROUNDS = 100
_COMPLAINTS_ONLY = 0.8
_LEAST_LABELS = 2
_NAMES = {
    "投诉": "complaint", "抱怨": "complaint", "咨询": "inquiry", "询问": "inquiry", "办理": "request",
    "请求": "request", "求助": "request", "诉求": "request", "建议": "suggestion", "表扬": "praise",
    "感谢": "praise", "其他": "other", "其它": "other",
}  # fmt: skip


class ContactKind(EstimatorCard, TransformerMixin, BaseEstimator):
    """Tell complaints from inquiries, requests, suggestions and praise.

    Works without training. ``fit`` without labels learns how frequent each kind is in the contacts; with
    labels it learns from them as well.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        Complaint categories whose hits speak for a complaint; None is ``Taxonomy.load()``.
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Attributes
    ----------
    shares_ : ndarray of float64, shape (6,)
        Estimated share of each kind, in the order complaint, inquiry, request, suggestion, praise, other.
    complaints_only_ : bool
        Whether the contacts that were fitted are complaints nearly all, such as a complaints export.
    model_ : LogisticRegression or None
        What was learnt from labels.

    Notes
    -----
    Evidence is counted where the clause asserts it: words of each kind (``lexicons/contact_kinds.tsv``),
    polar words, complaint categories, questions, the sentiment score, and constructions that only a complaint
    uses: duties not done, refusals, questions that affirm, threats, praise that turns. Its weights
    (``lexicons/kind_weights.tsv``) are those of a multinomial logistic regression with balanced kinds,
    rounded; that of the constructions is chosen so that one of them makes a complaint of a sentence without
    other evidence. The shares of the kinds in new contacts are found by expectation maximization (Saerens,
    Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities") with
    a prior of 20 documents a kind.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递丢了没人管", "请问怎么办理停机", "非常感谢，服务很好"])
    >>> ct.ContactKind().transform(corpus)["kind"].tolist()
    ['complaint', 'inquiry', 'praise']
    >>> ct.ContactKind().fit_transform(corpus)["is_complaint"].tolist()
    [True, False, False]
    """

    def __init__(self, taxonomy: Taxonomy | None = None, *, verbose: bool = True) -> None:
        self.taxonomy = taxonomy
        self.verbose = verbose

    def fit(self, corpus: Corpus, labels: Any = None) -> ContactKind:
        """Estimate the shares of the kinds; learn from labels where there are any.

        Parameters
        ----------
        corpus : Corpus
            The contacts.
        labels : Series by doc_id, array-like of length n_docs, or None
            Kinds, in English or Chinese (投诉, 咨询, 办理, 建议, 表扬, 其他); missing ones are left out.

        Returns
        -------
        ContactKind
            The same object.

        Raises
        ------
        ParameterError
            A label is no kind, all labels are of one kind, or ``corpus`` is no Corpus.
        SchemaError
            Labels do not cover the documents.
        """
        checked_corpus(corpus)
        run_passes(corpus, [kind_pass(self, corpus, labels, fit=True)], verbose=self.verbose)
        return self

    def _fit(self, corpus: Corpus, evidence: np.ndarray, labels: Any) -> None:
        self.model_ = None
        if labels is not None:
            self._learn(corpus, evidence, labels)
        self.shares_ = _shares(self._probability(evidence))
        self.complaints_only_ = bool(self.shares_[0] >= _COMPLAINTS_ONLY)

    def fit_transform(self, corpus: Corpus, labels: Any = None) -> pd.DataFrame:
        """Do what ``fit(corpus, labels).transform(corpus)`` does, and read the texts once.

        Parameters
        ----------
        corpus : Corpus
            The contacts.
        labels : Series by doc_id, array-like of length n_docs, or None
            As for :meth:`fit`.

        Returns
        -------
        DataFrame
            As of :meth:`transform`.

        Raises
        ------
        ParameterError
            As of :meth:`fit`.
        SchemaError
            Labels do not cover the documents.
        """
        return run_passes(corpus, [kind_pass(self, corpus, labels, fit=True)], verbose=self.verbose)[0]

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the kind of each contact.

        Parameters
        ----------
        corpus : Corpus
            The contacts.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema CONTACT_KINDS); ``attrs["complaints_only"]`` says
            whether the fitted contacts are complaints nearly all.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        return run_passes(corpus, [kind_pass(self, corpus)], verbose=self.verbose)[0]

    def _table(self, corpus: Corpus, evidence: np.ndarray) -> pd.DataFrame:
        probability = self._probability(evidence)
        shares = getattr(self, "shares_", None)
        if shares is not None:
            probability = probability * shares
            probability /= probability.sum(axis=1, keepdims=True)
        empty = (corpus.texts.str.len().fillna(0) == 0).to_numpy()
        probability[empty] = np.eye(len(KINDS))[KINDS.index("other")]
        complaint = probability[:, 0] >= 0.5
        # A complaint that is less probable than all else together is none: the next kind is taken.
        best = np.where(complaint, 0, probability[:, 1:].argmax(axis=1) + 1)
        frame = pd.DataFrame(
            {
                "kind": np.array(KINDS, object)[best],
                "kind_probability": probability[np.arange(len(best)), best],
                "is_complaint": complaint,
                "probability_of_complaint": probability[:, 0],
            },
            index=corpus.doc_ids,
        )
        result = conform(frame, CONTACT_KINDS)
        result.attrs["complaints_only"] = getattr(self, "complaints_only_", False)
        return result

    def evidence(self, corpus: Corpus) -> pd.DataFrame:
        """Return the words that speak for each kind (schema KIND_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            Give the contacts to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a word, in the order of the documents and their texts.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["请问在哪里"])
        >>> ct.ContactKind().evidence(corpus)[["kind", "term"]].values.tolist()
        [['inquiry', '请问'], ['inquiry', '在哪里']]
        """
        checked_corpus(corpus)
        cues = find_kind_cues(corpus.texts)
        order = np.lexsort((cues.start, cues.row))
        row, start, end = cues.row[order], cues.start[order], cues.end[order]
        source_start, source_end = corpus.source_spans(row, start, end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "kind": np.array(KINDS, object)[cues.kind[order]],
                "term": span_texts(corpus.texts, row, start, end),
                "start": source_start,
                "end": source_end,
                "weight": cues.weight[order],
            }
        )
        return conform(frame, KIND_EVIDENCE)

    def points(self, corpus: Corpus) -> pd.DataFrame:
        """Return the words in which customers say what hurts, and what they expect (schema CUSTOMER_POINTS).

        Parameters
        ----------
        corpus : Corpus
            Give the contacts to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a sentence: 痛点 (it asserts a complaint), 期望 (it asks for something to be done), after
            requirement rows 20 and 21.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递丢了没人管。希望尽快赔偿。"])
        >>> ct.ContactKind().points(corpus)[["point", "sentence"]].values.tolist()
        [['痛点', '快递丢了没人管'], ['期望', '希望尽快赔偿']]
        """
        checked_corpus(corpus)
        row, point, start, end = said_sentences(corpus.texts, self._compiled())
        source_start, source_end = corpus.source_spans(row, start, end)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[row],
                "point": np.array(POINTS, object)[point],
                "sentence": span_texts(corpus.texts, row, start, end),
                "start": source_start,
                "end": source_end,
            }
        )
        return conform(frame, CUSTOMER_POINTS)

    def _compiled(self) -> CompiledTaxonomy:
        rules = getattr(self, "_rules", None)
        if rules is None or rules.taxonomy is not self.taxonomy:
            self._rules = rules = RuleClassifier(self.taxonomy)
        return rules.compiled()

    def _probability(self, evidence: np.ndarray) -> np.ndarray:
        """Return the probability of each kind were all equally frequent."""
        shipped = kind_probability(evidence)
        model = getattr(self, "model_", None)
        if model is None:
            return shipped
        learnt = np.full_like(shipped, 1e-6)
        learnt[:, model.classes_] = model.predict_proba(_with_shipped(evidence, shipped))
        return learnt / learnt.sum(axis=1, keepdims=True)

    def _learn(self, corpus: Corpus, evidence: np.ndarray, labels: Any) -> None:
        if np.ndim(labels) != 1:
            raise ParameterError.wrong_type("labels", labels, f"一列标签，共 {len(corpus)} 个")
        given = read_annotation(corpus.doc_ids, labels, multilabel=False)
        named = [_NAMES.get(name, name) for name in given.classes.tolist()]
        for name in named:
            if name not in KINDS:
                raise ParameterError.not_allowed("labels", name, [*KINDS, *_NAMES])
        if len(set(named)) < _LEAST_LABELS:
            raise ParameterError.out_of_range("labels", len(set(named)), "至少两种联络")
        rows = np.flatnonzero(given.known)
        numbers = np.array([KINDS.index(name) for name in named])[given.indicator[rows].argmax(axis=1)]
        shipped = kind_probability(evidence[rows])
        model = LogisticRegression(class_weight="balanced", max_iter=500)
        self.model_ = model.fit(_with_shipped(evidence[rows], shipped), numbers)


def kind_pass(
    model: ContactKind,
    corpus: Corpus,
    labels: Any = None,
    *,
    fit: bool = False,
    compiled: CompiledTaxonomy | None = None,
) -> ChunkPass:
    """Return what :meth:`ContactKind.transform`, or ``fit_transform``, does, chunk by chunk.

    With the ``compiled`` taxonomy of a classifier that reads the same chunks, hits are looked for once.

    Raises
    ------
    ParameterError
        As of the methods.
    SchemaError
        Labels do not cover the documents.
    """
    checked_corpus(corpus)
    categories = compiled or model._compiled()

    def read(chunk: JoinedTexts) -> np.ndarray:
        hits = chunk.once(chunk_hits, categories)
        category = categories.category_of[hits.pattern]
        size = len(categories.categories) + 1
        pairs = np.unique(((hits.row - chunk.first_row) * size + category)[category >= 0])
        return with_categories(kind_evidence(chunk), np.bincount(pairs // size, minlength=len(chunk)))

    def finish(parts: list[np.ndarray]) -> pd.DataFrame:
        evidence = np.concatenate([np.empty((0, N_EVIDENCE)), *parts])
        if fit:
            model._fit(corpus, evidence, labels)
        return model._table(corpus, evidence)

    return ChunkPass(read, finish)


def _with_shipped(evidence: np.ndarray, shipped: np.ndarray) -> np.ndarray:
    return np.column_stack((evidence, np.log(np.maximum(shipped, 1e-6))))


def _shares(probability: np.ndarray) -> np.ndarray:
    """Return the share of each kind that makes the probabilities, given for equal shares, most likely."""
    n_kinds = probability.shape[1]
    shares = np.full(n_kinds, 1 / n_kinds)
    for _ in range(_ROUNDS):
        joint = probability * shares
        total = (joint / joint.sum(axis=1, keepdims=True)).sum(axis=0)
        shares = (total + _PSEUDO_COUNT) / (len(probability) + _PSEUDO_COUNT * n_kinds)
    return shares
