"""Complaint categories learnt from annotated contacts, from a taxonomy's rules, or from both."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from csatext.analysis.classification.abstention import labels_needed_at_least
from csatext.analysis.classification.annotation import JOINED_BY, Annotation, read_annotation
from csatext.analysis.classification.cold_start import WeakLabels, check_classes, weak_labels
from csatext.analysis.classification.estimator_scores import check_estimator, gives_scores
from csatext.analysis.classification.features import Features, document_counts, embedded
from csatext.analysis.classification.heavy_words import heavy_words, with_rule_hits
from csatext.analysis.classification.hierarchy import heads_of, parent_probability, parents_of
from csatext.analysis.classification.label_thresholds import micro_f1
from csatext.analysis.classification.learning import LearningPlan, assigned, learn, least_sure, parents_given
from csatext.analysis.classification.linear_scores import LinearScores
from csatext.argument_types import check_simple_parameters
from csatext.errors import NotFittedError, ParameterError, SchemaError
from csatext.labels import UNCLASSIFIED
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.analysis import COMPLAINT_EVIDENCE, COMPLAINTS
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["ComplaintClassifier"]

_LOG = logging.getLogger(__name__)


class ComplaintClassifier(EstimatorCard, ClassifierMixin, BaseEstimator):
    """Classify contacts into complaint categories, with calibrated probabilities and abstention.

    Parameters
    ----------
    estimator : scikit-learn classifier or None
        None is a linear model whose loss, regularization, weight of characters and prior of categories are
        chosen by cross-validation. A given one is cloned; its scores are calibrated alike.
    C : float, default 3.0
        Inverse of the regularization strength at which the choice begins.
    multilabel : bool, default False
        Whether a document may have several categories, each with a threshold of its own.
    taxonomy : Taxonomy or None
        Labels documents without annotation by its rules, keeps a category within its parent's, and shows
        rule hits in :meth:`explain`.
    precision : float or None
        Promised share of answers that are right, between 0 and 1; documents for which it cannot be kept are
        marked ``needs_review``. Of categories in two levels a document gets the first level alone where that
        can be promised and the second cannot.
    embedding : callable or None
        From a list of texts to an array of shape (n, d), which joins the features.

    Attributes
    ----------
    classes_ : ndarray
    terms_ : ndarray of object
        Terms the corpus must be counted on.
    settings_ : Settings
        What cross-validation chose.
    rare_classes_ : list of str
        Categories with one annotated document, from which nothing can be learnt; they are logged too.
    n_human_, n_weak_ : int
        Documents labelled by people, and by rules, that the model learnt from; they are logged too.
    n_pool_ : int
        Documents without annotation that it learnt from by self-training.
    promise_ : Promise or None
        Threshold that keeps ``precision``, and the counts that it rests on.
    parent_promise_ : Promise or None
        The same for the first level, of documents whose category is not sure enough; None without two levels.
    card_ : dict
        Model card: data, method, held-out metrics; :func:`csatext.save` adds a date.

    Notes
    -----
    Features are words and character n-grams by sublinear TF-IDF, each block at unit length (Salton and
    Buckley 1988); models are linear, one against the rest. Where most of the corpus is not annotated, latent
    semantic features of all of it (Deerwester et al. 1990) and self-training on the surest answers (Scudder
    1965) join if they raise the F1 of held-out documents. Probabilities come from scores of held-out
    documents: temperature scaling (Guo et al. 2017), or a curve a category (Platt 1999) where categories do
    not exclude each other. A promised precision is kept by learn-then-test (Angelopoulos et al. 2021) on the
    same held-out scores; people's labels alone are used for it. In two levels it is learnt first for the
    categories, then for their parents on the held-out documents that are left, each with its own error rate
    of .1; a parent's probability is the sum over its categories, or that of at least one of them with
    ``multilabel``.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递还没到", "快递丢了", "退款没到账", "退款太慢"])
    >>> model = ct.ComplaintClassifier().fit(corpus, ["物流", "物流", "退款", "退款"])
    >>> model.predict(corpus).tolist()
    ['物流', '物流', '退款', '退款']
    >>> model.predict_proba(corpus).shape, model.transform(corpus).columns.tolist()
    ((4, 2), ['complaint', 'complaint_probability', 'needs_review'])
    >>> model.explain(corpus[:1])["term"].tolist()[0], model.score(corpus, ["物流", "物流", "退款", None])
    ('快递', 1.0)
    >>> ct.ComplaintClassifier().set_params(estimator__max_iter=50).estimator.max_iter
    50
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        C: float = 3.0,
        multilabel: bool = False,
        taxonomy: Taxonomy | None = None,
        precision: float | None = None,
        embedding: Callable[[list[str]], Any] | None = None,
    ) -> None:
        self.estimator = estimator
        self.C = C
        self.multilabel = multilabel
        self.taxonomy = taxonomy
        self.precision = precision
        self.embedding = embedding

    def set_params(self, **params: Any) -> ComplaintClassifier:
        """Set parameters; ``estimator__...`` without an estimator makes it logistic regression first.

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
            # Newton's method finds the optimum of L-BFGS in a quarter of its time on wide sparse rows
            # (4,081 contacts, 6 classes: 2.3 s for 8.5 s).
            self.estimator = LogisticRegression(
                C=self.C, class_weight="balanced", solver="newton-cg", max_iter=200, tol=1e-3
            )
        super().set_params(**params)
        return self

    def fit(self, corpus: Corpus, labels: Any = None) -> ComplaintClassifier:
        """Learn from annotated contacts, from the rules of a taxonomy, or from both.

        Parameters
        ----------
        corpus : Corpus
            The documents; those without annotation serve too.
        labels : Series by doc_id, array-like of length n_docs, DataFrame or None
            One category a document, empty where it is not annotated. With ``multilabel`` lists of
            categories, names joined by ``、``, ``;`` or ``|``, or a frame of 0 and 1, a column a category.
            ``一级/二级`` names two levels. None, or empty labels, need a taxonomy.

        Returns
        -------
        ComplaintClassifier
            The same object.

        Raises
        ------
        SchemaError
            There are more or fewer labels than documents, or they are of other documents.
        ParameterError
            There are fewer than two categories, labels are none of the taxonomy's, or too few for
            ``precision``; a parameter has a value that is not allowed.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        self._check_parameters()
        given = read_annotation(corpus.doc_ids, labels, self.multilabel)
        weak = self._by_rules(corpus, given)
        annotation = self._joined(given, weak)
        self._check_labels(given, annotation)
        self.terms_, self.classes_ = corpus.terms, annotation.classes
        self.n_human_, self.n_weak_ = int(given.known.sum()), 0 if weak is None else len(weak.rows)
        counted = annotation.indicator[given.known].sum(axis=0)
        self.rare_classes_ = sorted(str(label) for label in self.classes_[counted == 1].tolist())
        if self.rare_classes_ and weak is None:
            _LOG.warning("只有 1 条标注的类别：%s；请补充标注或合并。", "、".join(self.rare_classes_))
        self.parents_ = parents_of(self.classes_, self.taxonomy)
        learnt = learn(corpus, annotation, given.known, weak, self._plan())
        self.space_, self.scorer_, self.settings_ = learnt.space, learnt.scorer, learnt.settings
        self.calibration_, self.thresholds_ = learnt.calibration, learnt.thresholds
        self.promise_, self.parent_promise_ = learnt.promise, learnt.parent_promise
        self.n_pool_, self.card_ = learnt.n_pool, learnt.card
        if self.promise_ is not None and self.promise_.n_needed:
            instead = "只答一级类别" if math.isfinite(self._parent_threshold()) else "所有联络都标为需复核"
            _LOG.warning(
                "precision=%s 在 %d 条标注上验证不出来，%s；估计需要约 %d 条标注。",
                self.precision,
                self.promise_.n_documents,
                instead,
                self.promise_.n_needed,
            )
        return self

    def predict(self, corpus: Corpus) -> np.ndarray:
        """Return the category of each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        ndarray, shape (n_docs,), or with ``multilabel`` (n_docs, n_classes) of 0 and 1
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
        given = self._assigned(self._probabilities(self._features(corpus)))
        return given.astype(int) if self.multilabel else self.classes_[given.argmax(axis=1)]

    def predict_proba(self, corpus: Corpus) -> np.ndarray:
        """Return the calibrated probability of each category.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        ndarray, shape (n_docs, n_classes)
            Columns as ``classes_``; rows sum to 1, unless a document may have several categories.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus, or ``estimator`` gives no scores.
        """
        checked_corpus(corpus)
        features = self._features(corpus)
        if not self._has_scores():
            raise ParameterError.wrong_type(
                "estimator", self.estimator, "有 decision_function 或 predict_proba 的分类器"
            )
        return self._probabilities(features)

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the category of each document as a table.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema COMPLAINTS). Several categories are joined by
            ``、``; 未归类 where a document has none, and the probability is that of the least sure one. With
            ``precision`` and two levels, the first level alone stands where the second is not sure enough;
            ``attrs["parents"]`` names the first level of each category.

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
        features = self._features(corpus)
        probability = self._probabilities(features)
        given = self._assigned(probability)
        confidence = least_sure(probability, given)
        unknown = ~features.has_any() & ~features.dense.any(axis=1)
        doubtful = np.zeros(len(given), bool)
        if self.promise_ is not None:
            doubtful = ~((confidence >= self.promise_.threshold) & given.any(axis=1))
        shown = np.where(given.any(axis=1), confidence, 1 - probability.max(axis=1, initial=0.0))
        names = self._names(given)
        if math.isfinite(self._parent_threshold()):
            above = parents_given(given, self.parents_)
            sure = least_sure(parent_probability(probability, self.parents_, not self.multilabel), above)
            general = doubtful & ~unknown & (sure >= self._parent_threshold()) & above.any(axis=1)
            names = np.where(general, self._parent_names(above), names)
            shown = np.where(general, sure, shown)
            doubtful &= ~general
        doubtful |= unknown
        frame = pd.DataFrame(
            {
                "complaint": names,
                "complaint_probability": shown if self._has_scores() else np.nan,
                "needs_review": doubtful,
            },
            index=corpus.doc_ids,
        )
        result = conform(frame, COMPLAINTS)
        if len(np.unique(self.parents_)) < len(self.parents_):
            heads = heads_of(self.classes_, self.taxonomy).tolist()
            result.attrs["parents"] = dict(zip(map(str, self.classes_.tolist()), heads, strict=True))
        return result

    def explain(self, corpus: Corpus, *, n: int = 5) -> pd.DataFrame:
        """Return the words that each category rests on, heaviest first, and the hits of the taxonomy's rules.

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.
        n : int, default 5
            Most words a document and category.

        Returns
        -------
        DataFrame
            One row a word (schema COMPLAINT_EVIDENCE); an embedding has no words and is left out.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus, ``n`` is below 1, or ``estimator`` is not linear.
        """
        checked_corpus(corpus)
        if n < 1:
            raise ParameterError.out_of_range("n", n, "不小于 1 的整数")
        features = self._features(corpus)
        words = heavy_words(
            corpus,
            features,
            self.space_,
            self._linear(),
            self._assigned(self._probabilities(features)),
            self.classes_,
            n,
        )
        return conform(with_rule_hits(corpus, words, self.taxonomy), COMPLAINT_EVIDENCE)

    def score(self, corpus: Corpus, labels: Any, sample_weight: Any = None) -> float:
        """Return the accuracy, or with ``multilabel`` the micro-F1, over annotated documents.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.
        labels : as in :meth:`fit`
            Documents without annotation do not count.
        sample_weight : array-like or None
            Weights of documents; not for ``multilabel``.

        Returns
        -------
        float
            NaN where no document is annotated.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError, ParameterError
            As :meth:`fit`.
        """
        checked_corpus(corpus)
        given = read_annotation(corpus.doc_ids, labels, self.multilabel)
        mine = self._assigned(self._probabilities(self._features(corpus)))
        if not given.known.any():
            return math.nan
        if self.multilabel:
            names = sorted({*self.classes_.tolist(), *given.classes.tolist()}, key=str)
            classes = np.empty(len(names), object)
            classes[:] = names
            answer = Annotation(self.classes_, mine, given.known).widened(classes).indicator
            return micro_f1(given.widened(classes).indicator[given.known], answer[given.known])
        truth = given.classes[given.indicator[given.known].argmax(axis=1)]
        right = truth == self.classes_[mine[given.known].argmax(axis=1)]
        weight = None if sample_weight is None else np.asarray(sample_weight)[given.known]
        return float(np.average(right, weights=weight))

    def _plan(self) -> LearningPlan:
        return LearningPlan(
            estimator=self.estimator,
            C=float(self.C),
            classes=self.classes_,
            parents=self.parents_,
            exclusive=not self.multilabel,
            precision=self.precision,
            embedding=self.embedding,
            taxonomy=self.taxonomy,
        )

    def _check_parameters(self) -> None:
        if isinstance(self.C, bool) or not isinstance(self.C, int | float | np.number):
            raise ParameterError.wrong_type("C", self.C, "大于 0 的数，例如 3.0")
        if not 0 < self.C < math.inf:
            raise ParameterError.out_of_range("C", self.C, "大于 0 的数，例如 3.0")
        if self.precision is not None:
            if isinstance(self.precision, bool) or not isinstance(self.precision, int | float | np.number):
                raise ParameterError.wrong_type("precision", self.precision, "0 与 1 之间的数，例如 0.95")
            if not 0 < self.precision < 1:
                raise ParameterError.out_of_range(
                    "precision", self.precision, "大于 0、小于 1，例如 0.95（答复中正确的比例）"
                )
        if self.taxonomy is not None and not isinstance(self.taxonomy, Taxonomy):
            raise ParameterError.wrong_type("taxonomy", self.taxonomy, "Taxonomy，如 Taxonomy.load(路径)")
        if self.embedding is not None and not callable(self.embedding):
            raise ParameterError.wrong_type(
                "embedding", self.embedding, "接受文本列表、返回 (n, d) 数组的函数"
            )
        if not isinstance(self.multilabel, bool | np.bool_):
            raise ParameterError.wrong_type("multilabel", self.multilabel, "True 或 False")
        if self.estimator is not None:
            check_estimator(self.estimator)

    def _by_rules(self, corpus: Corpus, given: Annotation) -> WeakLabels | None:
        """Return what the taxonomy says about documents without annotation, and log how many there are."""
        if self.taxonomy is None:
            return None
        check_classes(self.taxonomy, given.classes)
        open_rows = np.flatnonzero(~given.known)
        if not len(open_rows):
            return None
        weak = weak_labels(self.taxonomy, corpus, open_rows, given, several=self.multilabel)
        _LOG.info("人工标注 %d 条，规则弱标注 %d 条；人工标注优先。", given.known.sum(), len(weak.rows))
        return weak if len(weak.rows) else None

    def _joined(self, given: Annotation, weak: WeakLabels | None) -> Annotation:
        """Return people's labels and, of the other documents, the rules'."""
        if weak is None:
            return given
        names = sorted({*given.classes.tolist(), *weak.annotation.classes.tolist()})
        classes = np.empty(len(names), object)
        classes[:] = names
        joined = given.widened(classes)
        indicator, known = joined.indicator.copy(), joined.known.copy()
        indicator[weak.rows] = weak.annotation.widened(classes).indicator
        known[weak.rows] = True
        return Annotation(classes, indicator, known)

    def _check_labels(self, given: Annotation, annotation: Annotation) -> None:
        if not annotation.known.any():
            if self.taxonomy is None:
                raise ParameterError(
                    "labels 全是空值，也没有 taxonomy；请至少标注两个类别各 2 条，"
                    "或用 taxonomy=ct.Taxonomy.load() 由规则起步。"
                )
            raise ParameterError(
                "taxonomy 的规则在语料里没有命中，labels 也全是空值；请换合适的分类体系，或先人工标注一些。"
            )
        if len(annotation.classes) < 2:
            raise ParameterError.out_of_range("labels", len(annotation.classes), "至少两个类别")
        if self.precision is not None:
            n_human, needed = int(given.known.sum()), labels_needed_at_least(self.precision)
            if n_human < needed:
                raise ParameterError(
                    f"precision={self.precision} 至少需要 {needed} 条人工标注才能验证，现有 {n_human} 条；"
                    f"请再标注 {needed - n_human} 条，或降低 precision（规则的弱标注不能用来验证）。"
                )

    def _features(self, corpus: Corpus) -> Features:
        if not hasattr(self, "scorer_"):
            raise NotFittedError.before_fit(self)
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        size = self.space_.embedding_size
        if size and self.embedding is None:
            raise ParameterError("这个模型训练时用了 embedding；请先 set_params(embedding=同一个函数)。")
        vectors = embedded(self.embedding, corpus, size) if size and self.embedding is not None else None
        return self.space_.features(document_counts(corpus), vectors)

    def _probabilities(self, features: Features) -> np.ndarray:
        return self.calibration_.probabilities(self.scorer_.scores(features))

    def _has_scores(self) -> bool:
        return isinstance(self.scorer_, LinearScores) or gives_scores(self.scorer_.estimators[0])

    def _assigned(self, probability: np.ndarray) -> np.ndarray:
        """Return the categories of documents, shape (n_docs, n_classes) of bool."""
        return assigned(probability, self.parents_, self.thresholds_)

    def _names(self, given: np.ndarray) -> np.ndarray:
        if not self.multilabel:
            return np.asarray(self.classes_[given.argmax(axis=1)])
        names = [str(label) for label in self.classes_.tolist()]
        combinations, inverse = np.unique(given, axis=0, return_inverse=True)
        joined = [JOINED_BY.join(np.array(names, object)[row]) or UNCLASSIFIED for row in combinations]
        return np.array(joined, object)[inverse.ravel()]

    def _parent_threshold(self) -> float:
        """Return the least probability of a first level that stands alone; infinite where none can."""
        promise = getattr(self, "parent_promise_", None)
        return math.inf if promise is None else float(promise.threshold)

    def _parent_names(self, above: np.ndarray) -> np.ndarray:
        """Return the first-level names of documents, several joined."""
        heads = np.unique(heads_of(self.classes_, self.taxonomy)).astype(object)
        combinations, inverse = np.unique(above, axis=0, return_inverse=True)
        joined = [JOINED_BY.join(heads[row]) for row in combinations]
        return np.array(joined, object)[inverse.ravel()]

    def _linear(self) -> LinearScores:
        if isinstance(self.scorer_, LinearScores):
            return self.scorer_
        return self.scorer_.linear(self.space_.n_sparse)
