"""Topic models: latent Dirichlet allocation over the document-term matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.argument_types import check_simple_parameters
from csatext.errors import NotFittedError, ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.analysis import DOCUMENT_TOPICS, TOPICS
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["LDA_ENGINES", "TopicModel"]

_LAMBDA = 0.6
_COHERENCE_TERMS = 10
_FOLD_IN_ROUNDS = 8
_FOLD_IN_CELLS = 4_000_000


class TopicModel(TransformerMixin, BaseEstimator):
    """Latent Dirichlet allocation (Blei, Ng and Jordan 2003).

    Parameters
    ----------
    n_topics : int, default 20
        Topics; how many is the analyst's choice.
    engine : {"tomotopy", "gensim"}, default "tomotopy"
        Collapsed Gibbs sampling, or online variational Bayes.
    n_iter : int, default 60
        Sweeps over the corpus (tomotopy) or, divided by 12, passes (gensim).
    doc_topic_prior, topic_word_prior : float, default 0.1 and 0.01
        Dirichlet priors alpha and eta.
    n_terms : int, default 10
        Terms a topic in :attr:`topics_`.
    random_state : int, default 0
        Both engines run in one thread: their parallel forms do not give the same twice.

    Attributes
    ----------
    components_ : ndarray, shape (n_topics, n_terms)
        Probability of each term in each topic; rows sum to 1.
    terms_ : ndarray of object
    topics_ : DataFrame
        The terms of each topic (schema TOPICS). Topics are numbered by falling share.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["退款没到账", "退款多久到账", "退款到账慢"] * 9 + ["快递丢了", "快递没到", "快递破损"] * 9
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> model = ct.TopicModel(n_topics=2, random_state=0).fit(corpus)
    >>> model.transform(corpus)["topic"].nunique()
    2
    >>> model.distribution(corpus).shape, len(model.labels_)
    ((54, 2), 2)
    """

    def __init__(
        self,
        n_topics: int = 20,
        *,
        engine: str = "tomotopy",
        n_iter: int = 60,
        doc_topic_prior: float = 0.1,
        topic_word_prior: float = 0.01,
        n_terms: int = 10,
        random_state: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.engine = engine
        self.n_iter = n_iter
        self.doc_topic_prior = doc_topic_prior
        self.topic_word_prior = topic_word_prior
        self.n_terms = n_terms
        self.random_state = random_state

    def fit(self, corpus: Corpus, y: Any = None) -> TopicModel:
        """Learn the topics.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        TopicModel
            The same object.

        Raises
        ------
        ParameterError
            The engine is not known or a number is out of range.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        if self.engine not in LDA_ENGINES:
            raise ParameterError.not_allowed("engine", self.engine, list(LDA_ENGINES))
        if self.n_topics < 1:
            raise ParameterError.out_of_range("n_topics", self.n_topics, "不小于 1 的整数")
        self.terms_ = corpus.terms
        if corpus.dtm.nnz:
            self.components_ = LDA_ENGINES[self.engine](
                corpus.dtm[_order_of_content(corpus.dtm)],
                corpus.terms,
                self.n_topics,
                self.n_iter,
                self.doc_topic_prior,
                self.topic_word_prior,
                self.random_state,
            )
        else:
            width = len(corpus.terms)
            self.components_ = np.full((self.n_topics, width), 1 / max(width, 1))
        theta = self._fold_in(corpus.dtm)
        lengths = np.asarray(corpus.dtm.sum(axis=1), float)
        share = lengths @ theta / max(lengths.sum(), 1)
        order = np.argsort(-share, kind="stable")
        self.components_ = self.components_[order]
        main = np.bincount(theta[:, order].argmax(axis=1)[lengths > 0], minlength=self.n_topics)
        self.topics_ = self._describe(corpus.dtm, share[order], main)
        return self

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the main topic of each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema DOCUMENT_TOPICS); NA without counted terms.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        theta = self.distribution(corpus).to_numpy()
        main = theta.argmax(axis=1)
        empty = np.diff(corpus.dtm.indptr) == 0
        topic = pd.array(main, dtype="Int64")
        topic[empty] = pd.NA
        frame = pd.DataFrame(
            {
                "topic": topic,
                "topic_label": pd.Series(main).map(self.labels_).mask(empty).astype("str").to_numpy(),
                "topic_probability": np.where(empty, np.nan, theta.max(axis=1)),
            },
            index=corpus.doc_ids,
        )
        return conform(frame, DOCUMENT_TOPICS)

    def distribution(self, corpus: Corpus) -> pd.DataFrame:
        """Return the share of each topic in each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame, shape (n_docs, n_topics)
            Rows sum to 1; columns are topic numbers.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.

        Notes
        -----
        Maximum a posteriori shares with the topics held fixed, by expectation maximisation:
        the result for a document depends on no other document and on no random number.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        if not hasattr(self, "components_"):
            raise NotFittedError.before_fit(self)
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        return pd.DataFrame(self._fold_in(corpus.dtm), index=corpus.doc_ids)

    @property
    def labels_(self) -> pd.Series:
        """Name of each topic."""
        return self.topics_.drop_duplicates("topic").set_index("topic")["label"]

    def _fold_in(self, dtm: sparse.csr_array) -> np.ndarray:
        theta = np.full((dtm.shape[0], self.n_topics), 1 / self.n_topics)
        step = max(1, _FOLD_IN_CELLS // self.n_topics)
        by_term = np.ascontiguousarray(self.components_.T, np.float32)
        row = 0
        while row < dtm.shape[0]:
            stop = int(np.searchsorted(dtm.indptr, dtm.indptr[row] + step, side="right")) - 1
            stop = min(max(stop, row + 1), dtm.shape[0])
            theta[row:stop] = _expectation_maximisation(dtm[row:stop], by_term, self.doc_topic_prior)
            row = stop
        return theta

    def _describe(self, dtm: sparse.csr_array, share: np.ndarray, main: np.ndarray) -> pd.DataFrame:
        phi = self.components_
        counts = np.asarray(dtm.sum(axis=0), float)
        overall = counts / max(counts.sum(), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            lift = np.where(overall > 0, np.log(phi) - np.log(overall), -np.inf)
            relevance = np.where(phi > 0, _LAMBDA * np.log(phi) + (1 - _LAMBDA) * lift, -np.inf)
        n_terms = min(self.n_terms, phi.shape[1])
        best = np.argsort(-relevance, axis=1, kind="stable")[:, :n_terms]
        coherence = _npmi(dtm, best[:, :_COHERENCE_TERMS])
        topic = np.repeat(np.arange(len(phi)), n_terms)
        flat = best.ravel()
        labels = np.array(["·".join(self.terms_[row[:3]]) for row in best], object)
        frame = pd.DataFrame(
            {
                "topic": topic,
                "label": labels[topic],
                "share": share[topic],
                "n_docs": main[topic],
                "coherence": coherence[topic],
                "rank": np.tile(np.arange(1, n_terms + 1), len(phi)),
                "term": self.terms_[flat],
                "probability": phi[topic, flat],
                "relevance": relevance[topic, flat],
            }
        )
        return conform(frame, TOPICS)


def _order_of_content(dtm: sparse.csr_array) -> np.ndarray:
    """Return the rows sorted by what they hold, so that topics do not depend on the order of contacts.

    Rows are sorted by length and a 64-bit hash of their terms and counts (Fibonacci hashing, Knuth 1998,
    6.4); rows alike in both hold the same terms.
    """
    mixed = (dtm.indices.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * (2 * dtm.data.astype(np.uint64) + np.uint64(1))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed ^ (mixed >> np.uint64(32)))))
    return np.lexsort((sums[dtm.indptr[1:]] - sums[dtm.indptr[:-1]], np.diff(dtm.indptr)))


def _expectation_maximisation(dtm: sparse.csr_array, by_term: np.ndarray, prior: float) -> np.ndarray:
    n_docs, n_topics = dtm.shape[0], by_term.shape[1]
    rows = np.repeat(np.arange(n_docs), np.diff(dtm.indptr))
    filled = np.flatnonzero(np.diff(dtm.indptr))
    phi, weight = by_term[dtm.indices], dtm.data.astype(np.float32)
    theta = np.full((n_docs, n_topics), 1 / n_topics, np.float32)
    if not len(filled):
        return theta
    for _ in range(_FOLD_IN_ROUNDS):
        share = theta[rows] * phi
        share *= (weight / np.maximum(share.sum(axis=1), np.finfo(np.float32).tiny))[:, None]
        theta[filled] = np.add.reduceat(share, dtm.indptr[filled], axis=0) + np.float32(prior)
        theta /= theta.sum(axis=1, keepdims=True)
    return theta


def _npmi(dtm: sparse.csr_array, best: np.ndarray) -> np.ndarray:
    """Return the mean normalized pointwise mutual information within documents (Bouma 2009), by topic."""
    columns, inverse = np.unique(best, return_inverse=True)
    present = dtm[:, columns]
    present = (present > 0).astype(np.float64)
    together = (present.T @ present).toarray() / max(dtm.shape[0], 1)
    alone = np.diag(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together / np.outer(alone, alone)) / -np.log(together)
    npmi = np.where(together == 0, -1.0, np.where(together == 1, 1.0, npmi))
    upper = np.triu_indices(best.shape[1], 1)
    if not len(upper[0]):
        return np.full(len(best), np.nan)
    return np.array([npmi[np.ix_(row, row)][upper].mean() for row in inverse.reshape(best.shape)])


def _tomotopy(
    dtm: sparse.csr_array, terms: np.ndarray, n_topics: int, n_iter: int, alpha: float, eta: float, seed: int
) -> np.ndarray:
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, alpha=alpha, eta=eta, seed=seed)
    words = np.repeat(terms[dtm.indices], dtm.data).tolist()
    ends = np.concatenate(([0], np.cumsum(dtm.data)))[dtm.indptr].tolist()
    for row in np.flatnonzero(np.diff(dtm.indptr)):
        model.add_doc(words[ends[row] : ends[row + 1]])
    model.train(n_iter, workers=1)
    order = np.searchsorted(terms, np.array(list(model.used_vocabs), object))
    components = np.zeros((n_topics, len(terms)))
    for topic in range(n_topics):
        components[topic, order] = model.get_topic_word_dist(topic)
    return components / components.sum(axis=1, keepdims=True)


def _gensim(
    dtm: sparse.csr_array, terms: np.ndarray, n_topics: int, n_iter: int, alpha: float, eta: float, seed: int
) -> np.ndarray:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    model = LdaModel(
        Sparse2Corpus(sparse.csc_matrix(dtm.T), documents_columns=True),
        num_topics=n_topics,
        id2word=dict(enumerate(terms)),
        passes=max(1, n_iter // 12),
        alpha=[alpha] * n_topics,
        eta=eta,
        random_state=seed,
    )
    return model.get_topics().astype(np.float64)


LDA_ENGINES = {"tomotopy": _tomotopy, "gensim": _gensim}
