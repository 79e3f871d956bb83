"""Complaint categories learnt from annotated contacts by any scikit-learn classifier."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from csatext.argument_types import check_simple_parameters
from csatext.errors import NotFittedError, ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.analysis import COMPLAINTS
from csatext.text.char_ngrams import char_ngrams
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["ComplaintClassifier"]

_LOG = logging.getLogger(__name__)


# What a missing value becomes when a column is made text, and characters that no one sees.
_MISSING = frozenset(("nan", "NaN", "None", "<NA>", "NaT"))
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


class ComplaintClassifier(ClassifierMixin, BaseEstimator):
    """Classify contacts into complaint categories by supervised learning.

    Parameters
    ----------
    estimator : scikit-learn classifier or None
        None is ``LogisticRegression(C=C, class_weight="balanced")``. It is cloned.
    C : float, default 3.0
        Inverse of the regularization strength of the default estimator.
    char_ngrams : (int, int) or None, default (1, 2)
        Character n-grams that join the words of the document-term matrix; None leaves them out.

    Attributes
    ----------
    classes_ : ndarray
    estimator_ : the fitted estimator
    terms_ : ndarray of object
        Terms the corpus must be counted on.
    rare_classes_ : list of str
        Classes with one annotated document, from which nothing can be learnt; they are logged too.

    Notes
    -----
    Words and character n-grams are weighted by sublinear TF-IDF, ``1 + log(n)`` times
    ``log((1 + N) / (1 + df)) + 1``, each block at unit Euclidean length (Salton and Buckley 1988).

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递还没到", "快递丢了", "退款没到账", "退款太慢"])
    >>> model = ct.ComplaintClassifier().fit(corpus, ["物流", "物流", "退款", "退款"])
    >>> model.predict(corpus).tolist()
    ['物流', '物流', '退款', '退款']
    >>> model.predict_proba(corpus).shape, model.transform(corpus).columns.tolist()
    ((4, 2), ['complaint', 'complaint_probability'])
    >>> ct.ComplaintClassifier().set_params(estimator__max_iter=50).estimator.max_iter
    50
    """

    def __init__(
        self, estimator: Any = None, *, C: float = 3.0, char_ngrams: tuple[int, int] | None = (1, 2)
    ) -> None:
        self.estimator = estimator
        self.C = C
        self.char_ngrams = char_ngrams

    def set_params(self, **params: Any) -> ComplaintClassifier:
        """Set parameters; ``estimator__...`` of the default estimator makes it the estimator first.

        Parameters
        ----------
        **params
            Names and values, as scikit-learn's searches give them.

        Returns
        -------
        ComplaintClassifier
            The same object.
        """
        nested = any(name.startswith("estimator__") for name in params)
        if nested and self.estimator is None and "estimator" not in params:
            self.estimator = self._default_estimator()
        super().set_params(**params)
        return self

    def _default_estimator(self) -> LogisticRegression:
        # Newton's method finds the optimum of L-BFGS in a quarter of its time on wide sparse rows
        # (4,081 contacts, 6 classes: 2.3 s for 8.5 s).
        return LogisticRegression(
            C=self.C, class_weight="balanced", solver="newton-cg", max_iter=200, tol=1e-3
        )

    def fit(self, corpus: Corpus, labels: Any) -> ComplaintClassifier:
        """Learn from annotated contacts.

        Parameters
        ----------
        corpus : Corpus
            The annotated documents.
        labels : Series by doc_id, or array-like of length n_docs
            One category a document; blanks around a name do not count.

        Returns
        -------
        ComplaintClassifier
            The same object.

        Raises
        ------
        SchemaError
            Labels do not cover the documents.
        ParameterError
            A label is missing, or there are fewer than two categories.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        values = self._labels(corpus, labels)
        counts = self._counts(corpus)
        self.terms_ = corpus.terms
        n_docs = len(corpus)
        df = [np.bincount(block.indices, minlength=block.shape[1]) for block in counts]
        self.idf_ = [np.log((1 + n_docs) / (1 + block)) + 1 for block in df]
        # A hashed column that no training document holds can have no weight.
        self.used_ = [np.flatnonzero(block) for block in df]
        self.estimator_ = clone(self._default_estimator() if self.estimator is None else self.estimator)
        self.estimator_.fit(self._weighted(counts), values)
        self.classes_ = self.estimator_.classes_
        counted = pd.Series(values).value_counts()
        self.rare_classes_ = sorted(map(str, counted.index[counted == 1]))
        if self.rare_classes_:
            _LOG.warning("只有 1 条标注的类别：%s；请补充标注或合并。", "、".join(self.rare_classes_))
        return self

    def predict(self, corpus: Corpus) -> np.ndarray:
        """Return the category of each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        ndarray, shape (n_docs,)
            Of ``classes_``.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        return self.estimator_.predict(self._features(corpus))

    def predict_proba(self, corpus: Corpus) -> np.ndarray:
        """Return the probability of each category.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        ndarray, shape (n_docs, n_classes)
            Columns as ``classes_``; rows sum to 1.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        return self.estimator_.predict_proba(self._features(corpus))

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the category of each document as a table.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema COMPLAINTS).

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        features = self._features(corpus)
        if hasattr(self.estimator_, "predict_proba"):
            probability = self.estimator_.predict_proba(features)
            complaint, best = self.classes_[probability.argmax(axis=1)], probability.max(axis=1)
        else:
            complaint, best = self.estimator_.predict(features), np.full(len(corpus), np.nan)
        frame = pd.DataFrame({"complaint": complaint, "complaint_probability": best}, index=corpus.doc_ids)
        return conform(frame, COMPLAINTS)

    def _labels(self, corpus: Corpus, labels: Any) -> np.ndarray:
        if isinstance(labels, pd.Series) and not labels.index.equals(corpus.doc_ids):
            missing = int((~corpus.doc_ids.isin(labels.index)).sum())
            if missing and isinstance(labels.index, pd.RangeIndex) and len(labels) == len(corpus):
                labels = labels.to_numpy()
            elif missing:
                raise SchemaError.foreign_index("labels", missing)
            else:
                labels = labels.reindex(corpus.doc_ids)
        column = _column(labels)
        if column is None:
            raise ParameterError.wrong_type("labels", labels, "一列标签（每条联络一个），不是多列")
        if len(column) != len(corpus):
            raise SchemaError(f"labels 有 {len(column)} 个值，语料有 {len(corpus)} 篇文档；两者必须一样长。")
        given = pd.Series(column).infer_objects()
        if given.dtype == object or isinstance(given.dtype, pd.StringDtype):
            given = given.map(_trimmed)
            # Numbers among names are names: a cell of Excel that holds 1 beside others that hold words.
            if given.map(lambda label: isinstance(label, str)).any():
                given = given.map(str, na_action="ignore")
        missing = int(given.isna().sum())
        if missing:
            raise ParameterError(f"labels 有 {missing} 个空值或空白；请先去掉没有标注的文档。")
        values = given.to_numpy()
        if len(pd.unique(values)) < 2:
            raise ParameterError.out_of_range("labels", len(pd.unique(values)), "至少两个类别")
        return values

    def _features(self, corpus: Corpus) -> sparse.csr_array:
        if not hasattr(self, "estimator_"):
            raise NotFittedError.before_fit(self)
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        return self._weighted(self._counts(corpus))

    def _counts(self, corpus: Corpus) -> list[sparse.csr_array]:
        words = sparse.csr_array(corpus.dtm, dtype=np.float64)
        return [words] if self.char_ngrams is None else [words, char_ngrams(corpus.texts, self.char_ngrams)]

    def _weighted(self, counts: list[sparse.csr_array]) -> sparse.csr_array:
        blocks = []
        for block, idf, used in zip(counts, self.idf_, self.used_, strict=True):
            weighted = block.copy()
            weighted.data = (1 + np.log(weighted.data)) * idf[weighted.indices]
            blocks.append(normalize(weighted[:, used]))
        features = sparse.csr_array(sparse.hstack(blocks, format="csr"))
        # scikit-learn's solvers take 32-bit indices only.
        features.indices, features.indptr = (
            features.indices.astype(np.int32),
            features.indptr.astype(np.int32),
        )
        return features


def _column(labels: Any) -> np.ndarray | None:
    """Return labels as an array, None for what is no list and for lists of lists, also of unequal length."""
    if hasattr(labels, "__array__"):
        column = np.asarray(labels)
        return column if column.ndim == 1 else None
    if not isinstance(labels, Sequence) or isinstance(labels, (str, bytes)):
        return None
    if any(isinstance(label, (list, tuple, np.ndarray)) for label in labels):
        return None
    column = np.empty(len(labels), dtype=object)
    column[:] = labels
    return column


def _trimmed(label: object) -> object:
    """Return a label without blanks around it, None where nothing is left or a missing value was written."""
    if not isinstance(label, str):
        return label
    trimmed = _UNSEEN.sub("", label).strip()
    return None if trimmed in _MISSING else trimmed or None
